using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using ScramjetPlatform.View;

namespace ScramjetPlatform.Engine;

/// <summary>The context that a running command passes to its helpers: its requests, its output and its waits for instances.</summary>
internal sealed class CommandContext : RequestContext
{
    private Task _lastWritten = Task.CompletedTask;

    /// <param name="options">The time limit, tracing and throttle of all requests.</param>
    /// <param name="output">Writes to the command's pipeline.</param>
    /// <param name="session">The session that the command runs in.</param>
    /// <param name="cancellation">Canceled when the command is stopped.</param>
    public CommandContext(RequestOptions options, PipelineOutput output, ScramjetSession session, CancellationToken cancellation)
        : base(options, output.PostError, cancellation)
    {
        Session = session;
        Output = output;
        Progress = new WaitProgress(output.PostProgress);
        Watch = new InstanceWatch(options, Progress);
    }

    /// <summary>The command's session.</summary>
    public ScramjetSession Session { get; }

    /// <summary>Writes to the command's pipeline, from any thread.</summary>
    public PipelineOutput Output { get; }

    /// <summary>Shows what takes long.</summary>
    public WaitProgress Progress { get; }

    /// <summary>Waits for instances, with this command's time limit, tracing and throttle, and with progress.</summary>
    public InstanceWatch Watch { get; }

    /// <summary>Starts an instance, which may take seconds, with progress.</summary>
    public Task<Instance> StartAsync(Sequence sequence, StartOptions options) => Progress.ShowAsync(
        $"Starting {sequence.Name ?? sequence.Id} on {sequence.Hub}",
        "Waiting for the hub",
        () => Bind(sequence.Client).StartAsync(sequence, options, Cancellation));

    /// <summary>
    /// Gets an object and writes it after those of the calls before, so that output has the order of the calls although the requests overlap. One that fails
    /// holds up nothing.
    /// </summary>
    public async Task WriteInOrderAsync(Func<Task<object>> get)
    {
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Interlocked.Exchange(ref _lastWritten, written.Task);
        try
        {
            var value = await get().ConfigureAwait(false);
            await before.OrCanceledAsync(Cancellation).ConfigureAwait(false);
            await Output.WriteAsync(value).ConfigureAwait(false);
        }
        finally
        {
            // The next output must also wait for the output before this one.
            _ = before.ContinueWith(_ => written.SetResult(true), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Removes a sequence of the command and kills the command's instances of it, also after the command was stopped.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="kills">Which instances are the command's.</param>
    /// <param name="timeout">How long to wait for the hub; null for the default.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException">As <see cref="InstanceWatch.RemoveAsync"/>: others run the sequence, for example.</exception>
    public async Task RemoveAsync(SequenceClient sequence, Func<Instance, bool> kills, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        // After Ctrl+C, this process can end at any time, but the hub completes a request that it has received.
        if (Cancellation.IsCancellationRequested && !await Watch.IsUsedByOthersAsync(sequence, kills, cancellationToken).ConfigureAwait(false))
            _ = Bind(sequence).DeleteAsync(force: true, cancellationToken).IgnoreOutcomeAsync();
        await Watch.RemoveAsync(sequence, kills, timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a warning. If the command has left its pipeline by then, the session's next command writes it.</summary>
    public async Task WarnAsync(string text)
    {
        if (!await Output.TryWarnAsync(text).ConfigureAwait(false))
            Session.AddNotice(text);
    }
}
