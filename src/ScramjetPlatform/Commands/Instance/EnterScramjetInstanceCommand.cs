using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Scramjet.Client;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Attaches to instances: writes what they put out on all their streams, and sends what is piped or typed to their input.</summary>
[Cmdlet(VerbsCommon.Enter, "ScramjetInstance", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ScramjetInstanceLine))]
public sealed class EnterScramjetInstanceCommand : DataCmdlet
{
    private readonly TaskCompletionSource<IReadOnlyList<Instance>> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InstanceStream[] _streams = [];
    private PipelineSender? _sender;
    private CommandScope? _scope;
    private readonly List<Instance> _piped = [];
    private int _count;

    [Parameter(Position = 0)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RunningInstanceCompleter))]
    public InstanceReference[]? Instance { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public InstanceStream[]? Stream { get; set; }

    [Parameter]
    public SwitchParameter Stdin { get; set; }

    [Parameter]
    public SwitchParameter KeepOpen { get; set; }

    [Parameter]
    public SwitchParameter NoInput { get; set; }

    private bool HasData => CommandLine.ExpectsInput || CommandLine.Has(nameof(InputObject));

    private protected override int MaxRecords => 1;

    private protected override void Begin()
    {
        base.Begin();
        _streams = Stream is null ? [InstanceStream.Output, InstanceStream.Stdout, InstanceStream.Stderr, InstanceStream.Log] : [.. Stream.Distinct()];
        if (Instance is null)
        {
            if (!CommandLine.ExpectsInput)
                throw TerminatingError.BadParameters("There is no instance.", "Name an instance, or pipe one.");
            return;
        }

        _scope = Places.ScopeFor(Instance);
        if (HasData && NoInput)
            throw TerminatingError.BadParameters("-NoInput can't be combined with data to send.", "Give one of them.");
        if (HasData)
        {
            _sender = new PipelineSender(
                Context,
                ContentType,
                string.Join(", ", Instance.Select(i => i.ToString()))) { HasOutput = true, Start = StartInBackground, Send = SendAsync };
        }

        _ = StartInBackground(AttachNamedAsync);
    }

    private protected override Task ProcessAsync()
    {
        if (_sender is not null)
            return _sender.SendRecordAsync(CommandLine, InputObject);
        if (Instance is not null)
            return Task.CompletedTask;
        if (PipedKinds.Unwrap(InputObject) is Instance target)
        {
            _piped.Add(target);
        }
        else
        {
            Context.Report(
                new ScramjetException(
                    ErrorCodes.BadParameters,
                    $"'{InputObject}' isn't an instance.",
                    "Pipe instances, or name the instance with -Instance to send it data."),
                InputObject);
        }

        return Task.CompletedTask;
    }

    private protected override async Task EndAsync()
    {
        if (_sender is not null)
            await _sender.EndAsync().ConfigureAwait(false);
        await AttachAsync(_piped, hasTyping: !NoInput).ConfigureAwait(false);
    }

    /// <summary>Attaches to the instances that the command line names.</summary>
    private async Task AttachNamedAsync()
    {
        IReadOnlyList<Instance> found = [];
        try
        {
            found = await RequestContext.CollectAsync<Instance>(
                collect => Finder.Instances(Context).ForEachAsync(_scope, Instance!, collect)).ConfigureAwait(false);
        }
        finally
        {
            _attached.TrySetResult(found);
        }

        // Data for several instances is an error, which the sender reports.
        if (!HasData || found.Count == 1)
            await AttachAsync(found, hasTyping: !HasData && !NoInput).ConfigureAwait(false);
    }

    private async Task AttachAsync(IReadOnlyList<Instance> found, bool hasTyping)
    {
        if (found.Count == 0)
            return;

        _count = found.Count;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        var attached = Task.WhenAll(found.Select(i => Context.GuardAsync(i, () => AttachAsync(i))));
        var typing = found.Count == 1 && hasTyping ? SendTypedAsync(Bind(found[0].Client), over.Token) : Task.CompletedTask;
        await attached.ConfigureAwait(false);
        over.Cancel();
        await typing.ConfigureAwait(false);
    }

    private async Task AttachAsync(Instance instance)
    {
        if (!await ConfirmAsync($"{instance.Id} on {instance.Hub}", "Attach to its streams").ConfigureAwait(false))
            return;

        var client = Bind(instance.Client);
        var before = await client.RefreshAsync(instance, StopToken).ConfigureAwait(false);
        var run = new InstanceRun(client) { Failure = ErrorSituation.Unspecified };
        var hasEnded = client.ShareEnd();
        var reading = _streams.ToDictionary(s => s, s => ReadAsync(client, before, s, run, hasEnded));
        await Task.WhenAll(reading.Values).ConfigureAwait(false);
        var name = before.SequenceName ?? before.SequenceId ?? "";

        // Where the log isn't read, the end of the other streams doesn't mean that the instance has ended.
        if (!before.HasEnded && reading.TryGetValue(InstanceStream.Log, out var log))
            await run.EnsureSucceededAsync(Context.Watch, log, name, long.MaxValue, "", StopToken).ConfigureAwait(false);
        else
            run.EnsureNotFailed(await client.RefreshAsync(before, StopToken).ConfigureAwait(false), name);
    }

    private async Task ReadAsync(InstanceClient client, Instance instance, InstanceStream kind, InstanceRun run, Func<CancellationToken, Task<bool>> hasEnded)
    {
        var name = kind.ToString();
        LogEntry? before = null;
        using var stream = await client.GetStreamToEndAsync(kind, hasEnded, StopToken).ConfigureAwait(false);
        await EndlessLines.FollowAsync(stream, line => WriteAsync(Read(line)), StopToken).ConfigureAwait(false);

        ScramjetInstanceLine Read(string text)
        {
            var line = new ScramjetInstanceLine(name, instance.Id, instance.SequenceName, instance.Hub, text) { ShowsInstance = _count > 1 };
            if (kind == InstanceStream.Log)
            {
                before = LogEntry.ParseNext(text, before, instance.Space, instance.Hub, instance.Id);
                before.Sequence = instance.SequenceName;
                run.Log.Add(before);
                line.Time = before.Time ?? line.Time;
                line.Entry = before;
            }
            else if (kind == InstanceStream.Output && PSJson.IsCompound(text))
            {
                line.Data = ReadJson(text);
            }

            return line;
        }
    }

    private static object? ReadJson(string text)
    {
        try
        {
            return PSJson.Read(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Sends what is piped to the instance that the command line names.</summary>
    private async Task SendAsync(StreamBody body)
    {
        await ((Task)_attached.Task).OrCanceledAsync(StopToken).ConfigureAwait(false);
        var found = await _attached.Task.ConfigureAwait(false);
        if (found.Count == 0)
            throw new ScramjetException(ErrorCodes.NotFound, "Nothing was sent: there is no instance.", "For a list, use Get-ScramjetInstance.");
        if (found.Count > 1)
        {
            throw new ScramjetException(
                ErrorCodes.Ambiguous,
                $"Nothing was sent: the name matches {found.Count} instances: {string.Join(", ", found.Select(i => i.Id))}.",
                "Name one.");
        }

        var action = $"Send {body.ContentType} to its {(Stdin ? "standard input" : "input")}";
        if (await ConfirmAsync($"{found[0].Id} on {found[0].Hub}", action).ConfigureAwait(false))
            await SendAsync(Bind(found[0].Client), body, KeepOpen).ConfigureAwait(false);
    }

    /// <summary>Sends the lines that are typed, if the host has a keyboard.</summary>
    private async Task SendTypedAsync(InstanceClient client, CancellationToken cancellationToken)
    {
        try
        {
            var isOver = await new TypedLines(Host, Context.Output)
                .ReadAsync(line => SendAsync(client, BodyOf(line), keepOpen: true), cancellationToken).ConfigureAwait(false);
            if (isOver && !KeepOpen)
                await SendAsync(client, BodyOf(null), keepOpen: false).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            // The instance has ended.
        }
        catch (ScramjetException e)
        {
            Context.Report(e, client.InstanceId);
        }
    }

    private StreamBody BodyOf(string? line)
    {
        var type = ContentType ?? ContentTypes.Text;
        return line is null
            ? StreamBody.Empty(type)
            : StreamBody.From(new MemoryStream(Encoding.UTF8.GetBytes(line + "\n")), type, isAscii: line.All(static c => c < '\u0080'));
    }

    private Task SendAsync(InstanceClient client, StreamBody body, bool keepOpen) => Stdin
        ? client.SendStdinAsync(body.As(ContentTypes.Bytes), keepOpen, StopToken)
        : client.SendInputAsync(body, keepOpen, cancellationToken: StopToken);
}
