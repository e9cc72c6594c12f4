using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// A cmdlet whose work is async. The work runs on the thread pool; what it writes, asks and reports comes back to
/// the pipeline thread as it happens, and stopping the pipeline cancels <see cref="StopToken"/>.
/// </summary>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    /// <summary>What work that was stopped gets to end before it goes on without its pipeline.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest that a pipeline that was cut waits until all is cleaned up.</summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _interruption = new();
    private readonly PipelinePump _pump;
    private readonly HashSet<Task> _started = [];

    private protected AsyncCmdlet()
    {
        StopToken = _stop.Token;
        _pump = new PipelinePump((value, enumerate) => WriteObject(value, enumerate));
    }

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    protected CancellationToken StopToken { get; }

    /// <summary>Ends what is still under way.</summary>
    public void Dispose()
    {
        LetGo();
        _stop.Dispose();
        _interruption.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for all that was started.</summary>
    protected override void EndProcessing() => Drain();

    /// <summary>Cancels all work; called on another thread than the pipeline's.</summary>
    protected override void StopProcessing()
    {
        Cancel(_interruption);
        Cancel(_stop);
    }

    /// <summary>Whether a parameter was given by its place on the command line, without its name.</summary>
    private protected bool IsBoundByPosition(string parameter) =>
        MyInvocation.BoundParameters.ContainsKey(parameter) && (PSObject.AsPSObject(MyInvocation.BoundParameters).Properties["BoundPositionally"]?.Value as System.Collections.IEnumerable)?.Cast<object>().Contains(parameter) != false;

    /// <summary>Does the work and waits for its end. What it throws becomes one error.</summary>
    private protected void Run(Func<Task> work, object? target = null)
    {
        StartWork(work, target);
        Drain();
    }

    /// <summary>Starts the work and goes on; <see cref="EndProcessing"/> waits for it. What it throws becomes one error.</summary>
    /// <param name="work">The work. It must not read parameters: the next record changes them.</param>
    /// <param name="target">What the work is about, for the error.</param>
    /// <param name="most">How much may be under way; with more, this waits.</param>
    private protected Task StartWork(Func<Task> work, object? target = null, int most = int.MaxValue)
    {
        _started.RemoveWhere(static t => t.IsCompleted);
        while (_started.Count >= most)
        {
            Pump(Task.WhenAny(_started));
            _started.RemoveWhere(static t => t.IsCompleted);
        }

        var started = Task.Run(async () =>
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !StopToken.IsCancellationRequested)
            {
                PostError(ErrorRecords.From(e, target));
            }
            catch (OperationCanceledException)
            {
                // The pipeline was stopped: the pump says so.
            }
        });
        _started.Add(started);

        // What is there already goes out before the next record comes in.
        Pump(Task.CompletedTask);
        return started;
    }

    /// <summary>Writes what has come already, and all that comes until the task ends.</summary>
    private protected void PumpUntil(Task task) => Pump(task);

    /// <summary>Reads local files on another thread and waits for that, which Ctrl+C ends whatever a disk or a network does. For the pipeline thread.</summary>
    private protected T ReadLocal<T>(Func<CancellationToken, T> read)
    {
        var reading = Task.Run(() => read(StopToken));
        Pump(reading);
        return reading.IsCanceled ? throw new PipelineStoppedException() : reading.GetAwaiter().GetResult();
    }

    /// <summary>Writes objects. The task ends when the pipeline has room for more.</summary>
    /// <param name="values">The objects.</param>
    /// <param name="size">How many bytes they were made of, more or less: that is how much room they take.</param>
    internal Task WriteManyAsync(IReadOnlyList<object?> values, long? size = null) => _pump.WriteManyAsync(values, size);

    /// <summary>Writes a block of bytes. The task ends when the pipeline has room for more.</summary>
    internal Task WriteBlockAsync(byte[] block) => _pump.WriteAsync(block, block.Length);

    /// <summary>Writes an object. The task ends when the pipeline has room for more.</summary>
    internal Task WriteAsync(object? value) => _pump.WriteAsync(value);

    /// <summary>Has something done on the pipeline thread, and gives its result.</summary>
    private protected Task<T> InvokeAsync<T>(Func<T> function) => _pump.InvokeAsync(function);

    /// <summary>Asks for confirmation, and says what would be done with -WhatIf.</summary>
    private protected Task<bool> ConfirmAsync(string target, string action) => InvokeAsync(() => ShouldProcess(DisplayText.Clean(target), DisplayText.Clean(action)));

    /// <summary>Writes a non-terminating error from any thread.</summary>
    private protected void PostError(ErrorRecord error) => _ = _pump.PostAsync(() => WriteError(error));

    /// <summary>Writes a non-terminating error from any thread.</summary>
    private protected void PostError(Exception error, object? target) => PostError(ErrorRecords.From(error, target));

    /// <summary>Writes a warning from any thread.</summary>
    internal void PostWarning(string text) => _ = PostWarningAsync(text);

    /// <summary>Writes a verbose line from any thread.</summary>
    internal void PostVerbose(string text) => _ = PostVerboseAsync(text);

    /// <summary>Writes a warning from any thread. The task ends when the pipeline has room for more.</summary>
    internal Task PostWarningAsync(string text) => _pump.PostAsync(() => WriteWarning(DisplayText.Clean(text)), text.Length);

    /// <summary>Writes a warning from any thread, and ends when it is written.</summary>
    /// <returns>Whether it was: work that goes on after its pipeline was stopped can't write any more.</returns>
    private protected async Task<bool> TryWarnAsync(string text)
    {
        try
        {
            return await InvokeAsync(() =>
            {
                WriteWarning(text);
                return true;
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or PipelineStoppedException)
        {
            return false;
        }
    }

    /// <summary>Writes a verbose line from any thread. The task ends when the pipeline has room for more.</summary>
    internal Task PostVerboseAsync(string text) => _pump.PostAsync(() => WriteVerbose(DisplayText.Clean(text)), text.Length);

    /// <summary>Reports progress from any thread.</summary>
    internal void PostProgress(ProgressRecord progress) => _ = _pump.PostAsync(() => WriteProgress(progress));

    /// <summary>Ends the cmdlet with an error. For the pipeline thread.</summary>
    private protected void Fail(Exception error, object? target = null) => ThrowTerminatingError(ErrorRecords.From(error, target));

    /// <summary>The path in the file system, or a terminating error. For the pipeline thread.</summary>
    private protected string FullPath(string path) => OnePath(null, path);

    /// <summary>The one file or folder that -Path or -LiteralPath names, or a terminating error. For the pipeline thread.</summary>
    private protected string OnePath(string? path, string? literalPath)
    {
        try
        {
            return PathResolver.One(this, path, literalPath);
        }
        catch (ScramjetException e)
        {
            Fail(e, path ?? literalPath);
            throw;
        }
    }

    private void Drain()
    {
        if (_started.Count > 0)
            Pump(Task.WhenAll(_started));
        _started.Clear();
    }

    private void Pump(Task until)
    {
        try
        {
            _pump.PumpUntil(until, StopToken);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            LetGo();
            throw new PipelineStoppedException();
        }
        catch
        {
            // The pipeline behind this cmdlet wants no more, or an error action ended it.
            CleanUp();
            throw;
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet ended at the same moment.
        }
    }

    /// <summary>
    /// Stops all work, and waits until it has cleaned up after itself. Its progress and its warnings are still written, its output no more. Ctrl+C ends
    /// the wait; where the pipeline has failed already, Ctrl+C would not arrive here, and nothing is waited for.
    /// </summary>
    private void CleanUp()
    {
        Cancel(_stop);
        if (!Stopping)
        {
            try
            {
                _pump.Discard();
                _pump.PumpUntil(Task.WhenAny(Task.WhenAll(_started), Task.Delay(CleanUpTime, _interruption.Token)), _interruption.Token);
            }
            catch
            {
                // What ended the pipeline counts.
            }
        }

        LetGo();
    }

    /// <summary>Stops all work, and lets what doesn't end at once go on by itself: Ctrl+C goes back to the prompt.</summary>
    private void LetGo()
    {
        Cancel(_stop);
        _pump.Close();
        Task.WhenAll(_started).ContinueWith(static t => _ = t.Exception, TaskScheduler.Default).Wait(StopGrace);
        _started.Clear();
    }
}
