using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Api;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>How Invoke-ScramjetSequence runs its instances.</summary>
internal sealed class InvocationOptions
{
    /// <summary>The options of their start.</summary>
    public StartOptions Start { get; init; } = new();

    /// <summary>The content type of their output; null to detect it.</summary>
    public string? OutputContentType { get; init; }

    /// <summary>Whether their logs are written as verbose messages.</summary>
    public bool Verbose { get; init; }

    /// <summary>Whether the sequences that the command has published, and their instances, are removed.</summary>
    public bool RemoveAfter { get; init; }

    /// <summary>How often a record that an instance leaves unanswered is dealt again.</summary>
    public int Retries { get; init; }

    /// <summary>The target of errors.</summary>
    public object Target { get; init; } = "";
}

/// <summary>An instance that is started, receives its share of the pipeline, writes its output at the same time, and is ended.</summary>
/// <param name="context">The command's context.</param>
/// <param name="options">How it runs.</param>
/// <param name="copy">Its sequence.</param>
/// <param name="deal">The records.</param>
internal sealed class InvokedInstance(CommandContext context, InvocationOptions options, SequenceCopy copy, RecordDeal deal)
{
    private const string PythonEngine = "python3";

    /// <summary>
    /// How long the standard error is silent after the end of a program before it is closed. A program that has succeeded has written its last line before
    /// the hub reported that, so that the line is here within a moment.
    /// </summary>
    private static readonly TimeSpan SilenceAfterSuccess = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SilenceAfterFailure = TimeSpan.FromMilliseconds(200);

    /// <summary>The maximum time for the lines of standard error after the end of a program.</summary>
    private static readonly TimeSpan ErrorsAfterEnd = TimeSpan.FromSeconds(2);

    /// <summary>The time without output after which no more is expected of a program that has failed.</summary>
    private static readonly TimeSpan OutputSilenceAfterFailure = TimeSpan.FromSeconds(1);

    private Task<InstanceClient>? _starting;
    private int _errorLines;
    private TimeSpan _silence = SilenceAfterFailure;

    /// <summary>Its sequence.</summary>
    public SequenceCopy Copy => copy;

    /// <summary>Its share of the records.</summary>
    public RecordShare Share { get; } = deal.Open();

    /// <summary>Whether the run was stopped because the hub didn't respond.</summary>
    public bool IsHubSilent { get; private set; }

    /// <summary>The instance as it was when it was killed; null if there was none.</summary>
    public Instance? Killed { get; private set; }

    /// <summary>How many instances in a row have failed without output before this one, which replaces the last of them.</summary>
    public int FailuresBefore { get; init; }

    /// <summary>The instance's id; null if it hasn't started.</summary>
    public string? Id => _starting is { Status: TaskStatus.RanToCompletion } started ? started.Result.InstanceId : null;

    /// <summary>What its lines begin with, if those of several instances are mixed.</summary>
    private string Prefix => deal.IsShared ? $"{Share.Name}: " : "";

    /// <summary>The instance and its hub, for messages.</summary>
    public override string ToString() => Id is { } id ? $"the instance {id} on {copy.Hub.HubId}" : $"an instance on {copy.Hub.HubId}";

    /// <summary>Starts the instance, and runs it to its end.</summary>
    /// <param name="inputFailed">Called at once if the input fails. The output is then still read; null to throw the failure after that.</param>
    /// <exception cref="ScramjetException">It failed, or its output is incomplete.</exception>
    public async Task RunAsync(Action<ScramjetException>? inputFailed)
    {
        // Ctrl+C doesn't stop the hub. An instance that it has started must be killed.
        _starting = context.Bind(copy.Client!).StartAsync(options.Start, CancellationToken.None);
        await _starting.OrCanceledAsync(context.Cancellation).ConfigureAwait(false);
        var instance = _starting.Result;
        Share.Name = $"{copy.Hub.HubId} {DisplayText.ShortId(instance.InstanceId)}";

        // Python runners accept only text and bytes. Objects are sent as lines of JSON.
        var isText = deal.ContentType == ContentTypes.NdJson && copy.Engines.Contains(PythonEngine);
        await RunAsync(instance, Share.ToBody(isText ? ContentTypes.Text : deal.ContentType), inputFailed).ConfigureAwait(false);
    }

