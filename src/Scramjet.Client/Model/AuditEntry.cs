using System;
using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;

namespace Scramjet.Client.Model;

/// <summary>A record of a request, or of a state, as hubs and platforms keep it.</summary>
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

    /// <summary>When the record was made.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary><c>START</c>, <c>ACTIVE</c> or <c>END</c> of a request; null for a record of a state.</summary>
    public string? State { get; }

    /// <summary>What was done, as upstream numbers it.</summary>
    public int? Code { get; }

    /// <summary>What the number says: on what, and with which HTTP method.</summary>
    public string Operation => Code switch
    {
        null => "",
        < 10000 => "State",
        { } code => $"{(code / 1000 % 10 == 1 ? "Instance" : "Hub")} {(code / 100 % 10) switch { 1 => "POST", 2 => "GET", 3 => "PUT", 4 => "DELETE", _ => "?" }} {(code % 100).ToString("00", CultureInfo.InvariantCulture)}",
    };

    /// <summary>The request's id.</summary>
    public string? RequestId { get; }

    /// <summary>The id of what the request was about.</summary>
    public string? ObjectId { get; }

    /// <summary>Who asked.</summary>
    public string? RequestorId { get; }

    /// <summary>Bytes received.</summary>
    public long? Received { get; }

    /// <summary>Bytes sent.</summary>
    public long? Sent { get; }

    /// <summary>The limits of an instance, in a record of a state.</summary>
    public object? Limits { get; }

    /// <summary>The hub's id.</summary>
    public string? Hub { get; }

    /// <summary>The space's id.</summary>
    public string? Space { get; }

    /// <summary>What was done, and on what.</summary>
    public override string ToString() => $"{Operation} {ObjectId}".Trim();

    /// <summary>Reads a line; null for one that isn't a JSON object.</summary>
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
}
