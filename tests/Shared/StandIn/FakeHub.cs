using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>
/// A hub that responds as the 1.0.1 release does, with the same content, order and times, which the contract tests verify. Its numbers of sequences and
/// instances, and its delays, can be set. An instance runs one of <see cref="StandInPrograms"/>, selected by the name of its package, or of its main file.
/// </summary>
public sealed partial class FakeHub
{
    /// <summary>The time for which an ended instance is listed in any case, in the hub's seconds.</summary>
    private const double RunnerExitDelay = 15;

    /// <summary>The additional time for which an instance is listed, unless it was killed with removeImmediately.</summary>
    private const double LifetimeExtension = 180;

    private static readonly JsonSerializerSettings s_asItStands = new() { DateParseHandling = DateParseHandling.None };

    private readonly ConcurrentDictionary<string, StandInInstance> _running = new();
    private readonly ConcurrentDictionary<string, int> _order = new();
    private readonly StandInLog _log = new();
    private readonly StandInLog _audit = new();
    private int _stopsUnderWay;

    public FakeHub(string id)
    {
        Id = id;
        Log("INFO", "Running!", "Host", null);
    }

    public string Id { get; }

    public string Version { get; set; } = "1.0.1";

    /// <summary>The delay of each response.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>
    /// The duration of a second of the hub's times: the 15 s and 180 s for which an ended instance is listed, and the 10 s after which a completed program
    /// exits. Times in requests are not changed.
    /// </summary>
    public TimeSpan Second { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Responds as upstream's development version does, which has the version 1.0.1 too: instances report their appConfig, and killing an instance that isn't
    /// running is an error.
    /// </summary>
    public bool AsDevelopmentHead { get; set; }

    /// <summary>The hub's space; empty for none.</summary>
    public string Space { get; set; } = "";

    /// <summary>Handles a request instead of the hub, and returns whether it did.</summary>
    public Func<FaultServer.Exchange, string, Task<bool>>? Intercept { get; set; }

    public ConcurrentDictionary<string, JObject> Sequences { get; } = new();

    public ConcurrentDictionary<string, JObject> Instances { get; } = new();

    public ConcurrentDictionary<string, StandInTopic> Topics { get; } = new();

    /// <summary>The bodies of the start requests.</summary>
    public ConcurrentQueue<JObject> Starts { get; } = new();

    /// <summary>The maximum number of concurrent stops so far.</summary>
    public int MostStops { get; private set; }

    public string AddSequence(string name, string? id = null, string version = "1.0.0", string main = "index.js")
    {
        id ??= Guid.NewGuid().ToString();
        var instances = Sequences.TryGetValue(id, out var before) ? before["instances"]! : new JArray();
        _order.TryAdd(id, _order.Count);
        Sequences[id] = new JObject
        {
            ["id"] = id,
            ["config"] = new JObject
            {
                ["type"] = "process",
                ["engines"] = new JObject { ["node"] = ">=10" },
                ["entrypointPath"] = main,
                ["version"] = version,
                ["name"] = name,
                ["id"] = id,
                ["sequenceDir"] = "/var/lib/sth/sequences/" + id,
                ["language"] = "js",
                ["packageSize"] = 592,
            },
            ["location"] = Id,
            ["instances"] = instances,
        };
        return id;
    }

    public string AddInstance(string sequenceId, string status = "running", string? id = null) =>
        Start(sequenceId, new JObject { ["appConfig"] = new JObject(), ["args"] = new JArray() }, status, id).Id;

    /// <summary>Serves a standalone hub.</summary>
    public FaultServer Serve() => new(exchange => HandleAsync(exchange, exchange.Target["/api/v1".Length..]));

    public async Task HandleAsync(FaultServer.Exchange exchange, string path)
    {
        if (Intercept is not null && await Intercept(exchange, path))
            return;
        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay);
        var parts = path.Split('?')[0].Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        var audit = AuditRequest(exchange, parts);
        try
        {
            await RouteAsync(exchange, parts);
            audit("END");
        }
        catch (Refusal refusal)
        {
            await exchange.ContinueAsync();
            await exchange.ReadBodyAsync();
            await refusal.AnswerAsync(exchange);
            audit("END");
        }
        catch
        {
            audit("ERROR");
            throw;
        }
    }