    /// <summary>Kills the instance, if it still runs. This also happens if the pipeline was stopped.</summary>
    /// <param name="isRemoved">Whether its hub stops listing it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task EndAsync(bool isRemoved, CancellationToken cancellationToken)
    {
        if (_starting is null)
            return;
        await _starting.IgnoreOutcomeAsync().OrCanceledAsync(cancellationToken).ConfigureAwait(false);
        if (_starting.Status != TaskStatus.RanToCompletion)
            return;
        Killed = await context.Watch.KillAsync(_starting.Result.ToInstance(), options.RemoveAfter, cancellationToken).ConfigureAwait(false);
        if (!isRemoved)
            await context.Watch.UntilEndedAsync(Killed, InstanceTimings.Default.KillTime, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a failure means that the hub doesn't respond.</summary>
    public void Observe(ScramjetException failure) =>
        IsHubSilent |= failure is ScramjetApiException && (IsTimeout(failure) || IsTimeout(failure.InnerException));

    private async Task RunAsync(InstanceClient instance, StreamBody body, Action<ScramjetException>? inputFailed)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        var run = new InstanceRun(instance);
        var errors = ForwardErrorsAsync(instance, over.Token);
        var log = run.ReadLogAsync(options.Verbose ? LogAsync : null, over.Token);
        try
        {
            await InOutAsync(run, instance, body, log, inputFailed).ConfigureAwait(false);
        }
        catch (OutputMismatchException e)
        {
            throw new ScramjetException(
                ErrorCodes.OutputMismatch,
                $"The instance {instance.InstanceId} of '{copy.Name}' has taken {e.Taken}, but has written {e.Returned}, so its values may belong to other "
                    + "records.",
                "Use -Ordered only for programs that write exactly one value for each record, in the order of the records.");
        }
        finally
        {
            await WaitForErrorsAsync(errors).ConfigureAwait(false);
            over.Cancel();
            await Task.WhenAll(errors, log).IgnoreOutcomeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends the records and writes the output.</summary>
    /// <exception cref="ScramjetException">The instance failed, or its output is incomplete.</exception>
    /// <exception cref="OutputMismatchException">It has written more or fewer values than it has taken records.</exception>
    private async Task InOutAsync(InstanceRun run, InstanceClient instance, StreamBody body, Task log, Action<ScramjetException>? inputFailed)
    {
        var (objects, bytes) = (0L, 0L);
        var failed = false;
        Action<ScramjetException>? fail = inputFailed is null ? null : e =>
        {
            failed = true;
            inputFailed(e);
        };
        var all = await instance.InOutAsync(
            body,
            async (stream, token) =>
            {
                objects = await WriteAsync(run, stream, token).ConfigureAwait(false);
                bytes = stream.BytesRead;
            },
            typeRead: run.Log.InputTypeRead,
            inputFailed: fail,
            cancellationToken: context.Cancellation).ConfigureAwait(false);

        // If not all input was sent, how the instance ended says nothing about it.
        if (failed)
            return;
        var amount = $"{objects} {ItemsOf(options.OutputContentType)} ({bytes} bytes) of output were read, "
            + $"and {Share.Taken} {ItemsOf(body.ContentType)} ({body.Sent} bytes) of input were sent";
        await run.EnsureSucceededAsync(context.Watch, log, copy.Name, bytes, amount, context.Cancellation).ConfigureAwait(false);
        _silence = SilenceAfterSuccess;
        await Share.CompleteAsync().ConfigureAwait(false);
        if (!all)
            TellUnread(instance, body.ContentType);
        deal.EnsureAnswered(Share);
    }

    private Task WarnAsync(string line)
    {
        Interlocked.Increment(ref _errorLines);
        return context.Output.PostWarningAsync(Prefix + line);
    }

    private Task LogAsync(LogEntry entry) =>
        context.Output.PostVerboseAsync(Prefix + $"{entry.Level?.ToUpperInvariant()} {entry.Source}: {entry}".Trim());

    /// <summary>Waits for the last lines of standard error, until it is silent.</summary>
    private async Task WaitForErrorsAsync(Task errors)
    {
        var end = Stopwatch.StartNew();
        for (var seen = -1; !errors.IsCompleted && seen != _errorLines && end.Elapsed < ErrorsAfterEnd;)
        {
            seen = _errorLines;
            await Task.WhenAny(errors, Task.Delay(_silence, context.Cancellation)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Writes the output. A runner waits for ten seconds before it exits after a failure, and its output ends only then. If the records go to others, they
    /// don't wait for that.
    /// </summary>
    private async Task<long> WriteAsync(InstanceRun run, ApiStream stream, CancellationToken cancellationToken)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var failing = options.Retries > 0 ? StopAfterFailureAsync(run, stream, reading) : Task.CompletedTask;
        try
        {
            return await OutputWriter
                .WriteAsync(context, stream, options.OutputContentType, reading.Token, hurry: run.Log.Completed, share: Share)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Share.Returned;
        }
        finally
        {
            reading.Cancel();
            await failing.IgnoreOutcomeAsync().ConfigureAwait(false);
        }
    }

    private static async Task StopAfterFailureAsync(InstanceRun run, ApiStream stream, CancellationTokenSource reading)
    {
        await run.Log.Completed.OrCanceledAsync(reading.Token).ConfigureAwait(false);
        if (run.Log.StreamFailure is null)
            return;
        for (var before = -1L; before != stream.BytesRead;)
        {
            before = stream.BytesRead;
            await Task.Delay(OutputSilenceAfterFailure, reading.Token).ConfigureAwait(false);
        }

        reading.Cancel();
    }

    private void TellUnread(InstanceClient instance, string? contentType)
    {
        var text = $"The instance {instance.InstanceId} ended before it had read all of its input.";
        var taken = deal.IsShared ? RecordRanges.Amount(Share.Taken) : $"{Share.Taken} {ItemsOf(contentType)}";
        if (deal.IsOrdered)
            context.Output.PostVerbose(text);
        else
            context.Output.PostWarning($"{text} It had taken {taken}, which it may not have processed.");
    }

    private static bool IsTimeout(Exception? error) => error is ScramjetApiException { Code: ErrorCodes.Timeout };

    private static string ItemsOf(string? contentType) => contentType switch
    {
        ContentTypes.Text => "lines",
        ContentTypes.Bytes => "blocks",
        _ => "objects",
    };

    private async Task ForwardErrorsAsync(InstanceClient instance, CancellationToken cancellationToken)
    {
        using var stream = await instance.GetStreamAsync(InstanceStream.Stderr, cancellationToken).ConfigureAwait(false);
        await EndlessLines.FollowAsync(stream, WarnAsync, cancellationToken).ConfigureAwait(false);
    }
}
