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
/// A cmdlet that works asynchronously. Work starts on the pipeline thread, where it can read parameters, and continues on the thread pool after its first
/// wait. Its output, prompts and errors are passed to the pipeline thread as they occur, and stopping the pipeline cancels <see cref="StopToken"/>.
/// </summary>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    internal const int DefaultThrottleLimit = 16;

    /// <summary>The time for canceled work to end before the cmdlet ends without it.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>The maximum time to wait for the cleanup when the pipeline ends early.</summary>
    private static readonly TimeSpan CleanupTime = TimeSpan.FromMinutes(2);

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

    /// <summary>Canceled when the pipeline is stopped.</summary>
    protected CancellationToken StopToken { get; }

    /// <summary>The context for the command's helpers.</summary>
    private protected CommandContext Context => _context!;

    /// <summary>The parameters on the command line.</summary>
    private protected CommandLine CommandLine => _commandLine!;

    /// <summary>The object of the current record, if the cmdlet accepts objects from the pipeline.</summary>
    private protected PipedObject Piped { get; private set; }

    /// <summary>The parameter for objects from the pipeline, if they are checked and unwrapped for the cmdlet.</summary>
    private protected virtual (string Name, object? Value)? Input => null;

    /// <summary>The kinds of objects that <see cref="Input"/> accepts. Others are reported as errors.</summary>
    private protected virtual PipedKind AcceptedInput => PipedKind.Places;

    /// <summary>The maximum number of concurrent requests.</summary>
    private protected virtual int Throttle => DefaultThrottleLimit;

    /// <summary>The maximum number of concurrent records. The default is large enough to use all request slots.</summary>
    private protected virtual int MaxRecords => 4 * Throttle;

    /// <summary>The time limit of a request in seconds; null for that of the connection.</summary>
    private protected virtual double? CallTimeoutSec => null;

    /// <summary>Cancels all work in progress.</summary>
    public void Dispose()
    {
        Abandon();
        _stop.Dispose();
        _interruption.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Checks the parameters before the first record. Every error ends the command.</summary>
    private protected virtual void Begin()
    {
    }

    /// <summary>Processes one record. It must read the parameters before its first wait, because the next record changes them.</summary>
    private protected abstract Task ProcessAsync();

    /// <summary>Completes the command after the last record.</summary>
    private protected virtual Task EndAsync() => Task.CompletedTask;

    /// <summary>Called on the pipeline thread after <see cref="EndAsync"/>, also if it was canceled.</summary>
    private protected virtual void AfterEnd()
    {
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        var session = ScramjetSession.Current;
        var output = new PipelineOutput(_pump, CommandRuntime, VerboseWriter, WarningWriter, () => AsksForRemovals);
        _commandLine = new CommandLine(MyInvocation);
        var options = new RequestOptions
        {
            Timeout = CallTimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Trace = output.PostVerbose,
            ContentTrace = ShowsDebug ? output.PostDebug : null,
            TracesRetriesOnly = WritesVerboseAsDebug,
            Throttle = new SemaphoreSlim(Throttle),
        };
        _context = new CommandContext(options, output, session, StopToken);
        foreach (var notice in session.TakeNotices())
            output.PostWarning(notice);
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
                    Context.Output.PostVerbose($"'{Piped.Value}' is not in the spaces or hubs on the command line and is skipped.");
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

    /// <summary>Cancels all work. It is called on another thread than the pipeline thread.</summary>
    protected sealed override void StopProcessing()
    {
        Cancel(_interruption);
        Cancel(_stop);
    }

    /// <summary>Starts work in the background. The command doesn't end before it.</summary>
    private protected Task StartInBackground(Func<Task> work) => Add(_started, Observe(Task.Run(work), null));

    /// <summary>Returns the client with the command's time limit, tracing and throttle.</summary>
    private protected T Bind<T>(T client) where T : ApiClient => Context.Bind(client);

    /// <summary>Writes an object. The task completes when the pipeline has room for more.</summary>
    private protected Task WriteAsync(object? value) => Context.Output.WriteAsync(value);

    /// <summary>Writes objects. The task completes when the pipeline has room for more.</summary>
    private protected Task WriteManyAsync(IReadOnlyList<object?> values) => Context.Output.WriteManyAsync(values);

    /// <summary>Whether the command only says what it would do. Use it on the pipeline thread.</summary>
    private protected bool IsWhatIf => Applies("WhatIf", LanguagePrimitives.IsTrue);

    /// <summary>Whether verbose messages are shown. Use it on the pipeline thread.</summary>
    private protected bool ShowsVerbose => Applies("Verbose", IsShown);

    /// <summary>Whether the user is asked only about changes of high impact. -Confirm, with either value, applies to all changes.</summary>
    private bool AsksForRemovals => !MyInvocation.BoundParameters.ContainsKey("Confirm")
        && LanguagePrimitives.TryConvertTo<ConfirmImpact>(GetVariableValue("ConfirmPreference"), out var preference)
        && preference == ConfirmImpact.High;

    /// <summary>Asks for confirmation, or describes the action if -WhatIf is used.</summary>
    private protected Task<bool> ConfirmAsync(string target, string action) => Context.Output.ConfirmAsync(target, action);

    /// <summary>Reads local files on another thread while the pipeline is pumped, so that Ctrl+C works at once. Call it on the pipeline thread.</summary>
    private protected T ReadLocal<T>(Func<CancellationToken, T> read)
    {
        var reading = Task.Run(() => read(StopToken));
        Pump(reading);
        return reading.IsCanceled ? throw new PipelineStoppedException() : reading.GetAwaiter().GetResult();
    }

    /// <summary>Resolves paths. Use it on the pipeline thread.</summary>
    private protected PathResolver Paths => new(SessionState.Path);

    /// <summary>Returns the single file or folder of -Path or -LiteralPath. Errors end the command. Call it on the pipeline thread.</summary>
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

    /// <summary>Returns a file or folder as Get-Item does. Call it on the pipeline thread.</summary>
    private protected PSObject GetItem(string path) => InvokeProvider.Item.Get([path], force: true, literalPath: true).Single();

    /// <summary>With -Debug, PowerShell asks whether to continue at each verbose message and each warning of a cmdlet, unless it was told what to do.</summary>
    private Action<string> VerboseWriter => WritesVerboseAsDebug ? WriteDebug : WriteVerbose;

    private bool WritesVerboseAsDebug => IsDebugGiven && !MyInvocation.BoundParameters.ContainsKey("Verbose");

    private Action<string> WarningWriter => IsDebugGiven && !MyInvocation.BoundParameters.ContainsKey("WarningAction")
        ? text => InvokeCommand.InvokeScript(false, ScriptBlock.Create("param($text) Write-Warning -Message $text -WarningAction Continue"), null, text)
        : WriteWarning;

    private bool IsDebugGiven => MyInvocation.BoundParameters.TryGetValue("Debug", out var given) && LanguagePrimitives.IsTrue(given);

    /// <summary>Whether debug messages are shown: their texts are made only then.</summary>
    private bool ShowsDebug => Applies("Debug", IsShown);

    /// <summary>Returns whether a common parameter applies: as it is on the command line, or else as the preference variable of its name says.</summary>
    private bool Applies(string parameter, Func<object?, bool> read) => MyInvocation.BoundParameters.TryGetValue(parameter, out var given)
        ? LanguagePrimitives.IsTrue(given)
        : read(GetVariableValue(parameter + "Preference"));

    private static bool IsShown(object? preference) => LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action)
        && action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    private void StartRecord(object? target)
    {
        var record = Add(_records, Call(ProcessAsync, target));

        // Write the output so far before the next record.
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
        {
            // What was reported before, such as the reason, comes before it.
            Pump(Task.CompletedTask);
            ThrowTerminatingError(ErrorRecords.From(error, target));
        }

        if (task.Exception?.InnerException is PipelineStoppedException stopped)
            ExceptionDispatchInfo.Capture(stopped).Throw();
        return task.Status == TaskStatus.RanToCompletion ? task : Observe(task, target);
    }

    /// <summary>Reports a failure as one error.</summary>
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
            // The pump reports that the pipeline was stopped.
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
            // The next command in the pipeline accepts no more objects, or an error action ended the pipeline.
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
    /// Cancels all work and waits for its cleanup. Progress and warnings are still written, output is not. Ctrl+C ends the wait. There is no wait if the
    /// pipeline has failed already, because Ctrl+C wouldn't have an effect then.
    /// </summary>
    private void CleanUp()
    {
        Cancel(_stop);
        if (!Stopping)
        {
            try
            {
                _pump.Discard();
                var work = Task.WhenAll(_records.Concat(_started));
                _pump.PumpUntil(Task.WhenAny(work, Task.Delay(CleanupTime, _interruption.Token)), _interruption.Token);
            }
            catch
            {
                // The error that ended the pipeline is reported.
            }
        }

        Abandon();
    }

    /// <summary>Cancels all work and doesn't wait for work that takes long to end, so that Ctrl+C returns to the prompt.</summary>
    private void Abandon()
    {
        Cancel(_stop);
        _pump.Close();
        Task.WhenAll(_records.Concat(_started)).ContinueWith(static t => _ = t.Exception, TaskScheduler.Default).Wait(StopGrace);
        _records.Clear();
        _started.Clear();
    }
}
