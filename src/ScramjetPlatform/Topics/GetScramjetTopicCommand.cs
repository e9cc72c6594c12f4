using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets topics: those of spaces, or of hubs.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetTopic")]
[OutputType(typeof(Topic))]
public sealed class GetScramjetTopicCommand : QueryCmdlet
{
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completion.TopicCompleter))]
    public string[]? Topic { get; set; }

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Topic;

    private protected override void Process()
    {
        var spaces = MeansSpaces();
        var scope = GetScope();
        var names = (PipedAs & PipedKind.Places) != 0 && !IsOnCommandLine(nameof(Topic)) ? [] : Topic ?? [];
        StartRecord(async () =>
        {
            var matchers = names.Select(n => new Matcher<Topic>("topic", n, t => t.Name)).ToArray();
            if (spaces)
                await scope.ForEachSpaceAsync(space => ListAsync(matchers, space.Client, () => Own(space.Client).ListTopicsAsync(StopToken))).ConfigureAwait(false);
            else
                await scope.ForEachClientAsync(hub => ListAsync(matchers, hub, () => hub.ListTopicsAsync(StopToken))).ConfigureAwait(false);

            foreach (var matcher in matchers)
            {
                try
                {
                    foreach (var topic in matcher.Rest(scope.Failed))
                        await WriteAsync(topic).ConfigureAwait(false);
                }
                catch (ScramjetException e)
                {
                    Report(e, matcher.Text);
                }
            }
        });
    }

    private async Task ListAsync(Matcher<Topic>[] matchers, ApiClient place, System.Func<Task<IReadOnlyList<Topic>>> list)
    {
        var topics = (await Context.ListAsync(place, list).ConfigureAwait(false)).Items;
        foreach (var topic in matchers.Length == 0 ? topics : matchers.SelectMany(m => m.Take(topics)).Distinct())
            await WriteAsync(topic).ConfigureAwait(false);
    }
}
