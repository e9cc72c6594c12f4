using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ScramjetPlatform;

/// <summary>
/// The connections of one PowerShell session, that is of one runspace. Other runspaces of the process, such as those of ForEach-Object -Parallel, can use
/// its connections by name. Safe for use from several threads.
/// </summary>
internal sealed class ScramjetSession
{
    private static readonly ConditionalWeakTable<Runspace, ScramjetSession> s_byRunspace = new();
    private static readonly List<WeakReference<ScramjetSession>> s_open = [];

    private readonly object _gate = new();
    private readonly List<ScramjetConnection> _connections = [];
    private readonly SortedSet<string> _eventNames = [];
    private readonly ConcurrentQueue<string> _notices = new();
    private ScramjetConnection? _default;
    private bool _hasEnded;

    private ScramjetSession()
    {
    }

    /// <summary>The session of the runspace that runs on this thread.</summary>
    public static ScramjetSession Current => s_byRunspace.GetValue(Runspace.DefaultRunspace, static runspace => Open(runspace));

    /// <summary>The connections that are used here: those that were opened here, the newest last, and those that were selected.</summary>
    public IReadOnlyList<ScramjetConnection> Connections
    {
        get
        {
            lock (_gate)
                return [.. _connections];
        }
    }

    /// <summary>
    /// The connection that is meant where none is given: the newest or the one that was selected. Null if there is none, such as when it was disconnected:
    /// another one must not be meant by surprise.
    /// </summary>
    public ScramjetConnection? Default
    {
        get
        {
            lock (_gate)
                return _default;
        }
    }

    /// <summary>Whether a connection is the default of the runspace that runs on this thread.</summary>
    public static bool IsDefault(ScramjetConnection connection) =>
        Runspace.DefaultRunspace is { } runspace && s_byRunspace.TryGetValue(runspace, out var session) && ReferenceEquals(session.Default, connection);

    /// <summary>Adds a connection that was opened here and makes it the default. One of the same name is closed.</summary>
    public void Add(ScramjetConnection connection)
    {
        connection.Owner = this;
        foreach (var old in Connections.Where(c => c.HasName(connection.Name)))
            Remove(old);
        Select(connection);
    }

    /// <summary>Makes a connection the default. One that another runspace has opened is listed here too from then on.</summary>
    public void Select(ScramjetConnection connection)
    {
        lock (_gate)
        {
            if (!_connections.Contains(connection))
                _connections.Add(connection);
            _default = connection;
        }
    }

    /// <summary>Forgets a connection, and closes it if it was opened here, or in a runspace that has ended.</summary>
    public void Remove(ScramjetConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
            if (ReferenceEquals(_default, connection))
                _default = null;
        }

        if (MayClose(connection))
            connection.Close();
    }

    /// <summary>Whether a connection was opened here, or in a runspace that has ended.</summary>
    public bool MayClose(ScramjetConnection connection) => connection.Owner is null or { _hasEnded: true } || ReferenceEquals(connection.Owner, this);

    /// <summary>The open connections with a name: the one that is used here, or else those of other runspaces.</summary>
    public IReadOnlyList<ScramjetConnection> FindByName(string name)
    {
        if (Connections.FirstOrDefault(c => c.HasName(name)) is { } own)
            return [own];

        ScramjetSession[] others;
        lock (s_open)
            others = [.. s_open.Select(s => s.TryGetTarget(out var session) ? session : null).OfType<ScramjetSession>()];
        return [.. others.SelectMany(s => s.Connections).Where(c => c.IsConnected && c.HasName(name)).Distinct()];
    }

    /// <summary>The names of events that commands of this session have used.</summary>
    public IReadOnlyCollection<string> EventNames => _eventNames;

    /// <summary>Adds the name of an event. Call it on the pipeline thread.</summary>
    public void AddEventName(string eventName) => _eventNames.Add(eventName);

    /// <summary>Adds a warning of a command that has ended. The next command of the session writes it. It can be called on any thread.</summary>
    public void AddNotice(string text) => _notices.Enqueue(text);

    /// <summary>Removes and returns the warnings to write.</summary>
    public IEnumerable<string> TakeNotices()
    {
        while (_notices.TryDequeue(out var text))
            yield return text;
    }

    private static ScramjetSession Open(Runspace runspace)
    {
        var session = new ScramjetSession();
        lock (s_open)
        {
            s_open.RemoveAll(static s => !s.TryGetTarget(out _));
            s_open.Add(new WeakReference<ScramjetSession>(session));
        }

        runspace.StateChanged += (_, change) =>
        {
            if (change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken)
                session.End();
        };
        return session;
    }

    /// <summary>Takes its connections out of other runspaces' reach. They stay open: objects that came over them may have outlived the runspace.</summary>
    private void End()
    {
        lock (s_open)
            s_open.RemoveAll(s => !s.TryGetTarget(out var session) || ReferenceEquals(session, this));
        lock (_gate)
        {
            _hasEnded = true;
            _connections.Clear();
            _default = null;
        }
    }
}
