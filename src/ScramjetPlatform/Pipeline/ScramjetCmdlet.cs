using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that uses a connection.</summary>
public abstract class ScramjetCmdlet : AsyncCmdlet
{
    internal const int DefaultThrottleLimit = 16;

    /// <summary>What PowerShell binds for a script block, such as <c>-Hub { $_.Id }</c>, until a record gives its value.</summary>
    private const string DelayedArgument = "DelayedScriptBlockArgument";

    private CommandContext? _context;
    private ScramjetSession? _session;
    private HashSet<string> _commandLine = [];
    private readonly List<string> _delayed = [];
    private ParameterMetadata[] _parameters = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completion.ConnectionCompleter))]
    public virtual ScramjetConnection? Connection { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public virtual object? InputObject { get; set; }

    internal CancellationToken Cancellation => StopToken;

    /// <summary>What this command gives to those who work for it.</summary>
    private protected CommandContext Context => LazyInitializer.EnsureInitialized(ref _context, () => new CommandContext(
        new RequestOptions { Timeout = CallTimeout, Trace = PostVerbose, Throttle = new SemaphoreSlim(Throttle) },
        Report,
        StopToken,
        new WaitProgress(PostProgress)))!;

    /// <summary>How many requests may be under way at once.</summary>
    private protected virtual int Throttle => DefaultThrottleLimit;

    /// <summary>What bounds a call; null for the connection's limit.</summary>
    private protected virtual TimeSpan? CallTimeout => null;

    /// <summary>Whether the pipeline carries data, which is never taken for an object of this module.</summary>
    private protected virtual bool TakesData => false;

    /// <summary>The kinds of objects that this command takes from the pipeline. All others are refused.</summary>
    private protected virtual PipedKind TakesFromPipeline => PipedKind.Places;

    /// <summary>The object of this record: a connection, something that a server told of, or a row; null where nothing was piped.</summary>
    private protected object? Piped { get; private set; }

    /// <summary>What the object of this record is.</summary>
    private protected PipedKind PipedAs { get; private set; }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        _session = ScramjetSession.Current;
        foreach (var notice in _session.TakeNotices())
            WriteWarning(notice);
        _commandLine = new HashSet<string>(MyInvocation.BoundParameters.Keys, StringComparer.OrdinalIgnoreCase);
        _parameters = [.. MyInvocation.MyCommand.Parameters.Values];
        foreach (var parameter in _parameters.Where(p => IsOnCommandLine(p.Name) && NamesThings(p)))
        {
            var value = MyInvocation.BoundParameters[parameter.Name];
            if (value?.GetType().Name == DelayedArgument)
                _delayed.Add(parameter.Name);
            else if (WhyEmpty(parameter.Name, value) is { } empty)
                Fail(empty);
        }

        Begin();
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        if (TakesData)
        {
            Process();
            return;
        }

        var fromCommandLine = IsOnCommandLine(nameof(InputObject));
        var items = fromCommandLine && PipedKinds.Unwrap(InputObject) is IList list ? list.Cast<object?>().ToArray() : [InputObject];
        foreach (var item in items)
        {
            Piped = PipedKinds.Unwrap(item);
            PipedAs = PipedKinds.Of(Piped);
            if ((_delayed.Select(p => WhyEmpty(p, MyInvocation.BoundParameters[p])).FirstOrDefault(e => e is not null) ?? WhyRefused(fromCommandLine)) is { } refusal)
                WriteError(ErrorRecords.From(refusal, item));
            else
                Process();
        }
    }

    /// <summary>Does what comes before the first record.</summary>
    private protected virtual void Begin()
    {
    }

    /// <summary>Does the work for one record.</summary>
    private protected abstract void Process();

    /// <summary>Whether a parameter was given on the command line, rather than by the pipeline or not at all.</summary>
    private protected bool IsOnCommandLine(string parameter) => _commandLine.Contains(parameter);

    /// <summary>Whether a parameter was given on the command line by its place, without its name.</summary>
    private protected bool IsPositional(string parameter) => IsOnCommandLine(parameter) && IsBoundByPosition(parameter);

    /// <summary>Treats a parameter as one that the pipeline gives, whatever stands on the command line in its place.</summary>
    private protected void LeaveToPipeline(string parameter) => _commandLine.Remove(parameter);

    /// <summary>The references that name things in this record: none where the pipeline only says where to look, unless the command line names them.</summary>
    private protected T[] Named<T>(string parameter, T[]? references) where T : EntityReference =>
        Piped is not null && (PipedAs & PipedKind.Places) != 0 && !IsOnCommandLine(parameter) ? [] : references ?? [];

    /// <summary>The connection to use for this record, or a terminating error.</summary>
    private protected ScramjetConnection RequireConnection()
    {
        var connection = Piped as ScramjetConnection
            ?? (Piped is Entity entity ? ScramjetConnection.Of(entity) : null)
            ?? Connection
            ?? ScramjetSession.Current.Default;
        if (connection is null)
            Fail(new ScramjetException(ErrorCodes.NotConnected, "There is no connection to a Scramjet platform or hub.", "Connect first, with Connect-ScramjetPlatform."));
        else if (!connection.IsConnected)
            Fail(new ScramjetException(ErrorCodes.NotConnected, $"The connection '{connection.Name}' has been closed.", "Connect again with Connect-ScramjetPlatform."), connection);
        return connection!;
    }

    /// <summary>The multi-manager that the connection leads to, or a terminating error.</summary>
    private protected MultiManagerClient RequireMultiManager()
    {
        var connection = RequireConnection();
        if (connection.Target != ConnectionKind.MultiManager)
            Fail(new ScramjetException(ErrorCodes.NotSupported, $"'{connection.Name}' isn't a connection to a multi-manager.", "Connect to one, with Connect-ScramjetPlatform -MultiManagerUri."), connection);
        return Own(connection.MultiManager);
    }

    /// <summary>The client, with this command's time limit, throttle and -Verbose.</summary>
    internal T Own<T>(T client) where T : ApiClient => Context.Own(client);

    internal Task<T> ThrottledAsync<T>(Func<Task<T>> work) => work();

    internal Task ThrottledAsync(Func<Task> work) => work();

    /// <summary>Warns of something. Where the command has left its pipeline by then, the session's next command does.</summary>
    private protected async Task WarnAsync(string text)
    {
        if (!await TryWarnAsync(text).ConfigureAwait(false))
            _session!.Notify(text);
    }

    /// <summary>Reports something that failed, while the rest goes on: an error, where the cmdlet has no other way.</summary>
    internal virtual void Report(Exception error, object? target) => PostError(error, target);

    /// <summary>Reports a failure as one error about an item, and goes on.</summary>
    /// <returns>Whether it went well.</returns>
    internal Task<bool> GuardAsync(object item, Func<Task> work) => Context.GuardAsync(item, work);

    /// <summary>Starts work on a record, with as much under way as keeps the requests busy.</summary>
    private protected void StartRecord(Func<Task> work, object? target = null) => StartWork(work, target, 4 * Throttle);

    /// <summary>Starts work that may never end, such as reading a stream: however much is under way already.</summary>
    private protected void StartEndless(Func<Task> work, object? target = null) => StartWork(work, target);

    /// <summary>Ends the command where what was given for a content type isn't one.</summary>
    private protected void RequireContentType(string? contentType)
    {
        try
        {
            if (contentType is not null)
                ContentTypes.Check(contentType);
        }
        catch (ScramjetException e)
        {
            Fail(e, contentType);
        }
    }

    /// <summary>Why the object of this record can't be used; null where it can.</summary>
    private ScramjetException? WhyRefused(bool fromCommandLine)
    {
        if (Piped is null)
        {
            return !fromCommandLine && !MyInvocation.ExpectingInput ? null : new ScramjetException(
                ErrorCodes.BadParameters,
                fromCommandLine ? "-InputObject is empty." : "The object from the pipeline is null.",
                "Check the variable, or the command before the pipe.");
        }

        if (PipedAs != PipedKind.Other)
        {
            return (PipedAs & TakesFromPipeline) != 0 ? null : new ScramjetException(
                ErrorCodes.BadParameters,
                $"{MyInvocation.MyCommand.Name} can't use {(PipedAs == PipedKind.Record ? "this object" : PipedKinds.Describe(PipedAs))} ('{Piped}') from the pipeline.",
                $"Pipe {PipedKinds.Describe(TakesFromPipeline)}.");
        }

        var row = PSObject.AsPSObject(Piped);
        var isRow = Piped is not (string or ValueType) && (_delayed.Count > 0 || HasColumn(row, "Id") || _parameters.Any(p => IsByPropertyName(p) && !IsOnCommandLine(p.Name) && Columns(p).Any(c => HasColumn(row, c))));
        if (fromCommandLine || (!isRow && !_parameters.Any(p => p.Name != nameof(InputObject) && !IsOnCommandLine(p.Name) && p.ParameterSets.Values.Any(s => s.ValueFromPipeline))))
        {
            return new ScramjetException(
                ErrorCodes.BadParameters,
                $"{MyInvocation.MyCommand.Name} can't use '{Piped}' ({Piped!.GetType().Name}) from the pipeline.",
                $"Pipe {PipedKinds.Describe(TakesFromPipeline)}, or objects whose properties have the names of parameters.");
        }

        return isRow && Changes ? WhyRowRefused(row) : null;
    }

    /// <summary>A row that leaves open where to act must not come to mean everywhere.</summary>
    private ScramjetException? WhyRowRefused(PSObject row)
    {
        foreach (var column in new[] { "Hub", "Space" })
        {
            if (IsOnCommandLine(column) || row.Properties[column] is not { } property || !string.IsNullOrEmpty(property.Value?.ToString()))
                continue;

            // A hub that is used alone is in no space.
            if (column == "Space" && !RequireConnection().IsPlatform)
                continue;
            return new ScramjetException(ErrorCodes.BadParameters, $"The row's column '{column}' is empty: it doesn't say where to act.", $"Fill the column, remove it, or give -{column}.");
        }

        return null;
    }

    private bool Changes => Attribute.GetCustomAttribute(GetType(), typeof(CmdletAttribute)) is CmdletAttribute { SupportsShouldProcess: true };

    private static bool IsByPropertyName(ParameterMetadata parameter) => parameter.ParameterSets.Values.Any(s => s.ValueFromPipelineByPropertyName);

    private static IEnumerable<string> Columns(ParameterMetadata parameter) => parameter.Aliases.Prepend(parameter.Name);

    private static bool HasColumn(PSObject row, string name) => row.Properties[name] is not null;

    private static bool NamesThings(ParameterMetadata parameter) => typeof(EntityReference).IsAssignableFrom(parameter.ParameterType.GetElementType() ?? parameter.ParameterType);

    /// <summary>The error where a name was given and is empty, such as a variable that was never set: it must not come to mean all. Null where it isn't.</summary>
    private static ScramjetException? WhyEmpty(string parameter, object? value)
    {
        var references = value switch
        {
            EntityReference one => [one],
            EntityReference[] many => many,
            _ => Array.Empty<EntityReference>(),
        };
        return references.Length > 0 && !Array.Exists(references, r => r is null || r.IsEmpty)
            ? null
            : new ScramjetException(ErrorCodes.BadParameters, $"-{parameter} is empty.", "Name what is meant, or * to mean all.");
    }
}
