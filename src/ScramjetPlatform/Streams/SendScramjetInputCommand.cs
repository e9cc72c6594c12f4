using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Sends the pipeline, or a file, into an instance.</para>
/// </summary>
[Cmdlet(VerbsCommunications.Send, "ScramjetInput", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
public sealed class SendScramjetInputCommand : SendCmdlet
{
    /// <summary>What a running instance of an old hub takes, amply, to read its input's content type.</summary>
    private static readonly TimeSpan AnnouncementTime = TimeSpan.FromMilliseconds(300);

    private HubScope? _scope;

    /// <summary>
    /// <para type="description">The instance: its id, a unique beginning of it, or the object.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("InstanceId")]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference? Instance { get; set; }

    /// <summary>
    /// <para type="description">A file to send instead of the pipeline.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>
    /// <para type="description">Sends to the standard input of the instance's process, not to its input.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Stdin { get; set; }

    /// <summary>
    /// <para type="description">Leaves the input open, for more to be sent. Without it, the instance sees its input's end.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter KeepOpen { get; set; }

    private protected override string? FileToSend => Path;

    private protected override object Target => Instance!;

    private protected override void Prepare() => _scope = ScopeFor([Instance!]);

    private protected override async Task SendAsync(StreamBody body)
    {
        var found = new List<Instance>();
        await Queries.Instances(this).ForEachAsync(_scope, [Instance!], instance =>
        {
            lock (found)
                found.Add(instance);
            return Task.CompletedTask;
        }).ConfigureAwait(false);

        if (found.Count == 0)
        {
            // Why has been said; what would be sent has nowhere to go.
            throw new ScramjetException(ErrorCodes.NotFound, $"Nothing was sent: no instance is meant by '{Instance}'.", "See what is there: Get-ScramjetInstance.");
        }

        if (found.Count > 1)
            throw new ScramjetException(ErrorCodes.Ambiguous, $"'{Instance}' fits {found.Count} instances: {string.Join(", ", found.Select(i => i.Id))}.", "Name one.");

        var target = found[0];
        if (!await ConfirmAsync($"{target.Id} on {target.Hub}", $"Send {body.ContentType} to its {(Stdin ? "standard input" : "input")}").ConfigureAwait(false))
            return;

        var client = Own(target.Client);
        var version = await client.Hub.GetHubVersionAsync(StopToken).ConfigureAwait(false);
        if (body.ContentType == ContentTypes.Bytes && !version.TakesBytes)
            PostWarning($"The hub '{target.Hub}' has version {version}, which takes input for UTF-8 text: bytes that aren't are spoiled on the way.");
        if (Stdin)
        {
            // Whatever it is, hubs take a standard input as bytes only.
            await client.SendStdinAsync(body.As(ContentTypes.Bytes), KeepOpen, StopToken).ConfigureAwait(false);
            return;
        }

        if (await client.AnnounceInputAsync(body.ContentType, StopToken).ConfigureAwait(false))
            await Task.Delay(AnnouncementTime, StopToken).ConfigureAwait(false);
        await client.SendInputAsync(body, KeepOpen, StopToken).ConfigureAwait(false);
    }
}
