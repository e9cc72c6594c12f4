using System;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>Events for an instance and from it.</summary>
public sealed class EventContractTests(RealPlatform real) : HubContract(real)
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(250);

    /// <summary>Sends an event to the program ping, which responds with pong.</summary>
    private static Task<ContractHub.Answer> PingAsync(ContractHub hub, string id, string message) =>
        hub.PostAsync($"/instance/{id}/_event", $$"""[5001,{"eventName":"ping","message":{{message}}}]""");

    /// <summary>Returns an event as the hub sends it.</summary>
    private static string Pong(ContractHub hub, string message) => hub.Facts.EventsHaveNames ? $$"""{"eventName":"pong","message":{{message}}}""" : message;

    [Theory]
    [EachHub]
    public async Task An_event_is_sent_to_all_clients_that_wait_for_it(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunEventsAsync();
        using var stream = await hub.ReadAsync($"/instance/{id}/events/pong");
        using var last = await WireConnection.GetAsync(hub.BaseUri, $"/instance/{id}/event/pong");
        using var next = await WireConnection.GetAsync(hub.BaseUri, $"/instance/{id}/once/pong");

        // There was no event yet, so not even headers are sent.
        Assert.False(await last.WithinAsync(s_moment, () => last.Head is not null));
        Assert.False(await next.WithinAsync(s_moment, () => next.Head is not null));
        (await PingAsync(hub, id, "\"ä😀\"")).MustBe(hub.Facts.EventAnswer);
        await stream.UntilAsync(() => stream.Lines.Count == 1, "The event in the stream");
        await last.EndAsync();
        await next.EndAsync();
        Assert.Equal((Pong(hub, "\"ä😀\"") + "\n", Pong(hub, "\"ä😀\""), Pong(hub, "\"ä😀\"")), (stream.Text, last.Text, next.Text));
        Assert.Contains("application/json", last.Head!, StringComparison.Ordinal);
    }

    [Theory]
    [EachHub]
    public async Task The_last_event_is_kept_and_the_next_one_can_be_waited_for(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunEventsAsync();
        using var first = await hub.ReadAsync($"/instance/{id}/events/pong");
        await PingAsync(hub, id, "\"one\"");
        await first.UntilAsync(() => first.Lines.Count == 1, "The first event");
        (await hub.GetAsync($"/instance/{id}/event/pong")).MustBe(200, Pong(hub, "\"one\""));
        (await hub.GetAsync($"/instance/{id}/event/pong")).MustBe(200, Pong(hub, "\"one\""));
        using var next = await WireConnection.GetAsync(hub.BaseUri, $"/instance/{id}/once/pong");
        using var other = await WireConnection.GetAsync(hub.BaseUri, $"/instance/{id}/event/other");
        Assert.False(await next.WithinAsync(s_moment, () => next.Head is not null));
        await PingAsync(hub, id, "\"two\"");
        await next.EndAsync();
        Assert.Equal(Pong(hub, "\"two\""), next.Text);
        Assert.False(await other.WithinAsync(s_moment, () => other.Head is not null));
    }

    [Theory]
    [EachHub]
    public async Task A_message_is_any_JSON_or_a_text(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunEventsAsync();
        using var stream = await hub.ReadAsync($"/instance/{id}/events/pong");
        (string Sent, string InStream, string? Last)[] messages =
        [
            ("\"x\"", "\"x\"", "\"x\""),
            ("{\"a\":[1,null]}", "{\"a\":[1,null]}", "{\"a\":[1,null]}"),
            ("[1,2]", "[1,2]", "[1,2]"),

            // A value without keys in JavaScript has no body, and a value that is false there is no event for /event.
            ("1.5", "1.5", ""),
            ("true", "true", ""),
            ("0", "{}", null),
            ("\"\"", "{}", null),
            ("false", "{}", null),
            ("null", "{}", null),
        ];
        var count = 0;
        foreach (var (sent, inStream, last) in messages)
        {
            var answer = await PingAsync(hub, id, sent);
            if (hub.Facts.EventsAreTexts)
            {
                if (sent.StartsWith('"'))
                    answer.MustBe(hub.Facts.EventAnswer);
                else
                    answer.MustBe(500, "Bad message of type 5001");
                continue;
            }

            answer.MustBe(hub.Facts.EventAnswer);
            count++;
            await stream.UntilAsync(() => stream.Lines.Count == count, $"The event of {sent}");
            Assert.Equal(inStream, stream.Lines[^1]);
            if (last is not null)
            {
                (await hub.GetAsync($"/instance/{id}/event/pong")).MustBe(200, last);
                continue;
            }

            using var waiting = await WireConnection.GetAsync(hub.BaseUri, $"/instance/{id}/event/pong");
            Assert.False(await waiting.WithinAsync(s_moment, () => waiting.Head is not null));
        }
    }

    [Theory]
    [EachHub]
    public async Task An_event_without_a_name_is_rejected(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunEventsAsync();
        (await hub.PostAsync($"/instance/{id}/_event", """[5001,{"message":"x"}]""")).MustBe(hub.Facts.NamelessEvent);
        (await hub.PostAsync($"/instance/{id}/_event", "[5001]")).MustBe(500, "Cannot read properties of undefined (reading 'eventName')");
        Assert.Equal(500, (await hub.PostAsync($"/instance/{id}/_event", """{"eventName":"ping","message":"x"}""")).Status);
    }

    [Theory]
    [EachHub]
    public async Task Clients_that_wait_for_events_are_not_notified_of_the_end(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunEventsAsync();
        using var stream = await hub.ReadAsync($"/instance/{id}/events/pong");
        using var next = await WireConnection.GetAsync(hub.BaseUri, $"/instance/{id}/once/pong");
        await hub.KillAsync(id);
        await hub.EndAsync(id);
        Assert.False(await stream.WithinAsync(3 * s_moment, () => stream.HasEnded || stream.IsClosed));
        Assert.False(await next.WithinAsync(s_moment, () => next.Head is not null || next.IsClosed));
    }
}
