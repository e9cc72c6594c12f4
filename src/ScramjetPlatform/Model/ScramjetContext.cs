using System.Linq;

namespace ScramjetPlatform;

/// <summary>The defaults for commands that specify no connection, space or hub.</summary>
public sealed class ScramjetContext
{
    internal ScramjetContext(ScramjetConnection connection)
    {
        Connection = connection;
        (Space, Hub) = connection.Context;
    }

    /// <summary>The connection.</summary>
    public ScramjetConnection Connection { get; }

    /// <summary>The space; null for all.</summary>
    public string? Space { get; }

    /// <summary>The hub; null for all.</summary>
    public string? Hub { get; }

    /// <summary>Returns the connection, the space and the hub.</summary>
    public override string ToString() => string.Join(" / ", new[] { Connection.Name, Space, Hub }.OfType<string>());
}
