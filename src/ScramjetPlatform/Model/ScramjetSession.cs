using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ScramjetPlatform;

/// <summary>The connections of a PowerShell session, which is a runspace.</summary>
internal sealed class ScramjetSession
{
    private static readonly ConditionalWeakTable<Runspace, ScramjetSession> Sessions = new();

    private readonly List<ScramjetConnection> _connections = [];
    private readonly SortedSet<string> _eventNames = [];
    private readonly ConcurrentQueue<string> _notices = new();

    /// <summary>The session of the current thread's runspace.</summary>
    public static ScramjetSession Current => Sessions.GetValue(Runspace.DefaultRunspace, static _ => new ScramjetSession());

    /// <summary>The open connections, the newest last.</summary>
    public IReadOnlyList<ScramjetConnection> Connections => _connections;

    /// <summary>The default connection, which is the newest one.</summary>
    public ScramjetConnection? Default => _connections.LastOrDefault();

    /// <summary>Adds a connection as the default. A connection with the same name is closed.</summary>
    public void Add(ScramjetConnection connection)
    {
        foreach (var old in _connections.Where(c => c.Name == connection.Name).ToArray())
            Close(old);
        _connections.Add(connection);
    }

    /// <summary>Closes and removes a connection.</summary>
    public void Close(ScramjetConnection connection)
    {
        _connections.Remove(connection);
        connection.Close();
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
}
