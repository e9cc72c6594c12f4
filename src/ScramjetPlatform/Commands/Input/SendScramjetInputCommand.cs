using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Api;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Sends the pipeline, or a file, to an instance. With -ReceiveOutput, writes its output at the same time.</summary>
[Cmdlet(VerbsCommunications.Send, "ScramjetInput", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = SendSet)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]), ParameterSetName = [ReceiveSet])]
public sealed class SendScramjetInputCommand : DataCmdlet
{
    private const string SendSet = "Send";
    private const string ReceiveSet = "ReceiveOutput";

    /// <summary>The time for an instance to end after its output has ended.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(2);

    /// <summary>The time without progress after which there is a warning.</summary>
    private static readonly TimeSpan StallWarningTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StallCheckInterval = TimeSpan.FromMilliseconds(500);

    private PipelineSender _sender = null!;
    private CommandScope? _scope;
    private bool _isPayloadFirst;
    private object? _payload;
    private bool _hasBegun;

    [Parameter(Mandatory = true, HelpMessage = "The id of an instance.", Position = 0, ValueFromPipeline = true)]
    [Alias("InstanceId")]
    [InstanceOrPayload]
    [ArgumentCompleter(typeof(RunningInstanceCompleter))]
    public InstanceReference? Instance { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    [Parameter(ParameterSetName = SendSet)]
    public SwitchParameter Stdin { get; set; }

    [Parameter]
    public SwitchParameter KeepOpen { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = ReceiveSet)]
    public SwitchParameter ReceiveOutput { get; set; }

