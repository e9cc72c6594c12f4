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

    /// <summary>The operation as text: the kind of object and the HTTP method.</summary>
    public string Operation => Code switch
    {
        null => "",
        < 10000 => "State",
        { } code => $"{(code / 1000 % 10 == 1 ? "Instance" : "Hub")} {MethodOf(code)} {(code % 100).ToString("00", CultureInfo.InvariantCulture)}",
    };

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

    /// <summary>Returns the operation and the id of the object.</summary>
    public override string ToString() => $"{Operation} {ObjectId}".Trim();

    /// <summary>Reads a line, or returns null if it isn't a JSON object.</summary>
    public static AuditEntry? Parse(string line, string? space = null, string? hub = null)
    {
        try
        {
            return JsonText.Parse(line) is JObject o ? new AuditEntry(new JsonFields(o), space, hub) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string MethodOf(int code) => (code / 100 % 10) switch { 1 => "POST", 2 => "GET", 3 => "PUT", 4 => "DELETE", _ => "?" };
}
