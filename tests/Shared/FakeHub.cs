using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>
/// A hub that answers in the forms of 1.0.1, with as many sequences and instances as wanted and as slowly as wanted. For what
/// takes many hubs, faults, or a newer hub than npm has.
/// </summary>
public sealed class FakeHub
{
    private int _stopsUnderWay;

    public FakeHub(string id) => Id = id;

    public string Id { get; }

    public string Version { get; set; } = "1.0.1";

    /// <summary>How long each answer takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Answers in the hub's place; true when it has.</summary>
    public Func<FaultServer.Exchange, string, Task<bool>>? Intercept { get; set; }

    public ConcurrentDictionary<string, JObject> Sequences { get; } = new();

    public ConcurrentDictionary<string, JObject> Instances { get; } = new();

    public ConcurrentDictionary<string, string> Topics { get; } = new();

    /// <summary>The start requests' bodies.</summary>
    public ConcurrentQueue<JObject> Starts { get; } = new();

    /// <summary>The most stops that were under way at once.</summary>
    public int MostStops { get; private set; }

    public string AddSequence(string name, string? id = null, string version = "1.0.0")
    {
        id ??= Guid.NewGuid().ToString();
        Sequences[id] = new JObject
        {
            ["id"] = id,
            ["config"] = new JObject { ["type"] = "process", ["engines"] = new JObject { ["node"] = ">=10" }, ["entrypointPath"] = "index.js", ["version"] = version, ["name"] = name, ["id"] = id, ["language"] = "js", ["packageSize"] = 592 },
            ["location"] = Id,
            ["instances"] = new JArray(),
        };
        return id;
    }

    public string AddInstance(string sequenceId, string status = "running", string? id = null)
    {
        id ??= Guid.NewGuid().ToString();
        Instances[id] = new JObject
        {
            ["id"] = id,
            ["appConfig"] = new JObject(),
            ["args"] = new JArray(),
            ["provides"] = "",
            ["sequence"] = Sequences.TryGetValue(sequenceId, out var sequence) ? sequence.DeepClone() : new JObject { ["id"] = sequenceId },
            ["created"] = DateTime.UtcNow.ToString("o"),
            ["started"] = DateTime.UtcNow.ToString("o"),
            ["status"] = status,
        };
        if (sequence is not null)
            ((JArray)sequence["instances"]!).Add(id);
        return id;
    }

    /// <summary>Serves the hub alone.</summary>
    public FaultServer Serve() => new(exchange => HandleAsync(exchange, exchange.Target["/api/v1".Length..]));

    public async Task HandleAsync(FaultServer.Exchange exchange, string path)
    {
        if (Intercept is not null && await Intercept(exchange, path))
            return;

        var body = await exchange.ReadBodyAsync();
        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay);

