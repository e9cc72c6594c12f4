using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.LocalPlatform;

/// <summary>A space's own routes, as a manager answers them.</summary>
internal sealed class ManagerRoutes(HubForwarder forwarder, AuditLog audit) : IDisposable
{
    private static readonly TimeSpan HubTimeout = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _http.Dispose();

    /// <summary>Answers a request to a space.</summary>
    /// <param name="context">The request.</param>
    /// <param name="space">The space.</param>
    /// <param name="target">The request's target.</param>
    /// <param name="depth">How many of its segments led to the space.</param>
    public Task HandleAsync(HttpContext context, PlatformSpace space, RawTarget target, int depth) => (context.Request.Method, target.Segments[depth..]) switch
    {
        (_, ["sth", var id, "api", "v1", ..]) => ForwardAsync(context, space, id, target.Tail(depth + 4)),
        ("GET", ["list"]) => ListAsync(context, space),
        ("GET", ["sth", var id, "info"]) => InfoAsync(context, space, id),
        ("DELETE", ["sth", var id]) => DeleteHubAsync(context, space, id),
        ("POST", ["disconnect"]) => DisconnectAsync(context, space),
        ("GET", ["version"]) => Answers.JsonAsync(context, new JObject { ["service"] = "@scramjet/manager", ["apiVersion"] = "v1", ["version"] = "local", ["build"] = "LocalPlatform" }),
        ("GET", ["config"]) => Answers.JsonAsync(context, new JObject { ["config"] = new JObject { ["id"] = space.Id, ["apiBase"] = "/api/v1", ["local"] = true } }),
        ("GET", ["info"]) => Answers.JsonAsync(context, new JObject { ["id"] = space.Id }),
        ("GET", ["load"]) => LoadAsync(context, space),
        ("GET", ["sequences"]) => SequencesAsync(context, space, withStore: false),
        ("GET", ["all_sequences"]) => SequencesAsync(context, space, withStore: true),
        ("GET", ["instances"]) => InstancesAsync(context, space),
        ("GET", ["topics"]) => TopicsAsync(context, space),
        ("GET" or "POST", ["topic", _]) => TopicAsync(context, space, target.Tail(depth)),
        ("GET", ["log"]) => Answers.LinesAsync(context, LogAsync(space, context.RequestAborted)),
        ("GET", ["audit"]) => Answers.LinesAsync(context, audit.ListenAsync(context.RequestAborted)),
        ("GET", ["s3"]) => Answers.JsonAsync(context, new JArray(space.Store.Values.OrderBy(i => (string?)i["name"], StringComparer.Ordinal))),
        ("PUT", ["s3", var id]) => PutStoreItemAsync(context, space, id),
        ("PUT", ["s3"]) => PutStoreItemAsync(context, space, ""),
        ("DELETE", ["s3", var id]) => DeleteStoreItemAsync(context, space, id),
        ("DELETE", ["store"]) => ClearStoreAsync(context, space),
        _ => Answers.NotFoundAsync(context),
    };