    /// <summary>Completes after the specified number of the hub's seconds.</summary>
    internal Task After(double seconds) => Task.Delay(Second * seconds);

    internal void Log(string level, string message, string from, string? id, params object[] data)
    {
        var entry = new JObject { ["msg"] = message, ["level"] = level, ["ts"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() };
        if (data.Length > 0)
            entry["data"] = JArray.FromObject(data);
        entry["from"] = from;
        entry[from] = id is null ? new JObject() : new JObject { ["id"] = id };
        _log.Write(entry);
        if (id is not null && _running.TryGetValue(id, out var instance))
            instance.LogStream.Write(entry.ToString(Formatting.None) + "\n");
    }

    private Task RouteAsync(FaultServer.Exchange exchange, string[] parts) => (exchange.Method, parts) switch
    {
        ("GET", ["version"]) => AnswerAsync(
            exchange,
            new JObject { ["service"] = "@scramjet/host", ["apiVersion"] = "v1", ["version"] = Version, ["build"] = "source" }),
        ("GET", ["load-check"]) => AnswerAsync(
            exchange,
            JObject.Parse("""
                {
                  "avgLoad": 0.25, "currentLoad": 12.4, "memFree": 3221225472.5, "memUsed": 1073741824,
                  "fsSize": [{ "fs": "/", "available": 600, "size": 1000, "used": 400, "use": 0.4 }]
                }
                """)),
        ("GET", ["status"]) => AnswerAsync(
            exchange,
            new JObject { ["cpm"] = Space.Length == 0 ? [] : new JObject { ["connected"] = true, ["cpmId"] = Space } }),
        ("GET", ["config"]) => AnswerAsync(exchange, Configuration()),
        ("GET", ["sequences"]) => AnswerAsync(exchange, List(Sequences)),
        ("GET", ["instances"]) => AnswerAsync(exchange, List(Instances)),
        ("GET", ["entities"]) => AnswerAsync(exchange, new JObject { ["sequences"] = List(Sequences), ["instances"] = List(Instances) }),
        ("GET", ["log"]) => _log.ServeAsync(exchange),
        ("GET", ["audit"]) => ServeAuditAsync(exchange),
        ("GET", ["topics"]) => AnswerAsync(exchange, new JArray(Topics.Values.Select(t => t.Describe()))),
        ("POST", ["topics"]) => CreateTopicAsync(exchange),
        ("DELETE", ["topics", _]) => DeleteTopicAsync(exchange, RawName(exchange)),
        ("POST", ["topic", _]) => SendTopicAsync(exchange, RawName(exchange)),
        ("GET", ["topic", _]) => ReceiveTopicAsync(exchange, RawName(exchange)),
        ("POST", ["sequence"]) => UploadAsync(exchange, null),
        ("PUT", ["sequence", var id]) => UploadAsync(exchange, id),
        ("GET", ["sequence", var id]) => AnswerAsync(exchange, Sequence(id)),
        ("GET", ["sequence", var id, "instances"]) => AnswerAsync(exchange, Sequence(id)["instances"]!),
        ("DELETE", ["sequence", var id]) => DeleteAsync(exchange, id),
        ("POST", ["sequence", var id, "start"]) => StartAsync(exchange, id),
        (_, ["instance", var id, ..]) => Instances.ContainsKey(id) && _running.TryGetValue(id, out var instance)
            ? InstanceRouteAsync(exchange, instance, parts)
            : AnswerAsync(exchange, new JObject { ["error"] = $"Instance {id} not found" }, 404, contentType: null),
        (_, ["cpm", ..]) => AnswerForSpaceAsync(exchange),
        _ => throw new Refusal(404, null),
    };

    /// <summary>The last segment of the address. Hubs don't decode the names of topics.</summary>
    private static string RawName(FaultServer.Exchange exchange) => exchange.Target.Split('?')[0].Split('/')[^1];

    /// <summary>Returns the current state of a sequence.</summary>
    private JObject Sequence(string id)
    {
        var sequence = Sequences.GetValueOrDefault(id) ?? throw new Refusal(404, $"Sequence {id} not found");
        lock (sequence)
            return (JObject)sequence.DeepClone();
    }

    private async Task UploadAsync(FaultServer.Exchange exchange, string? id)
    {
        if (exchange.Headers.GetValueOrDefault("Content-Type") is not (null or "application/octet-stream"))
            throw new Refusal(415, null, "Invalid content-type");
        if (id is not null && !Sequences.ContainsKey(id))
            throw new Refusal(404, $"Sequence with id: {id} not found");
        if (id is not null && ((JArray)Sequences[id]["instances"]!).Count > 0)
            throw new Refusal(409, "Can't update sequence with instances");
        var package = ReadPackageJson(await exchange.ReadBodyAsync());
        if (package["main"]?.Type != JTokenType.String)
            throw new Refusal(422, "<SequencePackageJSON> decoder failed at key \"main\" with error: undefined is not a valid string");
        id = AddSequence((string)package["name"]!, id, (string)package["version"]!, (string)package["main"]!);
        var config = (JObject)Sequences[id]["config"]!;
        config["engines"] = package["engines"]?.DeepClone() ?? new JObject();
        foreach (var optional in new[] { "description", "author", "keywords", "args", "repository" })
        {
            if (package[optional] is { } value)
                config[optional] = value.DeepClone();
        }

        AuditState(id, 0);
        await AnswerAsync(exchange, new JObject { ["id"] = id });
    }

    private async Task DeleteAsync(FaultServer.Exchange exchange, string id)
    {
        await ReadJsonAsync(exchange);
        if (!Sequences.TryGetValue(id, out var sequence))
            throw new Refusal(404, $"The sequence {id} does not exist.");

        // As in the release, a sequence is no longer in use when one of its instances ended 15 s ago, even if others are running.
        StandInInstance?[] instances;
        lock (sequence)
            instances = [.. ((JArray)sequence["instances"]!).Select(i => _running.GetValueOrDefault((string)i!))];
        if (instances.Length > 0 && instances.All(i => i is { IsFinalizing: false }))
        {
            if (!exchange.Headers.ContainsKey("x-seq-kill-inst"))
                throw new Refusal(409, "Can't remove- Sequence in use");
            await Task.WhenAll(instances.Select(i =>
            {
                i!.Kill(removeImmediately: true);
                return i.Gone;
            }));
        }

        Sequences.TryRemove(id, out _);
        AuditState(id, 1);
        await AnswerAsync(exchange, new JObject { ["id"] = id });
    }

    private async Task StartAsync(FaultServer.Exchange exchange, string id)
    {
        var start = await ReadJsonAsync(exchange) as JObject ?? [];
        var instanceId = (string?)start["instanceId"];
        if (!string.IsNullOrEmpty(instanceId))
        {
            // The release fails if the value isn't an id.
            if (instanceId.Length != 36)
                throw new Refusal(500, null);
            if (_running.ContainsKey(instanceId))
                throw new Refusal(409, "Instance with a given ID already exists");
        }

        if (!Sequences.ContainsKey(id))
            throw new Refusal(404, "Not Found");
        Starts.Enqueue(start);
        var instance = Start(id, start, "starting", string.IsNullOrEmpty(instanceId) ? null : instanceId);
        await AnswerAsync(exchange, new JObject { ["message"] = $"Sequence {instance.Id} starting", ["id"] = instance.Id });
    }

    private StandInInstance Start(string sequenceId, JObject start, string status, string? id)
    {
        id ??= Guid.NewGuid().ToString();
        var sequence = Sequences.GetValueOrDefault(sequenceId);
        var config = sequence?["config"] as JObject ?? [];
        var info = new JObject { ["id"] = id };
        if (AsDevelopmentHead && start["appConfig"] is { } appConfig)
            info["appConfig"] = appConfig;
        if (start["args"] is { } arguments)
            info["args"] = arguments;
        foreach (var (name, topic) in new[] { ("provides", (string?)start["outputTopic"]), ("requires", (string?)start["inputTopic"]) })
        {
            if (!string.IsNullOrEmpty(topic))
                info[name] = topic;
        }

        info["sequence"] = new JObject { ["id"] = sequenceId, ["config"] = config.DeepClone(), ["location"] = Id };
        info["created"] = StandInInstance.Now();
        info["started"] = StandInInstance.Now();
        info["status"] = status;
        var instance = new StandInInstance(this, id, info, start, StandInPrograms.Find((string?)config["name"], (string?)config["entrypointPath"]));
        _running[id] = instance;
        _order.TryAdd(id, _order.Count);
        Instances[id] = info;
        if (sequence is not null)
        {
            lock (sequence)
                ((JArray)sequence["instances"]!).Add(id);
        }

        Log("INFO", "Handshake", "CSIController", id);
        AuditState(id, 4);
        AuditState(id, 0, hasLimits: true);
        _ = instance.RunAsync(status is "running" or "starting");
        return instance;
    }

    /// <summary>Waits until an ended instance is no longer listed, and removes it.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="extension">Whether it is listed longer than the first 15 s, unlike an instance that couldn't be started.</param>
    internal async Task ForgetAsync(StandInInstance instance, bool extension)
    {
        AuditState(instance.Id, 3);
        await After(RunnerExitDelay);
        if (extension)
        {
            instance.IsFinalizing = true;
            await Task.WhenAny(After(LifetimeExtension), instance.NoExtension);
        }

        AuditState(instance.Id, 2);
        Instances.TryRemove(instance.Id, out _);
        _running.TryRemove(instance.Id, out _);
        if (Sequences.TryGetValue((string)instance.Info["sequence"]!["id"]!, out var sequence))
        {
            lock (sequence)
                ((JArray)sequence["instances"]!).FirstOrDefault(i => (string?)i == instance.Id)?.Remove();
        }
    }

    private async Task InstanceRouteAsync(FaultServer.Exchange exchange, StandInInstance instance, string[] parts)
    {
        switch (exchange.Method, parts[2..])
        {
            case ("GET", []):
                await AnswerAsync(exchange, instance.Snapshot());
                break;
            case ("GET", ["health"]):
                await AnswerAsync(exchange, new JObject { ["healthy"] = true, ["processId"] = 42 });
                break;
            case ("GET", ["output"]):
                await instance.Output.ServeAsync(exchange);
                break;
            case ("GET", ["stdout"]):
                await instance.Stdout.ServeAsync(exchange);
                break;
            case ("GET", ["stderr"]):
                await instance.Stderr.ServeAsync(exchange);
                break;
            case ("GET", ["log"]):
                await instance.LogStream.ServeAsync(exchange);
                break;
            case ("POST", ["input"]):
                await instance.Input.TakeAsync(exchange);
                break;
            case ("POST", ["stdin"]):
                await instance.Stdin.TakeAsync(exchange);
                break;
            case ("POST", ["inout"]):
                await TakeAndGiveAsync(exchange, instance);
                break;
            case ("GET", ["event", var name]):
                await instance.Events.AnswerLastAsync(name, exchange);
                break;
            case ("GET", ["once", var name]):
                await instance.Events.AnswerNextAsync(name, exchange);
                break;
            case ("GET", ["events", var name]):
                await instance.Events.ServeAsync(name, exchange);
                break;
            case ("POST", ["_monitoring_rate"]):
                await SetMonitoringRateAsync(exchange);
                break;
            case ("POST", ["_event"]):
                await SendEventAsync(exchange, instance);
                break;
            case ("POST", ["_stop"]):
                await StopAsync(exchange, instance);
                break;
            case ("POST", ["_kill"]):
                await KillAsync(exchange, instance);
                break;
            default:
                throw new Refusal(404, null);
        }
    }

    /// <summary>The response begins with the first output, and never ends.</summary>
    private static async Task TakeAndGiveAsync(FaultServer.Exchange exchange, StandInInstance instance)
    {
        var begun = false;
        var giving = instance.Output.ReadAsync(
            async piece =>
            {
                if (!begun)
                    await exchange.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                begun = true;
                await exchange.SendChunkAsync(piece);
            },
            Task.Delay(Timeout.Infinite, exchange.Stopped));
        await instance.Input.TakeAsync(exchange, answer: false);
        await Task.WhenAny(exchange.LeftAsync(), Task.WhenAll(giving, exchange.SilenceAsync()));
        exchange.Reset();
    }

    private static async Task SetMonitoringRateAsync(FaultServer.Exchange exchange)
    {
        if (await ReadJsonAsync(exchange) is not JArray { Count: > 1 } message
            || message[1]["monitoringRate"]?.Type is not (JTokenType.Float or JTokenType.Integer))
            throw new Refusal(500, null);
        await AnswerAsync(exchange, new JObject { ["accepted"] = true }, 202);
    }

    private async Task SendEventAsync(FaultServer.Exchange exchange, StandInInstance instance)
    {
        if (await ReadInstanceJsonAsync(exchange) is not JArray message)
            throw Refusal.InInstance("object is not iterable (cannot read property Symbol(Symbol.iterator))");
        if (message.Count < 2)
            throw Refusal.InInstance("Cannot read properties of undefined (reading 'eventName')");
        if (message[1] is not JObject named || named["eventName"]?.Type != JTokenType.String)
            throw new Refusal(400, "Invalid format, eventName missing.");
        instance.Receive((string)named["eventName"]!, named["message"]);
        await AnswerAsync(exchange, new JObject { ["accepted"] = "OK" });
    }

    private async Task StopAsync(FaultServer.Exchange exchange, StandInInstance instance)
    {
        var wishes = await ReadInstanceJsonAsync(exchange) as JObject ?? [];
        if (wishes["timeout"] is { Type: not (JTokenType.Integer or JTokenType.Float) })
            throw new Refusal(400, "Invalid timeout format");
        if ((wishes["canCallKeepalive"] ?? false).Type != JTokenType.Boolean)
            throw new Refusal(400, "Invalid canCallKeepalive format");
        var now = Interlocked.Increment(ref _stopsUnderWay);
        lock (Starts)
            MostStops = Math.Max(MostStops, now);
        instance.Stop();
        await (wishes["timeout"] is { } timeout ? Task.Delay((int)timeout) : After(7));
        Interlocked.Decrement(ref _stopsUnderWay);
        await AnswerAsync(exchange, instance.Stopped(), 202);
    }

    private async Task KillAsync(FaultServer.Exchange exchange, StandInInstance instance)
    {
        var removeImmediately = (await ReadInstanceJsonAsync(exchange) as JObject)?["removeImmediately"] ?? false;
        if (removeImmediately.Type != JTokenType.Boolean)
            throw new Refusal(400, "Invalid removeImmediately format");
        if (AsDevelopmentHead && (string?)instance.Info["status"] != "running")
            throw new Refusal(400, "Instance not running");
        await AnswerAsync(exchange, instance.Kill((bool)removeImmediately), 202);
    }

    /// <summary>Returns the current objects in the order in which they were added.</summary>
    private JArray List(IEnumerable<KeyValuePair<string, JObject>> things)
    {
        var list = new JArray();
        foreach (var (_, thing) in things.OrderBy(t => _order.GetValueOrDefault(t.Key)))
        {
            lock (thing)
                list.Add(thing.DeepClone());
        }

        return list;
    }

    private static JObject ReadPackageJson(byte[] package)
    {
        try
        {
            using var tar = new System.Formats.Tar.TarReader(new GZipStream(new MemoryStream(package), CompressionMode.Decompress));
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.Name is "package.json" or "./package.json")
                    return JObject.Parse(new StreamReader(entry.DataStream!).ReadToEnd());
            }
        }
        catch (InvalidDataException)
        {
            throw new Refusal(422, new JObject { ["code"] = "PRERUNNER_ERROR", ["data"] = "Invalid pkg tar.gz archive" });
        }

