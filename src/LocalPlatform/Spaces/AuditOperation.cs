namespace Scramjet.LocalPlatform.Spaces;

/// <summary>What a request does, as an audit entry's number says it, and to what.</summary>
internal sealed record AuditOperation(int Code, string? ObjectId)
{
    // The route number of requests for which no hub's number is known.
    private const int OtherRoute = 99;

    /// <summary>Finds the number for a request. The path is the one under the hub, or under the space or platform where there is none.</summary>
    public static AuditOperation Of(string method, string[] path) => (method, path) switch
    {
        ("POST", ["sequence"]) => new(10100, null),
        ("POST", ["sequence", var id, "start"]) => new(10117, id),
        ("GET", ["sequence", var id]) => new(10200, id),
        ("GET", ["sequence", var id, "instances"]) => new(10216, id),
        ("PUT", ["sequence", var id]) => new(10300, id),
        ("DELETE", ["sequence", var id]) => new(10400, id),
        ("POST", ["instance", var id, "_event"]) => new(11107, id),
        ("POST", ["instance", var id, "_stop"]) => new(11114, id),
        ("GET", ["instance", var id]) => new(11200, id),
        ("GET", ["instance", var id, "event", _]) => new(11206, id),
        ("GET", ["instance", var id, "health"]) => new(11208, id),
        (_, ["instance", var id, ..]) => new(11000 + Method(method) + OtherRoute, id),
        (_, [_, var id, ..]) => new(10000 + Method(method) + OtherRoute, id),
        _ => new(10000 + Method(method) + OtherRoute, null),
    };

    private static int Method(string method) => method switch { "POST" => 100, "PUT" => 300, "DELETE" => 400, _ => 200 };
}
