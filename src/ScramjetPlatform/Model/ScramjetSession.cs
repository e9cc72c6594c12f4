using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ScramjetPlatform;

/// <summary>The connections of one PowerShell session, that is of one runspace.</summary>
internal sealed class ScramjetSession
{
    private static readonly ConditionalWeakTable<Runspace, ScramjetSession> Sessions = new();

    private readonly List<ScramjetConnection> _connections = [];
    private readonly SortedSet<string> _eventNames = [];
    private readonly ConcurrentQueue<string> _notices = new();

    /// <summary>The session of the runspace that runs on this thread.</summary>
    public static ScramjetSession Current => Sessions.GetValue(Runspace.DefaultRunspace, static _ => new ScramjetSession());

    /// <summary>The open connections, the newest last.</summary>
    public IReadOnlyList<ScramjetConnection> Connections => _connections;

    /// <summary>The connection that is meant where none is given: the newest.</summary>
    public ScramjetConnection? Default => _connections.LastOrDefault();

    /// <summary>Adds a connection and makes it the default; one of the same name is closed.</summary>
    public void Add(ScramjetConnection connection)
    {
        foreach (var old in _connections.Where(c => c.Name == connection.Name).ToArray())
            Close(old);
        _connections.Add(connection);
    }

    /// <summary>Closes a connection and forgets it.</summary>
    public void Close(ScramjetConnection connection)
    {
        _connections.Remove(connection);
        connection.Close();
    }

    /// <summary>The names of events that this session's commands were about.</summary>
    public IReadOnlyCollection<string> EventNames => _eventNames;

    /// <summary>Keeps the name of an event. For the pipeline thread.</summary>
    public void AddEventName(string eventName) => _eventNames.Add(eventName);

    /// <summary>Keeps a warning of a command that has left its pipeline: the session's next command writes it. From any thread.</summary>
    public void AddNotice(string text) => _notices.Enqueue(text);

    /// <summary>The warnings to write now.</summary>
    public IEnumerable<string> TakeNotices()
    {
        while (_notices.TryDequeue(out var text))
            yield return text;
    }
}
