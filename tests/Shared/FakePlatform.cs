using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>A platform with one space of fake hubs, which can be slow, broken or stopped.</summary>
public sealed class FakePlatform : IAsyncDisposable
{
    public const string Token = "the-secret-token-of-the-fake-platform";
    public const string SpaceId = "org-fake-manager";

    private const string Spaces = "/api/v1/spaces";
    private const string Space = $"/api/v1/space/{SpaceId}/api/v1";

    public FakePlatform(IEnumerable<FakeHub> hubs)
    {
        Hubs = hubs.ToList();
        Server = new FaultServer(HandleAsync);
    }

    /// <summary>Creates a platform with hubs sth-0, sth-1 and so on, each with one instance of a sequence hello.</summary>
    public static FakePlatform Of(int hubs, Action<FakeHub>? configure = null) => new(Enumerable.Range(0, hubs).Select(i =>
    {
        var hub = new FakeHub($"sth-{i}");
        hub.AddInstance(hub.AddSequence("hello"));
        configure?.Invoke(hub);
        return hub;
    }));

    public List<FakeHub> Hubs { get; }

    /// <summary>The hubs that the space lists as disconnected.</summary>
    public HashSet<string> Disconnected { get; } = [];

    /// <summary>The times at which hubs last connected, if changed.</summary>
    public Dictionary<string, string> LastConnected { get; } = [];

    public FaultServer Server { get; }

    public string BaseUri => Server.BaseUri;

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task HandleAsync(FaultServer.Exchange exchange)
    {
        if (exchange.Headers.GetValueOrDefault("Authorization") != "Bearer " + Token)
        {
            await exchange.AnswerAsync(403, """{"message":"Forbidden"}""");
            return;
        }

        if (exchange.Target == Spaces)
        {
            await exchange.AnswerAsync(200, $$"""[{"id":"{{SpaceId}}"}]""");
            return;
        }

        if (exchange.Target == Space + "/list")
        {
            await exchange.AnswerAsync(200, new JArray(Hubs.Select(Describe)).ToString());
            return;
        }

        foreach (var hub in Hubs)
        {
            if (exchange.Target == $"{Space}/sth/{hub.Id}/info")
            {
                await exchange.AnswerAsync(200, Describe(hub).ToString());
                return;
            }

            var prefix = $"{Space}/sth/{hub.Id}/api/v1";
            if (exchange.Target.StartsWith(prefix + "/", StringComparison.Ordinal))
            {
                await hub.HandleAsync(exchange, exchange.Target[prefix.Length..]);
                return;
            }
        }

        await exchange.AnswerAsync(404, """{"error":"Not Found"}""");
    }

    private JObject Describe(FakeHub hub) => new()
    {
        ["id"] = hub.Id,
        ["info"] = new JObject
        {
            ["created"] = "2026-11-24T01:00:00.000Z",
            ["lastConnected"] = LastConnected.GetValueOrDefault(hub.Id, "2026-11-24T01:00:00.000Z"),
        },
        ["healthy"] = !Disconnected.Contains(hub.Id),
        ["isConnectionActive"] = !Disconnected.Contains(hub.Id),
        ["disconnectReason"] = Disconnected.Contains(hub.Id) ? "stopped by its owner" : "",
    };
}
