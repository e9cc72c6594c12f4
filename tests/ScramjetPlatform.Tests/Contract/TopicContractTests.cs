using System;
using System.Linq;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Xunit;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>Topics that are created and removed, and topics of instances.</summary>
public sealed class TopicContractTests(RealPlatform real) : HubContract(real)
{
    private const string Objects = "application/x-ndjson";

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(250);

    private static async Task<JToken?> ListedAsync(ContractHub hub, string topic) =>
        (await hub.GetAsync("/topics")).List.SingleOrDefault(t => (string?)t["topic"] == topic);

    private static Task<ContractHub.Answer> CreateAsync(ContractHub hub, string topic, string type) =>
        hub.PostAsync("/topics", $$"""{"id":"{{topic}}","content-type":"{{type}}"}""");

    [Theory]
    [EachHub]
    public async Task A_topic_is_created_listed_and_removed(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var topic = hub.NewTopic();
        var made = await CreateAsync(hub, topic, "text/plain");
        if (!hub.Facts.HasAdministration)
        {
            made.MustBe(404, "");
            (await hub.DeleteAsync($"/topics/{topic}")).MustBe(404, "");
            return;
        }

        Assert.Equal(
            (200, topic, "text/plain", "hub"),
            (made.Status, (string?)made.Json["id"], (string?)made.Json["contentType"], (string?)made.Json["origin"]!["type"]));
        Assert.NotNull(made.Json["state"]);
        Assert.Equal(
            $$"""{"contentType":"text/plain","localProvider":"","topic":"{{topic}}","topicName":"{{topic}}"}""",
            (await ListedAsync(hub, topic))!.ToString(Newtonsoft.Json.Formatting.None));
        (await CreateAsync(hub, topic, "text/plain")).MustBe(400, """{"error":"Topic with given id already exist"}""");
        (await hub.DeleteAsync($"/topics/{topic}", contentType: null)).MustBe(hub.Facts.NoContentType);
        (await hub.DeleteAsync($"/topics/{topic}")).MustBe(200, $"{{\"message\":\"Topic {topic} removed\"}}");
        (await hub.DeleteAsync($"/topics/{topic}")).MustBe(404, $"{{\"error\":\"Topic {topic} not found\"}}");
        Assert.Null(await ListedAsync(hub, topic));
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task An_invalid_topic_is_rejected(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var topic = hub.NewTopic();
        (await hub.PostAsync("/topics", $$"""{"id":"{{topic}}"}""")).MustBe(400, """{"error":"Missing body param: content-type"}""");
        (await hub.PostAsync("/topics", """{"content-type":"text/plain"}""")).MustBe(400, """{"error":"Missing body param: id"}""");
        (await CreateAsync(hub, topic, "image/png")).MustBe(400, """{"error":"Unsupported content-type"}""");
        (await CreateAsync(hub, "a.b", "text/plain")).MustBe(400, """{"error":"Topic id incorrect format"}""");
        (await hub.DeleteAsync("/topics/a%20b")).MustBe(400, """{"error":"Topic id incorrect format"}""");
        (await hub.PostAsync("/topic/a%20b", "x", "text/plain")).MustBe(400, """{"error":"Topic id incorrect format"}""");
        (await hub.PostAsync($"/topic/{topic}", "x", "image/png")).MustBe(400, """{"error":"Unsupported content-type"}""");
        (await hub.GetAsync("/topic/a%20b")).MustBe(new(400, "", "Topic id incorrect format"));
    }

    [Theory]
    [EachHub]
    public async Task A_topic_is_created_by_the_first_sender_or_reader(TestHub which)
    {
        await using var hub = await StartAsync(which);
        string[] topics = [hub.NewTopic(), hub.NewTopic()];
        (await hub.PostAsync($"/topic/{topics[0]}", "{\"n\":1}\n", Objects)).MustBe(hub.Facts.TopicSendAnswer);
        using var second = await hub.ReadAsync($"/topic/{topics[1]}");
        foreach (var topic in topics)
            Assert.Equal(hub.Facts.TopicsHaveTypes ? Objects : null, (string?)(await ListedAsync(hub, topic))?["contentType"]);

        // Data that was sent before waits for the first reader.
        using var first = await hub.ReadAsync($"/topic/{topics[0]}");
        await first.UntilAsync(() => first.Text == "{\"n\":1}\n", "What was sent before");
        Assert.False(first.HasEnded);
    }

    [Theory]
    [EachHub]
    public async Task All_readers_of_a_topic_receive_all_data(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var topic = hub.NewTopic();
        using var one = await hub.ReadAsync($"/topic/{topic}");
        using var other = await hub.ReadAsync($"/topic/{topic}");
        for (var n = 1; n <= 3; n++)
            (await hub.PostAsync($"/topic/{topic}", $"{{\"n\":{n}}}\n", Objects)).MustBe(hub.Facts.TopicSendAnswer);
        foreach (var reader in new[] { one, other })
        {
            await reader.UntilAsync(() => reader.Lines.Count == 3, "The three objects");
            Assert.Equal("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", reader.Text);
        }
    }

    [Theory]
    [EachHub]
    public async Task Objects_without_a_final_line_end_get_one_if_topics_have_types(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var topic = hub.NewTopic();
        using var reader = await hub.ReadAsync($"/topic/{topic}");
        await hub.PostAsync($"/topic/{topic}", "{\"n\":1}", Objects);
        await hub.PostAsync($"/topic/{topic}", "{\"n\":2}\n", Objects);
        var expected = hub.Facts.TopicsHaveTypes ? "{\"n\":1}\n{\"n\":2}\n" : "{\"n\":1}{\"n\":2}\n";
        await reader.UntilAsync(() => reader.Text == expected, expected);
    }

    [Theory]
    [EachHub]
    public async Task Another_content_type_than_that_of_the_topic_is_a_server_error(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var topic = hub.NewTopic();
        (await hub.PostAsync($"/topic/{topic}", "text\n", "text/plain")).MustBe(hub.Facts.TopicSendAnswer);
        var other = await hub.PostAsync($"/topic/{topic}", "{}\n", Objects);
        using var reading = await WireConnection.GetAsync(hub.BaseUri, $"/topic/{topic}");
        await reading.HeadAsync();
        if (!hub.Facts.TopicsHaveTypes)
        {
            other.MustBe(hub.Facts.TopicSendAnswer);
            Assert.Equal(200, reading.Status);
            return;
        }

        other.MustBe(new(500, "", "Internal error occurred"));
        Assert.StartsWith("HTTP/1.1 415 Unsupported content-type", reading.Head!, StringComparison.Ordinal);
        using var right = await hub.ReadAsync($"/topic/{topic}", "text/plain");
        await right.UntilAsync(() => right.Text == "text\n", "The text");
    }

    [Theory]
    [EachHub]
    public async Task More_data_than_the_hub_buffers_is_accepted_when_a_client_reads(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var topic = hub.NewTopic();
        var line = $"{{\"text\":\"{new string('x', 5_000_000)}\"}}\n";
        var sending = hub.PostAsync($"/topic/{topic}", line, Objects);
        await Task.Delay(s_moment, TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted);
        using var reader = await hub.ReadAsync($"/topic/{topic}");
        await reader.UntilAsync(() => reader.Length == line.Length, "All of it");
        (await sending).MustBe(hub.Facts.TopicSendAnswer);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task The_topics_of_a_program_are_those_that_it_declares(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var from = hub.NewTopic();
        var to = hub.NewTopic();
        var writer = await hub.RunAsync("topic-writer", $$"""{"outputTopic":"{{from}}"}""");
        var reader = await hub.RunAsync("topic-reader", $$"""{"inputTopic":"{{to}}"}""");
        using var cities = await hub.ReadAsync($"/topic/{from}");
        await cities.UntilAsync(() => cities.Lines.Count == 3, "The cities");
        Assert.Equal("{\"city\":\"Gdańsk\"}\n{\"city\":\"Sopot\"}\n{\"city\":\"Gdynia\"}\n", cities.Text);
        Assert.Equal((from, to), ((string?)(await hub.InstanceAsync(writer))!["provides"], (string?)(await hub.InstanceAsync(reader))!["requires"]));
        Assert.Equal(Objects, (string?)(await ListedAsync(hub, to))!["contentType"]);
        (await hub.PostAsync($"/topic/{to}", "{\"city\":\"Hel\"}\n", Objects)).MustBe(hub.Facts.TopicSendAnswer);
        using var greetings = await hub.ReadAsync($"/instance/{reader}/output");
        await greetings.UntilAsync(() => greetings.Text == "\"Hello, Hel!\"\n", "The greeting");
        (await hub.PostAsync($"/instance/{reader}/input", "{}\n", Objects)).MustBe(hub.Facts.InputFromTopic);

        // A topic accepts one source at a time, and the program's output hasn't ended.
        using var waiting = await hub.OpenAsync();
        await waiting.SendAsync(waiting.Request("POST", $"/topic/{from}", ("Content-Type", Objects), ("Content-Length", "3")), "{}\n"u8.ToArray());
        Assert.False(await waiting.WithinAsync(s_moment, () => waiting.HasEnded));
        Assert.Equal(3, cities.Lines.Count);
        await hub.KillAsync(writer);
        await waiting.UntilAsync(() => waiting.HasEnded, "The answer when the program has ended");
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Topics_that_a_program_does_not_declare_provide_its_input_but_do_not_receive_its_output(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var to = hub.NewTopic();
        var from = hub.NewTopic();
        var counting = await hub.RunAsync("count", $$"""{"args":[2],"outputTopic":"{{from}}"}""");
        using var output = await hub.ReadAsync($"/instance/{counting}/output");
        await output.EndAsync();
        Assert.Equal("{\"n\":1}\n{\"n\":2}\n", output.Text);
        Assert.Equal(from, (string?)(await hub.InstanceAsync(counting))!["provides"]);

        var echo = await hub.RunAsync("echo", $$"""{"inputTopic":"{{to}}"}""");
        (await hub.PostAsync($"/instance/{echo}/input", "x", "text/plain")).MustBe(hub.Facts.InputFromTopic);
        await hub.PostAsync($"/topic/{to}", "x", "text/plain");
        using var nothing = await hub.ReadAsync($"/instance/{echo}/output");
        Assert.False(await nothing.WithinAsync(s_moment, () => nothing.Length > 0 || nothing.HasEnded));
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task An_ended_instance_leaves_the_topic_of_its_input_without_a_type(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var topic = hub.NewTopic();
        var id = await hub.RunAsync("wait", $$"""{"inputTopic":"{{topic}}"}""");
        Assert.Null(await ListedAsync(hub, topic));
        await hub.KillAsync(id);
        await ContractHub.UntilAsync(async () => await ListedAsync(hub, topic) is not null, "the topic to be listed");
        Assert.Equal("", (string?)(await ListedAsync(hub, topic))!["contentType"]);
        (await hub.PostAsync($"/topic/{topic}", "x", "text/plain")).MustBe(new(500, "", "Internal error occurred"));
    }
}
