using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>A topic of the stand-in. It passes data to the clients that read it, and keeps the data until the first client reads.</summary>
public sealed partial class StandInTopic
{
    internal static readonly string[] ContentTypes = ["text/x-ndjson", "application/x-ndjson", "text/plain", "application/octet-stream"];

    private readonly StandInStream _stream = new();
    private readonly SemaphoreSlim _oneSource = new(1);

    internal StandInTopic(string name, string contentType)
    {
        Name = name;
        ContentType = contentType;
    }

    public string Name { get; }

    public string ContentType { get; }

    internal static bool IsName(string name) => NameForm().IsMatch(name);

    /// <summary>Reads all data of a source when the source before it has ended.</summary>
    internal async Task TakeAsync(Func<Func<byte[], Task>, Task> source)
    {
        await _oneSource.WaitAsync();
        try
        {
            byte last = (byte)'\n';
            await source(piece =>
            {
                if (piece.Length > 0)
                    last = piece[^1];
                return _stream.WriteAsync(piece);
            });
            if (ContentType == "application/x-ndjson" && last != (byte)'\n')
                await _stream.WriteAsync("\n"u8.ToArray());
        }
        finally
        {
            _oneSource.Release();
        }
    }

    internal Task GiveAsync(Func<byte[], Task> send, Task left) => _stream.ReadAsync(send, left);

    internal Task ServeAsync(FaultServer.Exchange exchange) => _stream.ServeAsync(exchange);

    internal JObject Describe() => new() { ["contentType"] = ContentType, ["localProvider"] = "", ["topic"] = Name, ["topicName"] = Name };

    [GeneratedRegex(@"^[\\a-zA-Z0-9_+-]+$")]
    private static partial Regex NameForm();
}

public sealed partial class FakeHub
{
    /// <summary>Returns the topic with the name, which is created if it doesn't exist, or null if it has another content type.</summary>
    internal StandInTopic? Topic(string name, string type)
    {
        var topic = Topics.GetOrAdd(name, _ => new StandInTopic(name, type));
        return topic.ContentType == type ? topic : null;
    }

    /// <summary>As in the release, an instance that has ended leaves its topic, which has no content type unless another client has set it.</summary>
    public void LeaveTopics(JToken? name)
    {
        if (!string.IsNullOrEmpty((string?)name))
            Topics.TryAdd((string)name!, new StandInTopic((string)name!, ""));
    }

    private async Task CreateTopicAsync(FaultServer.Exchange exchange)
    {
        var wishes = await ReadJsonAsync(exchange) as JObject ?? [];
        var name = (string?)wishes["id"];
        var type = (string?)wishes["content-type"];
        if (string.IsNullOrEmpty(name))
            throw new Refusal(400, "Missing body param: id");
        if (string.IsNullOrEmpty(type))
            throw new Refusal(400, "Missing body param: content-type");
        if (!StandInTopic.ContentTypes.Contains(type))
            throw new Refusal(400, "Unsupported content-type");
        if (!StandInTopic.IsName(name))
            throw new Refusal(400, "Topic id incorrect format");
        if (!Topics.TryAdd(name, new StandInTopic(name, type)))
            throw new Refusal(400, "Topic with given id already exist");
        await AnswerAsync(
            exchange,
            new JObject { ["id"] = name, ["origin"] = new JObject { ["id"] = "127.0.0.1", ["type"] = "hub" }, ["state"] = "flowing", ["contentType"] = type });
    }

    private async Task DeleteTopicAsync(FaultServer.Exchange exchange, string name)
    {
        await ReadJsonAsync(exchange);
        if (!StandInTopic.IsName(name))
            throw new Refusal(400, "Topic id incorrect format");
        if (!Topics.TryRemove(name, out _))
            throw new Refusal(404, $"Topic {name} not found");
        await AnswerAsync(exchange, new JObject { ["message"] = $"Topic {name} removed" });
    }

    private async Task SendTopicAsync(FaultServer.Exchange exchange, string name)
    {
        var type = exchange.Headers.GetValueOrDefault("Content-Type") ?? "";
        if (!StandInTopic.ContentTypes.Contains(type))
            throw new Refusal(400, "Unsupported content-type");
        if (!StandInTopic.IsName(name))
            throw new Refusal(400, "Topic id incorrect format");
        var topic = Topic(name, type) ?? throw new Refusal(500, null, "Internal error occurred");
        await topic.TakeAsync(async give =>
        {
            await exchange.ContinueAsync();
            await foreach (var block in exchange.ReadBlocksAsync())
                await give(block);
        });
        await exchange.AnswerAsync(200, "{}");
    }

    private async Task ReceiveTopicAsync(FaultServer.Exchange exchange, string name)
    {
        var type = exchange.Headers.GetValueOrDefault("Content-Type") ?? "application/x-ndjson";
        if (!StandInTopic.ContentTypes.Contains(type))
            throw new Refusal(415, null, "Unsupported content-type");
        if (!StandInTopic.IsName(name))
            throw new Refusal(400, null, "Topic id incorrect format");
        await (Topic(name, type) ?? throw new Refusal(415, null, "Unsupported content-type")).ServeAsync(exchange);
    }
}
