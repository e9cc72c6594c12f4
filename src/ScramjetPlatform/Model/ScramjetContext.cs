using System.Linq;

namespace ScramjetPlatform;

/// <summary>What is meant where a command names no connection, space or hub.</summary>
public sealed class ScramjetContext
{
    internal ScramjetContext(ScramjetConnection connection)
    {
        Connection = connection;
        Space = connection.Space;
        Hub = connection.Hub;
    }

    /// <summary>The connection.</summary>
    public ScramjetConnection Connection { get; }

    /// <summary>The space; null for all.</summary>
    public string? Space { get; }

    /// <summary>The hub; null for all.</summary>
    public string? Hub { get; }

    /// <summary>The connection, the space and the hub.</summary>
    public override string ToString() => string.Join(" / ", new[] { Connection.Name, Space, Hub }.OfType<string>());
}