        var parts = path.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        switch (exchange.Method, parts)
        {
            case ("GET", ["version"]):
                await exchange.AnswerAsync(200, new JObject { ["service"] = "@scramjet/host", ["apiVersion"] = "v1", ["version"] = Version, ["build"] = "source" }.ToString());
                break;
            case ("GET", ["load-check"]):
                await exchange.AnswerAsync(200, """{"avgLoad":0.25,"currentLoad":12.4,"memFree":3221225472,"memUsed":1073741824,"fsSize":[{"fs":"/dev/sda1","size":1000,"used":400,"available":600,"use":40,"mount":"/"}]}""");
                break;
            case ("GET", ["status"]):
                await exchange.AnswerAsync(200, """{"cpm":{}}""");
                break;
            case ("GET", ["config"]):
                await exchange.AnswerAsync(200, new JObject { ["host"] = new JObject { ["id"] = Id } }.ToString());
                break;
            case ("GET", ["sequences"]):
                await exchange.AnswerAsync(200, new JArray(Sequences.Values).ToString());
                break;
            case ("GET", ["instances"]):
                await exchange.AnswerAsync(200, new JArray(Instances.Values).ToString());
                break;
            case ("GET", ["entities"]):
                await exchange.AnswerAsync(200, new JObject { ["sequences"] = new JArray(Sequences.Values), ["instances"] = new JArray(Instances.Values) }.ToString());
                break;
            case ("GET", ["sequence", var id]):
                await AnswerAsync(exchange, Sequences.GetValueOrDefault(id), $"Sequence {id} not found");
                break;
            case ("GET", ["sequence", var id, "instances"]):
                await exchange.AnswerAsync(200, (Sequences.GetValueOrDefault(id)?["instances"] ?? new JArray()).ToString());
                break;
            case ("GET", ["instance", var id]):
                await AnswerAsync(exchange, Instances.GetValueOrDefault(id), $"Instance {id} not found");
                break;
            case ("GET", ["instance", var id, "health"]):
                await AnswerAsync(exchange, Instances.ContainsKey(id) ? new JObject { ["healthy"] = true, ["processId"] = 42 } : null, $"Instance {id} not found");
                break;
            case ("POST", ["sequence"]):
                var uploaded = ReadPackageJson(body);
                await exchange.AnswerAsync(200, new JObject { ["id"] = AddSequence((string)uploaded["name"]!, version: (string)uploaded["version"]!) }.ToString());
                break;
            case ("PUT", ["sequence", var id]):
                if (Sequences.ContainsKey(id))
                    AddSequence((string)ReadPackageJson(body)["name"]!, id, (string)ReadPackageJson(body)["version"]!);
                await AnswerAsync(exchange, Sequences.ContainsKey(id) ? new JObject { ["id"] = id } : null, $"Sequence {id} not found");
                break;
            case ("DELETE", ["sequence", var id]) when Instances.Values.Any(i => (string?)i["sequence"]!["id"] == id && (string?)i["status"] == "running"):
                await exchange.AnswerAsync(409, """{"error":"Can't remove- Sequence in use"}""");
                break;
            case ("DELETE", ["sequence", var id]):
                await AnswerAsync(exchange, Sequences.TryRemove(id, out _) ? new JObject { ["id"] = id } : null, $"The sequence {id} does not exist.");
                break;
            case ("POST", ["sequence", var id, "start"]) when Sequences.ContainsKey(id):
                var start = JObject.Parse(System.Text.Encoding.UTF8.GetString(body));
                Starts.Enqueue(start);
                var started = AddInstance(id, id: (string?)start["instanceId"]);
                Instances[started]["appConfig"] = start["appConfig"];
                Instances[started]["args"] = start["args"];
                Instances[started]["provides"] = start["outputTopic"];
                Instances[started]["requires"] = start["inputTopic"];
                Instances[started]["limits"] = start["limits"];
                await exchange.AnswerAsync(200, new JObject { ["message"] = $"Sequence {started} starting", ["id"] = started }.ToString());
                break;
            case ("POST", ["instance", var id, "_stop"]) when Instances.ContainsKey(id):
                await StopAsync(exchange, id, JObject.Parse(System.Text.Encoding.UTF8.GetString(body)));
                break;
            case ("POST", ["instance", var id, "_kill"]) when Instances.TryGetValue(id, out var dead) && (string?)dead["status"] != "running":
                await exchange.AnswerAsync(400, """{"error":"Instance not running"}""");
                break;
            case ("POST", ["instance", var id, "_kill"]) when Instances.ContainsKey(id) && (bool?)JObject.Parse(System.Text.Encoding.UTF8.GetString(body))["removeImmediately"] == true:
                Instances.TryRemove(id, out var killed);
                await exchange.AnswerAsync(202, killed!.ToString());
                break;
            case ("POST", ["instance", var id, "_kill"]) when Instances.ContainsKey(id):
                Instances[id]["status"] = "completed";
                Instances[id]["terminated"] = new JObject { ["exitcode"] = 137, ["reason"] = "Instance killed" };
                await exchange.AnswerAsync(202, Instances[id].ToString());
                break;
            case ("GET", ["topics"]):
                await exchange.AnswerAsync(200, new JArray(Topics.Select(t => new JObject { ["contentType"] = t.Value, ["localProvider"] = "", ["topic"] = t.Key, ["topicName"] = t.Key })).ToString());
                break;
            default:
                await exchange.AnswerAsync(404, """{"error":"Not Found"}""");
                break;
        }
    }

    private static JObject ReadPackageJson(byte[] package)
    {
        using var tar = new System.Formats.Tar.TarReader(new System.IO.Compression.GZipStream(new System.IO.MemoryStream(package), System.IO.Compression.CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == "package.json")
                return JObject.Parse(new System.IO.StreamReader(entry.DataStream!).ReadToEnd());
        }

        throw new InvalidOperationException("The package has no package.json.");
    }

    private async Task StopAsync(FaultServer.Exchange exchange, string id, JObject wishes)
    {
        var now = System.Threading.Interlocked.Increment(ref _stopsUnderWay);
        lock (Starts)
            MostStops = Math.Max(MostStops, now);
        Instances[id]["status"] = "stopping";
        await Task.Delay((int)wishes["timeout"]!);
        System.Threading.Interlocked.Decrement(ref _stopsUnderWay);
        Instances[id]["status"] = "completed";
        Instances[id]["ended"] = DateTime.UtcNow.ToString("o");
        Instances[id]["terminated"] = new JObject { ["exitcode"] = 138, ["reason"] = "Instance stopped" };
        await exchange.AnswerAsync(202, Instances[id].ToString());
    }

    private static Task AnswerAsync(FaultServer.Exchange exchange, JObject? found, string otherwise) => found is null
        ? exchange.AnswerAsync(404, new JObject { ["error"] = otherwise }.ToString())
        : exchange.AnswerAsync(200, found.ToString());
}
