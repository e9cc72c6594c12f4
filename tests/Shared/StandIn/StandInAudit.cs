using System;
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

    /// <summary>Audits a request's start, and gives what audits its end.</summary>
    private Action Audit(FaultServer.Exchange exchange, string[] parts)
    {
        var kind = Array.IndexOf(s_audited, parts[0]);
        if (kind < 0)
            return () => { };
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
        return () => Write("END");
    }
}