    [Parameter(ParameterSetName = ReceiveSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? OutputContentType { get; set; }

    private protected override int MaxRecords => AreTargetsPiped ? int.MaxValue : 1;

    private bool SendsFile => Path is not null || LiteralPath is not null;

    private bool AreTargetsPiped => CommandLine.ExpectsInput && (_isPayloadFirst || !CommandLine.Has(nameof(Instance)));

    private protected override void Begin()
    {
        base.Begin();
        _sender = new PipelineSender(Context, ContentType, Instance!)
        {
            File = FileToSend(Path, LiteralPath, AreTargetsPiped),
            HasOutput = ReceiveOutput,
            Start = StartInBackground,
            Send = SendAsync,
        };
        if (CommandLine.Has(nameof(Instance)))
            _scope = Places.ScopeFor([Instance!]);
    }

    private protected override Task ProcessAsync()
    {
        // Piped instances are the targets, unless the command line specifies another one as an object or with -Instance.
        if (!_hasBegun && !SendsFile && CommandLine.ExpectsInput && CommandLine.HasByPosition(nameof(Instance))
            && PipedKinds.Unwrap(InputObject) is Instance && Instance is { Value: not Scramjet.Client.Model.Instance })
        {
            _payload = Instance.Value;
            _isPayloadFirst = true;
        }

        _hasBegun = true;
        return AreTargetsPiped ? SendToPipedAsync() : _sender.SendRecordAsync(CommandLine, InputObject);
    }

    private protected override Task EndAsync() => AreTargetsPiped ? Task.CompletedTask : _sender.EndAsync();

    private Task SendToPipedAsync()
    {
        var payload = _isPayloadFirst ? _payload : CommandLine.Has(nameof(InputObject)) ? InputObject : null;
        var reference = _isPayloadFirst ? new InstanceReference(PipedKinds.Unwrap(InputObject)!, null) : Instance!;
        var endsInput = !SendsFile && !_isPayloadFirst && !CommandLine.Has(nameof(InputObject));
        if (reference is { Value: not Scramjet.Client.Model.Instance, Text: null } || (endsInput && reference.Value is string))
        {
            var error = new ScramjetException(ErrorCodes.BadParameters, $"'{reference}' isn't an instance.", "Pipe instances, or use -Instance.");
            Context.Report(error, reference.Value);
            return Task.CompletedTask;
        }

        return Places.ForEachInstanceAsync([reference], target => endsInput
            ? SendAsync(target, StreamBody.Empty(ContentType ?? ContentTypes.Text))
            : _sender.SendValueAsync(payload, body => SendAsync(target, body)));
    }

    private async Task SendAsync(StreamBody body)
    {
        var finder = Finder.Instances(Context, Several.AreAmbiguous);
        var instances = await RequestContext.CollectAsync<Instance>(collect => finder.ForEachAsync(_scope, [Instance!], collect)).ConfigureAwait(false);

        // The finder has reported the error.
        if (instances.Count == 0)
        {
            throw new ScramjetException(
                ErrorCodes.NotFound,
                $"Nothing was sent: '{Instance}' isn't the name or the id of one instance.",
                "For a list, use Get-ScramjetInstance.");
        }

        if (instances.Count > 1)
        {
            throw new ScramjetException(
                ErrorCodes.Ambiguous,
                $"'{Instance}' matches {instances.Count} instances: {string.Join(", ", instances.Select(i => i.Id))}.",
                "Specify one.");
        }

        await SendAsync(instances[0], body).ConfigureAwait(false);
    }

    private async Task SendAsync(Instance target, StreamBody body)
    {
        var action = $"Send {body.ContentType} to its {(Stdin ? "standard input" : "input")}";
        if (!await ConfirmAsync($"{target.Id} on {target.Hub}", action).ConfigureAwait(false))
            return;

        var client = Bind(target.Client);
        var version = await client.Hub.GetHubVersionAsync(StopToken).ConfigureAwait(false);
        if (body.ContentType == ContentTypes.Bytes && !version.SupportsBinaryInput)
            {
            Context.Output.PostWarning(
                $"The hub '{target.Hub}' has version {version}, which decodes input as UTF-8 text. Other bytes are changed.");
        }

        // Hubs accept standard input as bytes only.
        if (Stdin)
            body = body.As(ContentTypes.Bytes);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        var watch = WarnOfStallAsync(target, body, over.Token);
        try
        {
            if (Stdin)
                await client.SendStdinAsync(body, KeepOpen, StopToken).ConfigureAwait(false);
            else if (!ReceiveOutput)
                await client.SendInputAsync(body, KeepOpen, cancellationToken: StopToken).ConfigureAwait(false);
            else
                await SendAndReceiveAsync(client, target, body).ConfigureAwait(false);
        }
        finally
        {
            over.Cancel();
            await Task.WhenAny(watch).ConfigureAwait(false);
        }
    }

    private async Task SendAndReceiveAsync(InstanceClient client, Instance target, StreamBody body)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        var run = new InstanceRun(client) { Failure = ErrorSituation.Unspecified };
        var log = run.ReadLogAsync(null, over.Token);
        try
        {
            var failed = false;
            var all = await client.InOutAsync(
                body,
                (stream, token) => OutputWriter.WriteAsync(Context, stream, OutputContentType, token),
                KeepOpen,
                inputFailed: e =>
                {
                    failed = true;
                    Context.Report(e, target);
                },
                cancellationToken: StopToken).ConfigureAwait(false);
            if (failed)
                return;

            // The output of an instance that has failed ends as that of one that has succeeded.
            await run.EndsWellAsync(Context.Watch, log, target.SequenceName ?? target.SequenceId ?? "", EndTime, StopToken).ConfigureAwait(false);
            if (!all)
                Context.Output.PostWarning($"The output of the instance '{target.Id}' ended before the instance had read all of its input.");
        }
        finally
        {
            over.Cancel();
            await log.IgnoreOutcomeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Warns if the input makes no progress, because hubs don't distinguish a slow instance from an input that has ended.</summary>
    private async Task WarnOfStallAsync(Instance target, StreamBody body, CancellationToken cancellationToken)
    {
        while (body.Waiting < StallWarningTime)
            await Task.Delay(StallCheckInterval, cancellationToken).ConfigureAwait(false);
        Context.Output.PostWarning(
            $"The instance '{target.Id}' on '{target.Hub}' has read no input for {StallWarningTime.TotalSeconds:0} s. " +
            "Either it isn't reading, or its input has ended, which its hub doesn't report. Still waiting.");
    }
}