        throw new Refusal(422, new JObject { ["code"] = "PRERUNNER_ERROR", ["data"] = "Invalid pkg tar.gz archive" });
    }

    /// <summary>Returns the body of a request if its content type is JSON.</summary>
    private static async Task<JToken?> ReadJsonAsync(FaultServer.Exchange exchange)
    {
        var body = Encoding.UTF8.GetString(await exchange.ReadBodyAsync());
        if (exchange.Headers.GetValueOrDefault("Content-Type")?.Split(';')[0].Trim() is not ("application/json" or "text/json"))
            throw new Refusal(400, null, "Could not parse content");
        try
        {
            return body.Length == 0 ? null : JsonConvert.DeserializeObject<JToken>(body, s_asItStands);
        }
        catch (JsonException)
        {
            throw new Refusal(400, null, "Could not parse content");
        }
    }

    /// <summary>Does the same for an instance's routes, whose error messages are in the body.</summary>
    private static async Task<JToken?> ReadInstanceJsonAsync(FaultServer.Exchange exchange)
    {
        try
        {
            return await ReadJsonAsync(exchange);
        }
        catch (Refusal)
        {
            throw Refusal.InInstance("400: Could not parse content");
        }
    }

    private static Task AnswerAsync(FaultServer.Exchange exchange, JToken answer, int status = 200, string? contentType = "application/json") =>
        exchange.AnswerAsync(status, answer.ToString(Formatting.None), contentType);

    private JObject Configuration() => JObject.Parse($$"""
        {
          "logLevel": "info", "logColors": false, "customName": "", "description": "", "tags": [], "cpmUrl": "", "cpmId": "{{Space}}",
          "cpm": { "maxReconnections": 100, "reconnectionDelay": 2000 }, "debug": false,
          "docker": {
            "prerunner": { "image": "scramjetorg/pre-runner:1.0.1", "maxMem": 128 },
            "runner": { "image": "", "maxMem": 512, "exposePortsRange": [30000, 32767], "hostIp": "0.0.0.0" },
            "runnerImages": { "python3": "scramjetorg/runner-py:1.0.1", "node": "scramjetorg/runner:1.0.1" }
          },
          "identifyExisting": false,
          "host": {
            "apiBase": "/api/v1", "infoFilePath": "/tmp/sth-id.json", "instancesServerPort": 8001, "hostname": "127.0.0.1", "port": "8000",
            "federationControl": false, "id": {{JsonConvert.ToString(Id)}}
          },
          "instanceRequirements": { "cpuLoad": 10, "freeMem": 256, "freeSpace": 128 }, "safeOperationLimit": 512, "runtimeAdapter": "process",
          "startupConfig": "", "exitWithLastInstance": false,
          "timings": { "heartBeatInterval": 10000, "instanceLifetimeExtensionDelay": 180000, "instanceAdapterExitDelay": 9000 },
          "telemetry": {
            "status": false, "adapter": "loki", "environment": "not-set",
            "loki": { "host": "https://analytics.scramjet.org/sth-usage", "replaceTimestamp": true, "labels": { "module": "host", "job": "telemetry" } }
          },
          "platform": { "apiVersion": "v1" },
          "kubernetes": {
            "namespace": "default", "runnerImages": { "python3": "scramjetorg/runner-py:1.0.1", "node": "scramjetorg/runner:1.0.1" }, "timeout": "0"
          }
        }
        """);

    /// <summary>The response of the space through the hub.</summary>
    private Task AnswerForSpaceAsync(FaultServer.Exchange exchange)
    {
        if (Space.Length == 0)
            return exchange.AnswerAsync(404, "", null);

        // The release sends the space's response without its head, or nothing.
        exchange.Close();
        return Task.CompletedTask;
    }

    /// <summary>The error response of a route.</summary>
    internal sealed class Refusal(int status, JToken? error, string? reason = null, string body = "") : Exception
    {
        /// <summary>The response of an instance's routes to invalid requests: 500 and a text.</summary>
        public static Refusal InInstance(string text) => new(500, null, body: text);

        public Task AnswerAsync(FaultServer.Exchange exchange) => error is null
            ? exchange.AnswerAsync(status, body, null, reason)
            : exchange.AnswerAsync(status, new JObject { ["error"] = error }.ToString(Formatting.None), reason: reason);
    }
}
