using System;
using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;

namespace Scramjet.Client.Model;

/// <summary>A record of a request or a state in the audit of a hub or platform.</summary>
public sealed class AuditEntry : Entity
{
    private const int FirstRequest = 10000;
    private const int EndOfRequests = 13000;
    private const int HubHeartbeat = 13010;
    private const int InstanceHeartbeat = 13012;
    private const int SpaceHeartbeat = 13020;

    private static readonly string[] s_routes =
    [
        "stdout", "stderr", "stdin", "log", "monitoring", "output", "input", "health", "events", "event", "next event", "monitoring rate", "event",
        "stop", "kill", "instances", "start",
    ];

    private AuditEntry(JsonFields fields, string? space, string? hub)
    {
        Space = space;
        Hub = hub;
        Time = fields.Time("receivedAt");
        State = fields.Text("opState") is { Length: > 0 } state ? state : null;
        Code = (int?)fields.Integer("opCode");
        RequestId = fields.Text("requestId");
        ObjectId = fields.Text("objectId");
        RequestorId = fields.Text("requestorId");
        Received = fields.Integer("rx");
        Sent = fields.Integer("tx");
        Limits = fields.Plain("limits");
        AdditionalData = fields.Rest();
    }

    /// <summary>When the record was created.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary><c>START</c>, <c>ACTIVE</c> or <c>END</c> for a request; null for a record of a state.</summary>
    public string? State { get; }

    /// <summary>The code of the operation.</summary>
    public int? Code { get; }

    /// <summary>
    /// What was done in words, such as <c>Instance stop</c>, <c>Sequence start</c>, <c>Instance get log</c> or <c>Hub heartbeat</c>. What isn't known
    /// here has the HTTP method and upstream's number of the route.
    /// </summary>
    public string Operation => Code switch
    {
        null => "",
        0 => Limits is null ? "Sequence created" : "Instance started",
        1 => "Sequence removed",
        2 => "Instance removed",
        3 => "Instance ended",
        4 => "Instance connected",
        HubHeartbeat => "Hub heartbeat",
        InstanceHeartbeat => "Instance heartbeat",
        SpaceHeartbeat => "Space heartbeat",
        14000 => "Hub connected",
        14001 => "Hub disconnected",
        < FirstRequest or >= EndOfRequests => "State " + Code.Value.ToString(CultureInfo.InvariantCulture),
        { } code => Kind(code) + " " + Action(code),
    };

    /// <summary>Gets whether nothing was changed: a request that only reads, or a heartbeat.</summary>
    public bool IsRead =>
        Code is HubHeartbeat or InstanceHeartbeat or SpaceHeartbeat || (Code is >= FirstRequest and < EndOfRequests && MethodOf(Code.Value) == "GET");

    /// <summary>The request's id.</summary>
    public string? RequestId { get; }

    /// <summary>The id of the object that was requested.</summary>
    public string? ObjectId { get; }

    /// <summary>The id of the requestor.</summary>
    public string? RequestorId { get; }

    /// <summary>The number of bytes received.</summary>
    public long? Received { get; }

    /// <summary>The number of bytes sent.</summary>
    public long? Sent { get; }

    /// <summary>The limits of the instance, in a record of a state.</summary>
    public object? Limits { get; }

    /// <summary>The hub's id.</summary>
    public string? Hub { get; }

    /// <summary>The space's id.</summary>
    public string? Space { get; }

    private static string Kind(int code) => (code / 1000 % 10) switch { 0 => "Sequence", 1 => "Instance", _ => "Topic" };

    private static string MethodOf(int code) => (code / 100 % 10) switch { 1 => "POST", 2 => "GET", 3 => "PUT", 4 => "DELETE", _ => "?" };

    /// <summary>Upstream's numbers for the routes of each kind, from 1.</summary>
    private static string Action(int code) => (Kind(code), MethodOf(code), code % 100) switch
    {
        ("Sequence", "POST", 0) => "publish",
        ("Topic", "POST", 0) => "send",
        (_, "GET", 0) => "get",
        (_, "PUT", 0) => "update",
        (_, "DELETE", 0) => "remove",
        (_, "GET", var route) when route <= s_routes.Length => "get " + s_routes[route - 1],
        (_, "POST", 3) => "send stdin",
        (_, "POST", 7) => "send input",
        (_, "POST", 12) => "set monitoring rate",
        (_, "POST", 13) => "send event",
        (_, "POST", 14) => "stop",
        (_, "POST", 15) => "kill",
        (_, "POST", 17) => "start",
        (_, var method, var route) => $"{method} {route.ToString("00", CultureInfo.InvariantCulture)}",
    };

    /// <summary>Returns the operation and the id of the object.</summary>
    public override string ToString() => $"{Operation} {ObjectId}".Trim();

    /// <summary>Reads a line, or returns null if it isn't a JSON object.</summary>
    public static AuditEntry? Parse(string line, string? space = null, string? hub = null)
    {
        try
        {
            return JsonText.ReadObject(line) is { } read ? new AuditEntry(new JsonFields(read), space, hub) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
