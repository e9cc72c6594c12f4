using System;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

public sealed partial class FakeHub
{
    private static readonly string[] s_audited = ["sequence", "instance", "topic"];
    private static readonly string[] s_methods = ["POST", "GET", "PUT", "DELETE"];
    private static readonly string[] s_operations =
    [
        "stdout", "stderr", "stdin", "log", "monitoring", "output", "input", "health", "events", "event", "once",
        "_monitoring_rate", "_event", "_stop", "_kill", "instances", "start",
    ];

    /// <summary>Audits a state of a sequence (0 made, 1 removed) or an instance (0 started, 2 forgotten, 3 ended, 4 connected).</summary>
    internal void AuditState(string id, int code, bool hasLimits = false)
    {
        var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var entry = new JObject { ["opState"] = "", ["opCode"] = code, ["objectId"] = id, ["requestorId"] = "system", ["receivedAt"] = time };
        if (hasLimits)
            entry["limits"] = new JObject { ["memory"] = 512 };
        _audit.Write(entry);
    }

    private static JObject State(string state, int code, string id) => new()
    {
        ["opState"] = state,
        ["opCode"] = code,
        ["objectId"] = id,
        ["requestorId"] = "system",
        ["receivedAt"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
    };

    /// <summary>Adds the start of a request, and returns a function that adds its end.</summary>
    private Action<string> AuditRequest(FaultServer.Exchange exchange, string[] parts)
    {
        var kind = Array.IndexOf(s_audited, parts[0]);
        if (kind < 0)
            return _ => { };
        var operation = parts.Length > 2 ? Array.IndexOf(s_operations, parts[2]) + 1 : 0;
        var code = 10000 + (1000 * kind) + (100 * (Array.IndexOf(s_methods, exchange.Method) + 1)) + operation;
        var request = Guid.NewGuid().ToString();
        void Write(string state)
        {
            var entry = new JObject { ["opState"] = state, ["opCode"] = code, ["requestId"] = request };
            if (parts.Length > 1)
                entry["objectId"] = parts[1];
            entry["requestorId"] = "system";
            entry["rx"] = 200;
            entry["tx"] = state == "START" ? 0 : 300;
            entry["receivedAt"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            _audit.Write(entry);
        }

        Write("START");
        return Write;
    }

    /// <summary>Responds with the audit, and with a keep-alive every 10 s while the client reads.</summary>
    private async Task ServeAuditAsync(FaultServer.Exchange exchange)
    {
        var reading = _audit.ServeAsync(exchange);
        while (await Task.WhenAny(reading, After(10)) != reading)
            _audit.Write(State("ACTIVE", 13010, ""));

        await reading;
    }
}