    private Task ForwardAsync(HttpContext context, PlatformSpace space, string id, string tail)
    {
        if (!space.Hubs.TryGetValue(id, out var hub))
            return Answers.ErrorAsync(context, StatusCodes.Status404NotFound, $"Hub {id} not found");
        return hub.IsConnected
            ? forwarder.ForwardAsync(context, hub.Uri, tail)
            : Answers.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, $"Hub {id} is not connected");
    }

    private async Task ListAsync(HttpContext context, PlatformSpace space)
    {
        var entries = await Task.WhenAll(space.InOrder.Select(h => DescribeAsync(h, context.RequestAborted)));
        await Answers.JsonAsync(context, new JArray(entries));
    }

    private async Task InfoAsync(HttpContext context, PlatformSpace space, string id)
    {
        if (space.Hubs.TryGetValue(id, out var hub))
            await Answers.JsonAsync(context, await DescribeAsync(hub, context.RequestAborted));
        else
            await Answers.ErrorAsync(context, StatusCodes.Status404NotFound, $"Hub {id} not found");
    }

    private async Task<JObject> DescribeAsync(PlatformHub hub, CancellationToken cancellationToken)
    {
        var sequences = AskAsync(hub, "/sequences", cancellationToken);
        var instances = AskAsync(hub, "/instances", cancellationToken);
        var topics = AskAsync(hub, "/topics", cancellationToken);
        await Task.WhenAll(sequences, instances, topics);
        var healthy = await sequences is not null;
        return new JObject
        {
            ["id"] = hub.Id,
            ["info"] = new JObject { ["created"] = Time(hub.Connected), ["lastConnected"] = Time(hub.Connected), ["lastDisconnected"] = hub.Disconnected is { } time ? Time(time) : null },
            ["healthy"] = healthy,
            ["isConnectionActive"] = hub.IsConnected && (healthy || hub.Process is not { IsRunning: false }),
            ["selfHosted"] = true,
            ["description"] = "",
            ["tags"] = new JArray(),
            ["disconnectReason"] = hub.Process is { IsRunning: false } ? "The hub's process has ended" : hub.DisconnectReason,
            ["sequences"] = Pick(await sequences, "id"),
            ["instances"] = Pick(await instances, "id"),
            ["topics"] = Pick(await topics, "topic"),
        };
    }

    private async Task DeleteHubAsync(HttpContext context, PlatformSpace space, string id)
    {
        if (!space.Hubs.TryGetValue(id, out var hub))
            await Answers.ErrorAsync(context, StatusCodes.Status404NotFound, $"Hub {id} not found");
        else if (hub.IsConnected && context.Request.Headers["x-force"] != "true")
            await Answers.ErrorAsync(context, StatusCodes.Status409Conflict, $"Hub {id} is connected");
        else
        {
            space.Hubs.TryRemove(id, out _);
            if (hub.Process is { } process)
                await process.DisposeAsync();
            await Answers.JsonAsync(context, new JObject { ["id"] = id, ["message"] = $"Hub {id} removed" });
        }
    }

    private static async Task DisconnectAsync(HttpContext context, PlatformSpace space)
    {
        var wishes = await Answers.ReadObjectAsync(context);
        if (wishes is null)
        {
            await Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, "Could not parse content");
            return;
        }

        var id = (string?)wishes["id"];
        var limit = (int?)wishes["limit"] ?? 0;
        if (id is not null && !space.Hubs.ContainsKey(id))
        {
            await Answers.ErrorAsync(context, StatusCodes.Status404NotFound, $"Hub {id} not found");
            return;
        }

        var hubs = space.InOrder.Where(h => h.IsConnected && (id is null || h.Id == id)).Take(limit > 0 ? limit : int.MaxValue).ToArray();
        foreach (var hub in hubs)
            hub.Disconnect("Disconnected on request");
        await Answers.JsonAsync(context, new JObject
        {
            ["managerId"] = space.Id,
            ["disconnected"] = new JArray(hubs.Select(h => new JObject { ["sthId"] = h.Id, ["reason"] = h.DisconnectReason })),
        });
    }

    private async Task LoadAsync(HttpContext context, PlatformSpace space)
    {
        foreach (var hub in space.InOrder.Where(h => h.IsConnected))
        {
            // All hubs are on this machine: one's load is the manager's.
            if (await AskAsync(hub, "/load-check", context.RequestAborted) is { } load)
            {
                await Answers.JsonAsync(context, load);
                return;
            }
        }

        await Answers.JsonAsync(context, new JObject { ["avgLoad"] = 0, ["currentLoad"] = 0, ["memFree"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, ["memUsed"] = 0, ["fsSize"] = new JArray() });
    }

    private async Task SequencesAsync(HttpContext context, PlatformSpace space, bool withStore)
    {
        var sequences = await FromHubsAsync(space, "/sequences", context.RequestAborted);
        foreach (var (hub, sequence) in sequences)
            sequence["location"] = hub.Id;
        var items = sequences.Select(s => (JToken)s.Item);
        if (withStore)
            items = items.Concat(space.Store.Values.Select(i => new JObject { ["id"] = i["id"], ["config"] = i, ["location"] = "store", ["instances"] = new JArray() }));
        await Answers.JsonAsync(context, new JArray(items));
    }

    private async Task InstancesAsync(HttpContext context, PlatformSpace space)
    {
        var instances = await FromHubsAsync(space, "/instances", context.RequestAborted);
        foreach (var (hub, instance) in instances)
            instance["location"] = hub.Id;
        await Answers.JsonAsync(context, new JArray(instances.Select(i => i.Item)));
    }

    private async Task TopicsAsync(HttpContext context, PlatformSpace space)
    {
        var topics = await FromHubsAsync(space, "/topics", context.RequestAborted);
        await Answers.JsonAsync(context, new JArray(topics.GroupBy(t => (string?)t.Item["topic"]).Select(g => new JObject
        {
            ["name"] = g.Key,
            ["contentType"] = g.First().Item["contentType"],
            ["actors"] = new JArray(g.Select(t => new JObject { ["role"] = "provider", ["type"] = "host", ["stream"] = true, ["hostId"] = t.Hub.Id, ["retired"] = false })),
        })));
    }

    /// <summary>A space's topic is that of its first hub: what is sent to it is read from it.</summary>
    private Task TopicAsync(HttpContext context, PlatformSpace space, string tail) => space.InOrder.FirstOrDefault(h => h.IsConnected) is { } hub
        ? forwarder.ForwardAsync(context, hub.Uri, tail)
        : Answers.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "The space has no connected hub");

    private async IAsyncEnumerable<string> LogAsync(PlatformSpace space, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = Channel.CreateBounded<string>(256);
        var readers = space.InOrder.Where(h => h.IsConnected).Select(async hub =>
        {
            try
            {
                using var answer = await _http.GetAsync(hub.Uri + "/log", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
                while (await reader.ReadLineAsync(cancellationToken) is { } line)
                    await lines.Writer.WriteAsync($"{hub.Id}: {line}", cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // A hub that has gone has no more to say; the others have.
            }
        }).ToArray();
        _ = Task.WhenAll(readers).ContinueWith(_ => lines.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
            yield return line;
    }

    private static async Task PutStoreItemAsync(HttpContext context, PlatformSpace space, string id)
    {
        JObject config;
        try
        {
            config = await ReadPackageAsync(context.Request.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or EndOfStreamException or FormatException)
        {
            var error = new JObject { ["code"] = "PRERUNNER_ERROR", ["data"] = "Invalid pkg tar.gz archive" };
            await Answers.JsonAsync(context, new JObject { ["error"] = error }, StatusCodes.Status422UnprocessableEntity);
            return;
        }

        config["id"] = id.Length > 0 ? id : Guid.NewGuid().ToString();
        if (space.Store.TryAdd((string)config["id"]!, config))
            await Answers.JsonAsync(context, config);
        else
            await Answers.ErrorAsync(context, StatusCodes.Status409Conflict, $"Store item {id} already exists");
    }

    private static async Task<JObject> ReadPackageAsync(Stream body, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(body, CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        JObject? found = null;
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (found is not null || entry.Name is not ("package.json" or "./package.json") || entry.DataStream is null)
                continue;

            using var reader = new StreamReader(entry.DataStream);
            var manifest = JObject.Parse(await reader.ReadToEndAsync(cancellationToken));
            found = new JObject
            {
                ["type"] = "process",
                ["name"] = manifest["name"],
                ["version"] = manifest["version"],
                ["description"] = manifest["description"],
                ["engines"] = manifest["engines"],
                ["entrypointPath"] = manifest["main"] ?? throw new InvalidDataException(),
            };
        }

        return found ?? throw new InvalidDataException();
    }

    private static Task DeleteStoreItemAsync(HttpContext context, PlatformSpace space, string id) => space.Store.TryRemove(id, out _)
        ? Answers.JsonAsync(context, new JObject { ["id"] = id })
        : Answers.ErrorAsync(context, StatusCodes.Status404NotFound, $"Store item {id} not found");

    private static Task ClearStoreAsync(HttpContext context, PlatformSpace space)
    {
        space.Store.Clear();
        return Answers.JsonAsync(context, new JObject { ["message"] = "Store cleared" });
    }

    private async Task<List<(PlatformHub Hub, JObject Item)>> FromHubsAsync(PlatformSpace space, string path, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(space.InOrder.Where(h => h.IsConnected).Select(async hub => (Hub: hub, Items: await AskAsync(hub, path, cancellationToken) as JArray)));
        return answers.SelectMany(a => a.Items?.OfType<JObject>().Select(item => (a.Hub, item)) ?? []).ToList();
    }

    /// <summary>A hub's answer; null where it gives none in time.</summary>
    private async Task<JToken?> AskAsync(PlatformHub hub, string path, CancellationToken cancellationToken)
    {
        if (!hub.IsConnected)
            return null;

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(HubTimeout);
        try
        {
            return JToken.Parse(await _http.GetStringAsync(hub.Uri + path, bound.Token));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static JArray Pick(JToken? items, string name) => new((items as JArray)?.Select(i => i[name]).OfType<JToken>() ?? []);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
