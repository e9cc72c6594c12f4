using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Sends the pipeline, or a file, into an instance; with -ReceiveOutput, writes what it puts out meanwhile.</summary>
[Cmdlet(VerbsCommunications.Send, "ScramjetInput", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = SendSet)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]), ParameterSetName = [ReceiveSet])]
public sealed class SendScramjetInputCommand : SendCmdlet
{
    private const string SendSet = "Send";
    private const string ReceiveSet = "ReceiveOutput";

    /// <summary>How long nothing is taken until a warning says so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private HubScope? _scope;
    private bool _payloadIsFirst;
    private object? _payload;
    private bool _begun;

    [Parameter(Mandatory = true, HelpMessage = "The id of an instance.", Position = 0, ValueFromPipeline = true)]
    [Alias("InstanceId")]
    [InstanceOrPayload]
    [ArgumentCompleter(typeof(InstanceCompleter))]
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

    private protected override (string? Path, string? LiteralPath) FileToSend => (Path, LiteralPath);

    private protected override object Target => Instance!;

    private protected override bool TargetsArePiped => MyInvocation.ExpectingInput && (_payloadIsFirst || !IsOnCommandLine(nameof(Instance)));

    private protected override void Prepare()
    {
        if (IsOnCommandLine(nameof(Instance)))
            _scope = ScopeFor([Instance!]);
    }

    private protected override void Process()
    {
        // Instances that are piped are what is sent to, unless the command line names another one by its object or with -Instance.
        if (!_begun && MyInvocation.ExpectingInput && PipedKinds.Unwrap(InputObject) is Instance && Instance is { Value: not Scramjet.Client.Model.Instance } && IsPositional(nameof(Instance)) && !SendsFile)
        {
            _payload = Instance.Value;
            _payloadIsFirst = true;
        }

        _begun = true;
        if (!TargetsArePiped)
        {
            base.Process();
            return;
        }

        var payload = _payloadIsFirst ? _payload : IsOnCommandLine(nameof(InputObject)) ? InputObject : null;
        var reference = _payloadIsFirst ? new InstanceReference(PipedKinds.Unwrap(InputObject)!, null) : Instance!;
        var ends = !SendsFile && !_payloadIsFirst && !IsOnCommandLine(nameof(InputObject));
        if (reference is { Value: not Scramjet.Client.Model.Instance, Text: null } || (ends && reference.Value is string))
        {
            WriteError(ErrorRecords.From(new ScramjetException(ErrorCodes.BadParameters, $"'{reference}' isn't an instance.", "Pipe instances, or name the instance with -Instance."), reference.Value));
            return;
        }

        var scope = ScopeFor([reference]);
        Func<StreamBody, Task> Into(Instance target) => body => SendAsync(target, body);
        StartEndless(() => Queries.Instances(Context).ForEachAsync(scope, [reference], target => ends
            ? SendAsync(target, StreamBody.Empty(ContentType ?? ContentTypes.Text))
            : SendToAsync(payload, Into(target))));
    }

    private protected override async Task SendAsync(StreamBody body)
    {
        var found = new List<Instance>();
        await Queries.Instances(Context).ForEachAsync(_scope, [Instance!], instance =>
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

        await SendAsync(found[0], body).ConfigureAwait(false);
    }

    private async Task SendAsync(Instance target, StreamBody body)
    {
        if (!await ConfirmAsync($"{target.Id} on {target.Hub}", $"Send {body.ContentType} to its {(Stdin ? "standard input" : "input")}").ConfigureAwait(false))
            return;

        var client = Own(target.Client);
        var version = await client.Hub.GetHubVersionAsync(StopToken).ConfigureAwait(false);
        if (body.ContentType == ContentTypes.Bytes && !version.SupportsBinaryInput)
            PostWarning($"The hub '{target.Hub}' has version {version}, which takes input for UTF-8 text: bytes that aren't are spoiled on the way.");

        // Whatever it is, hubs take a standard input as bytes only.
        if (Stdin)
            body = body.As(ContentTypes.Bytes);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        var watch = WarnOfSilenceAsync(target, body, over.Token);
        try
        {
            if (Stdin)
                await client.SendStdinAsync(body, KeepOpen, StopToken).ConfigureAwait(false);
            else if (!ReceiveOutput)
                await client.SendInputAsync(body, KeepOpen, cancellationToken: StopToken).ConfigureAwait(false);
            else if (!await client.InOutAsync(body, (stream, token) => OutputWriter.WriteAsync(this, stream, OutputContentType, token), KeepOpen, cancellationToken: StopToken).ConfigureAwait(false))
                PostWarning($"The output of the instance '{target.Id}' ended before it had taken all of its input.");
        }
        finally
        {
            over.Cancel();
            await Task.WhenAny(watch).ConfigureAwait(false);
        }
    }

    /// <summary>Says so when nothing is taken: hubs don't tell an instance that is slow from an input that something else has ended.</summary>
    private async Task WarnOfSilenceAsync(Instance target, StreamBody body, CancellationToken cancellationToken)
    {
        while (body.Waiting < Patience)
            await Task.Delay(Look, cancellationToken).ConfigureAwait(false);
        PostWarning($"The instance '{target.Id}' on '{target.Hub}' has taken nothing for {Patience.TotalSeconds:0} s: it isn't reading, or its input has been ended, which its hub doesn't tell. Still waiting.");
    }
}
