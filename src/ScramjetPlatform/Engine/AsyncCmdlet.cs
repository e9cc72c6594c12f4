using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform.Engine;

/// <summary>
/// A cmdlet whose work is async. Work begins on the pipeline thread, where it may read parameters, and continues on the thread pool after its first wait.
/// What it writes, asks and reports comes back to the pipeline thread as it happens, and stopping the pipeline cancels <see cref="StopToken"/>.
/// </summary>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    internal const int DefaultThrottleLimit = 16;

    /// <summary>The time that stopped work has to end before the cmdlet leaves it.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest that a pipeline that was cut waits for the clean-up.</summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _interruption = new();
    private readonly PipelinePump _pump;
    private readonly HashSet<Task> _records = [];
    private readonly HashSet<Task> _started = [];
    private CommandContext? _context;
    private CommandLine? _commandLine;

    private protected AsyncCmdlet()
    {
        StopToken = _stop.Token;
        _pump = new PipelinePump((value, enumerate) => WriteObject(value, enumerate));
    }

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    protected CancellationToken StopToken { get; }

    /// <summary>What this command gives to its helpers.</summary>
    private protected CommandContext Context => _context!;

    /// <summary>What was given on the command line.</summary>
    private protected CommandLine CommandLine => _commandLine!;

    /// <summary>The object of this record, if the cmdlet takes objects from the pipeline.</summary>
    private protected PipedObject Piped { get; private set; }

    /// <summary>The parameter that takes the pipeline's objects, if they are checked and unwrapped for the cmdlet.</summary>
    private protected virtual (string Name, object? Value)? Input => null;

    /// <summary>The kinds of objects that <see cref="Input"/> accepts. All others are errors.</summary>
    private protected virtual PipedKind AcceptedInput => PipedKind.Places;

    /// <summary>How many requests may be under way at once.</summary>
    private protected virtual int Throttle => DefaultThrottleLimit;

    /// <summary>How many records may be under way at once; by default as many as keep the requests busy.</summary>
    private protected virtual int MaxRecords => 4 * Throttle;

    /// <summary>The time limit for a request; null for the connection's.</summary>
    private protected virtual TimeSpan? CallTimeout => null;

    /// <summary>Ends what is still under way.</summary>
    public void Dispose()
    {
        Abandon();
        _stop.Dispose();
        _interruption.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Checks the parameters before the first record. All errors end the command.</summary>
    private protected virtual void Begin()
    {
    }

    /// <summary>Does the work for one record. It must read the parameters of the record before it first waits: the next record changes them.</summary>
    private protected abstract Task ProcessAsync();

    /// <summary>Does the work after the last record.</summary>
    private protected virtual Task EndAsync() => Task.CompletedTask;

    /// <summary>Called on the pipeline thread when <see cref="EndAsync"/> has ended, also when it was stopped.</summary>
    private protected virtual void AfterEnd()
    {
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        var session = ScramjetSession.Current;
        var output = new PipelineOutput(_pump, CommandRuntime);
        _commandLine = new CommandLine(MyInvocation);
        var options = new RequestOptions { Timeout = CallTimeout, Trace = output.PostVerbose, Throttle = new SemaphoreSlim(Throttle) };
        _context = new CommandContext(options, output, session, StopToken);
        foreach (var notice in session.TakeNotices())
            WriteWarning(notice);
        if (_commandLine.FindEmptyName() is { } empty)
            ThrowTerminatingError(ErrorRecords.From(empty, null));

        try
        {
            Begin();
        }
        catch (TerminatingError e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null));
        }
        catch (ScramjetException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null));
        }
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        if (Input is not { } input)
        {
            StartRecord(null);
            return;
        }

        var items = CommandLine.Has(input.Name) && PipedKinds.Unwrap(input.Value) is IList list ? list.Cast<object?>().ToArray() : [input.Value];
        foreach (var item in items)
        {
            Piped = new PipedObject(item);
            try
            {
                if (CommandLine.Refuse(Piped, AcceptedInput, input.Name) is { } refusal)
                    throw refusal;
                if (CommandLine.Excludes(Piped))
                    WriteVerbose($"'{Piped.Value}' is not in the places that the command line names, and is left out.");
                else
                    StartRecord(item);
            }
            catch (ScramjetException e)
            {
                WriteError(ErrorRecords.From(e, item));
            }
        }

        CommandLine.EndRecord();
    }

    /// <inheritdoc/>
    protected sealed override void EndProcessing()
    {
        try
        {
            Add(_started, Call(EndAsync, null));
            Pump(Task.WhenAll(_records.Concat(_started)));
        }
        finally
        {
            AfterEnd();
        }
    }

    /// <summary>Cancels all work; called on another thread than the pipeline's.</summary>
    protected sealed override void StopProcessing()
    {
        Cancel(_interruption);
        Cancel(_stop);
    }

    /// <summary>Starts work beside the records; the command's end waits for it.</summary>
    private protected Task StartInBackground(Func<Task> work) => Add(_started, Observe(Task.Run(work), null));

    /// <summary>The client with this command's time limit, tracing and throttle.</summary>
    private protected T Bind<T>(T client) where T : ApiClient => Context.Bind(client);

    /// <summary>Writes an object. The task ends when the pipeline has room for more.</summary>
    private protected Task WriteAsync(object? value) => Context.Output.WriteAsync(value);

    /// <summary>Asks for confirmation, and says what would be done with -WhatIf.</summary>
    private protected Task<bool> ConfirmAsync(string target, string action) => Context.Output.ConfirmAsync(target, action);

    /// <summary>Reads local files on another thread while the pipeline is pumped, so that Ctrl+C works at once. For the pipeline thread.</summary>
    private protected T ReadLocal<T>(Func<CancellationToken, T> read)
    {
        var reading = Task.Run(() => read(StopToken));
        Pump(reading);
        return reading.IsCanceled ? throw new PipelineStoppedException() : reading.GetAwaiter().GetResult();
    }

    /// <summary>Resolves paths. For the pipeline thread.</summary>
    private protected PathResolver Paths => new(SessionState.Path);

    /// <summary>The one file or folder that -Path or -LiteralPath names; an error ends the command. For the pipeline thread.</summary>
    private protected string ResolveOnePath(string? path, string? literalPath)
    {
        try
        {
            return Paths.ResolveOne(path, literalPath);
        }
        catch (ScramjetException e)
        {
            throw new TerminatingError(e, path ?? literalPath);
        }
    }

    private void StartRecord(object? target)
    {
        var record = Add(_records, Call(ProcessAsync, target));

        // What has been written goes out before the next record comes in.
        Pump(record.IsCompleted ? record : Task.CompletedTask);
        for (_records.RemoveWhere(static t => t.IsCompleted); _records.Count >= MaxRecords; _records.RemoveWhere(static t => t.IsCompleted))
            Pump(Task.WhenAny(_records));
    }

    private Task Call(Func<Task> work, object? target)
    {
        Task task;
        try
        {
            task = work();
        }
        catch (Exception e) when (e is TerminatingError or ScramjetException)
        {
            task = Task.FromException(e);
        }

        if (task.Exception?.InnerException is TerminatingError error)
            ThrowTerminatingError(ErrorRecords.From(error, target));
        if (task.Exception?.InnerException is PipelineStoppedException stopped)
            ExceptionDispatchInfo.Capture(stopped).Throw();
        return task.Status == TaskStatus.RanToCompletion ? task : Observe(task, target);
    }

    /// <summary>Makes a failure one error.</summary>
    private async Task Observe(Task task, object? target)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (TerminatingError e)
        {
            await _pump.PostAsync(() => ThrowTerminatingError(ErrorRecords.From(e, target))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !StopToken.IsCancellationRequested)
        {
            Context.Report(e, target);
        }
        catch (OperationCanceledException)
        {
            // The pipeline was stopped: the pump reports that.
        }
    }

    private static Task Add(HashSet<Task> tasks, Task task)
    {
        if (!task.IsCompleted)
            tasks.Add(task);
        return task;
    }

    private void Pump(Task until)
    {
        try
        {
            _pump.PumpUntil(until, StopToken);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            Abandon();
            throw new PipelineStoppedException();
        }
        catch
        {
            // The next command of the pipeline accepts no more, or an error action ended it.
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
    /// Stops all work, and waits until it has cleaned up. Its progress and warnings are still written, its output is not. Ctrl+C ends the wait. If the
    /// pipeline has failed already, Ctrl+C would not arrive here, and there is no wait.
    /// </summary>
    private void CleanUp()
    {
        Cancel(_stop);
        if (!Stopping)
        {
            try
            {
                _pump.Discard();
                _pump.PumpUntil(Task.WhenAny(Task.WhenAll(_records.Concat(_started)), Task.Delay(CleanUpTime, _interruption.Token)), _interruption.Token);
            }
            catch
            {
                // The error that ended the pipeline is the one to report.
            }
        }

        Abandon();
    }

    /// <summary>Stops all work and leaves what doesn't end at once, so that Ctrl+C returns to the prompt.</summary>
    private void Abandon()
    {
        Cancel(_stop);
        _pump.Close();
        Task.WhenAll(_records.Concat(_started)).ContinueWith(static t => _ = t.Exception, TaskScheduler.Default).Wait(StopGrace);
        _records.Clear();
        _started.Clear();
    }
}
