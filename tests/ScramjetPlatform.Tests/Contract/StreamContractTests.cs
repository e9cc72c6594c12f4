using System;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Xunit;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>Data to an instance and from it.</summary>
public sealed class StreamContractTests(RealPlatform real) : HubContract(real)
{
    /// <summary>The time after which no data is expected.</summary>
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(250);

    private static readonly byte[] s_allBytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

    private static string Spoiled(byte[] bytes) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)));

    /// <summary>Returns the input of the program hex.</summary>
    private static async Task<string> ReceivedAsync(ContractHub hub, string id)
    {
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        await output.EndAsync();
        return output.Text;
    }

    [Theory]
    [EachHub]
    public async Task Data_that_arrives_with_the_headers_is_read_as_UTF8(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("hex");
        var last = "";

        // A real hub nearly always changes the data, depending on the timing of its processes. The stand-in always does.
        for (var i = 0; i < (which == TestHub.StandIn ? 1 : 20) && last != Spoiled(s_allBytes); i++)
        {
            var id = await hub.StartAsync(sequence);
            using var input = await hub.OpenAsync();
            await input.SendAsync(
                input.Request("POST", $"/instance/{id}/input", ("Content-Type", "application/octet-stream"), ("Transfer-Encoding", "chunked")),
                WireConnection.Chunk(s_allBytes),
                WireConnection.Chunk([]));
            await input.EndAsync();
            last = await ReceivedAsync(hub, id);
            Assert.Contains(last, new[] { Spoiled(s_allBytes), Convert.ToHexStringLower(s_allBytes) });
            await hub.KillAsync(id);
        }

        Assert.Equal(Spoiled(s_allBytes), last);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Only_the_first_64_KiB_are_changed(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("hex");
        var data = Enumerable.Repeat((byte)0xfe, 200_000).ToArray();
        using var input = await hub.OpenAsync();
        await input.SendAsync(
            input.Request("POST", $"/instance/{id}/input", ("Content-Type", "application/octet-stream"), ("Transfer-Encoding", "chunked")),
            WireConnection.Chunk(data),
            WireConnection.Chunk([]));
        var received = await ReceivedAsync(hub, id);
        var spoiled = received.Length - received.Replace("efbfbd", "", StringComparison.Ordinal).Length;
        Assert.Equal(data.Length - (spoiled / 6), received.Replace("efbfbd", "", StringComparison.Ordinal).Length / 2);
        Assert.InRange(spoiled / 6, 0, 65536);
    }

    [Theory]
    [EachHub]
    public async Task Data_that_arrives_after_the_headers_is_unchanged_if_bytes_are_supported(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("hex");
        using var input = await hub.OpenAsync();
        await input.SendAsync(input.Request("POST", $"/instance/{id}/input", ("Content-Type", "application/octet-stream"), ("Transfer-Encoding", "chunked")));
        await input.HeadAsync();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await input.SendAsync(WireConnection.Chunk(s_allBytes), WireConnection.Chunk([]));
        await input.EndAsync();
        Assert.Equal(hub.Facts.TakesBytes ? Convert.ToHexStringLower(s_allBytes) : Spoiled(s_allBytes), await ReceivedAsync(hub, id));
    }

    [Theory]
    [EachHub]
    public async Task Data_that_arrives_after_an_empty_body_is_unchanged_if_bytes_are_supported(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("hex");
        Assert.Equal(202, (await hub.PostAsync($"/instance/{id}/input", "", "application/octet-stream", ("x-end-stream", "false"))).Status);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(200, (await hub.SendAsync(HttpMethod.Post, $"/instance/{id}/input", s_allBytes, "application/octet-stream")).Status);
        Assert.Equal(hub.Facts.TakesBytes ? Convert.ToHexStringLower(s_allBytes) : Spoiled(s_allBytes), await ReceivedAsync(hub, id));
    }

    [Theory]
    [EachHub]
    public async Task A_character_that_is_split_into_two_pieces_is_kept_or_lost(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("echo");
        var text = Encoding.UTF8.GetBytes("ä😀ń");
        using var input = await hub.OpenAsync();
        await input.SendAsync(input.Request("POST", $"/instance/{id}/input", ("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")));
        await input.HeadAsync();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await input.SendAsync(WireConnection.Chunk(text[..4]));
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await input.SendAsync(WireConnection.Chunk(text[4..]), WireConnection.Chunk([]));
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        await output.EndAsync();
        Assert.Equal(hub.Facts.JoinsCutCharacters ? "ä😀ń" : "ä\ufffd\ufffd\ufffdń", output.Text);
    }

    [Theory]
    [EachHub]
    public async Task Long_text_loses_characters_at_the_ends_of_a_process_buffer(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("echo");
        foreach (var type in new[] { "text/plain", "application/x-ndjson" })
        {
            // Pieces of 64 KiB end within about every second character.
            var text = $"{{\"text\":\"{string.Concat(Enumerable.Repeat("😀y", 100_000))}\"}}\n";
            var id = await hub.StartAsync(sequence);
            await hub.SendInputAsync(id, text, type);
            using var output = await hub.ReadAsync($"/instance/{id}/output");
            await output.EndAsync();

            // A space divides the text in other places, so that every character can be whole.
            Assert.Contains("😀y😀y", output.Text, StringComparison.Ordinal);
            Assert.True(hub.ThroughSpace || output.Text.Contains('\ufffd', StringComparison.Ordinal));
            await hub.KillAsync(id);
        }
    }

    [Theory]
    [EachHub]
    public async Task Objects_are_received_as_lines_of_JSON(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("double");
        await hub.SendInputAsync(id, "{\"n\":1,\"city\":\"Gdańsk\"}\n{\"n\":2.5}\n", "application/x-ndjson");
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        await output.EndAsync();
        Assert.Equal("{\"n\":2,\"city\":\"Gdańsk\"}\n{\"n\":5}\n", output.Text);
    }

    [Theory]
    [EachHub]
    public async Task Many_objects_are_received_completely_and_in_order(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("count", """{"args":[20000]}""");
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        await output.EndAsync();
        Assert.Equal(Enumerable.Range(1, 20000).Select(n => $"{{\"n\":{n}}}"), output.Lines);
    }

    [Theory]
    [EachHub]
    public async Task Bytes_are_received_as_they_are_or_as_text(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("echo");
        await hub.PostAsync($"/instance/{id}/input", "", "application/octet-stream", ("x-end-stream", "false"));
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await hub.SendAsync(HttpMethod.Post, $"/instance/{id}/input", s_allBytes, "application/octet-stream");
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        await output.EndAsync();
        Assert.Equal(hub.Facts.GivesBytesWhole ? Convert.ToHexStringLower(s_allBytes) : Spoiled(s_allBytes), Convert.ToHexStringLower(output.Body));
    }

    [Theory]
    [EachHub]
    public async Task The_first_input_needs_a_content_type_that_applies_to_all_input(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("echo");
        (await hub.PostAsync($"/instance/{id}/input", "x", contentType: null)).MustBe(hub.Facts.NoInputType);
        await hub.SendInputAsync(id, "a\n", "text/plain", stays: true);
        (string, string) open = ("x-end-stream", "false");
        Assert.Equal(202, (await hub.PostAsync($"/instance/{id}/input", "{\"a\": 1}\n", "application/x-ndjson", open)).Status);
        Assert.Equal(202, (await hub.PostAsync($"/instance/{id}/input", "c\n", contentType: null, open)).Status);
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        await output.UntilAsync(() => output.Lines.Count == 3, "The three lines");
        Assert.Equal("a\n{\"a\": 1}\nc\n", output.Text);
    }

    [Theory]
    [EachHub]
    public async Task Input_of_an_unsupported_type_is_lost(TestHub which)
    {
        await using var hub = await StartAsync(which);
        foreach (var type in new[] { "application/json", "text/plain; charset=utf-8" })
        {
            var id = await hub.RunAsync("echo");
            Assert.Equal(200, (await hub.PostAsync($"/instance/{id}/input", "{}\n", type)).Status);
            using var output = await hub.ReadAsync($"/instance/{id}/output");
            Assert.False(await output.WithinAsync(s_moment, () => output.Length > 0 || output.HasEnded), type);
            Assert.NotNull(await hub.InstanceAsync(id));
        }
    }

    [Theory]
    [EachHub]
    public async Task Input_ends_with_a_request_that_does_not_keep_it_open(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("echo");
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        Assert.Equal(202, (await hub.SendInputAsync(id, "a", stays: true)).Status);
        await output.UntilAsync(() => output.Text == "a", "The first text");
        Assert.False(output.HasEnded);
        Assert.Equal(200, (await hub.PostAsync($"/instance/{id}/input", "b", "text/plain")).Status);
        await output.EndAsync();
        Assert.Equal("ab", output.Text);

        var other = await hub.RunAsync("echo");
        Assert.Equal(200, (await hub.PostAsync($"/instance/{other}/input", "a", "text/plain", ("x-end-stream", "true"))).Status);
        using var ended = await hub.ReadAsync($"/instance/{other}/output");
        await ended.EndAsync();
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Input_after_the_end_gets_a_complete_response_only_through_a_space(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("echo");
        await hub.SendInputAsync(id, "a");
        await MustStayOpenAsync();
        await hub.KillAsync(id, removeImmediately: false);
        await hub.EndAsync(id);
        await MustStayOpenAsync();

        async Task MustStayOpenAsync()
        {
            using var input = await hub.OpenAsync();
            await input.SendAsync(input.Request("POST", $"/instance/{id}/input", ("Content-Type", "text/plain"), ("Content-Length", "1")), "b"u8.ToArray());
            await input.HeadAsync();
            Assert.Equal(200, input.Status);
            if (hub.ThroughSpace)
                await input.EndAsync();
            else
                Assert.False(await input.WithinAsync(s_moment, () => input.HasEnded || input.IsClosed));
        }
    }

    [Theory]
    [EachHub]
    public async Task The_response_to_input_begins_before_its_end(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("echo");
        using var input = await hub.OpenAsync();
        await input.SendAsync(
            input.Request("POST", $"/instance/{id}/input", ("Content-Type", "text/plain"), ("Expect", "100-continue"), ("Content-Length", "3")));
        await input.HeadAsync();
        Assert.Equal(200, input.Status);
        Assert.False(input.HasEnded);
        await input.SendAsync("abc"u8.ToArray());
        await input.EndAsync();
    }

    [Theory]
    [EachHub]
    public async Task The_headers_of_the_output_are_sent_at_once(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("wait");
        foreach (var stream in new[] { "output", "stdout", "stderr", "log" })
        {
            using var reader = await hub.ReadAsync($"/instance/{id}/{stream}");
            Assert.Contains("content-type: application/octet-stream", reader.Head!, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("transfer-encoding: chunked", reader.Head!, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [EachHub]
    public async Task Output_is_sent_before_its_line_ends_and_only_once(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("begin");
        using (var first = await hub.ReadAsync($"/instance/{id}/output"))
            await first.UntilAsync(() => first.Text == "0,", "The beginning of the line");
        using var second = await hub.ReadAsync($"/instance/{id}/output");
        Assert.False(await second.WithinAsync(s_moment, () => second.Length > 0 || second.HasEnded));
    }

    [Theory]
    [EachHub]
    public async Task Concurrent_readers_receive_the_same_data(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("ticks");
        using var one = await hub.ReadAsync($"/instance/{id}/output");
        using var other = await hub.ReadAsync($"/instance/{id}/output");
        await one.UntilAsync(() => one.Lines.Count > 3, "Some lines");
        await other.UntilAsync(() => other.Lines.Count > 3, "Some lines of the other");
        var last = other.Lines[^2];
        await one.UntilAsync(() => one.Lines.Contains(last), $"The line {last}");
    }

    [Theory]
    [EachHub]
    public async Task Data_that_was_sent_to_a_disconnected_reader_is_lost(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("count", """{"args":[50000]}""");
        int read;
        using (var first = await hub.ReadAsync($"/instance/{id}/output"))
        {
            await first.UntilAsync(() => first.Lines.Count > 1, "The first lines");
            read = (int)JObject.Parse(first.Lines[^2])["n"]!;
        }

        using var second = await hub.ReadAsync($"/instance/{id}/output");
        await second.EndAsync();
        var whole = second.Lines.Where(l => l.StartsWith('{')).Select(l => (int)JObject.Parse(l)["n"]!).ToArray();

        // All data may have been sent to the disconnected reader. The rest is in order, and nothing is sent twice.
        Assert.Equal(Enumerable.Range(50001 - whole.Length, whole.Length), whole);
        Assert.True(50001 - whole.Length > read + 1, $"Read to {read}, and then from {50001 - whole.Length}.");
    }

    [Theory]
    [EachHub]
    public async Task Output_ends_with_the_program_and_with_a_kill(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var counting = await hub.RunAsync("count", """{"args":[3]}""");
        using var counted = await hub.ReadAsync($"/instance/{counting}/output");
        await counted.EndAsync();
        Assert.Equal("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", counted.Text);

        var id = await hub.RunAsync("ticks");
        using var killed = await hub.ReadAsync($"/instance/{id}/output");
        await killed.UntilAsync(() => killed.Lines.Count > 1, "Some lines");
        await hub.KillAsync(id);
        await killed.EndAsync();
    }

    [Theory]
    [EachHub]
    public async Task The_return_value_of_a_function_is_written_as_text(TestHub which)
    {
        await using var hub = await StartAsync(which);
        using var nothing = await hub.ReadAsync($"/instance/{await hub.RunAsync("returns")}/output");
        await nothing.EndAsync();
        Assert.Equal("undefined", nothing.Text);
        using var empty = await hub.ReadAsync($"/instance/{await hub.RunAsync("end")}/output");
        await empty.EndAsync();
        Assert.Equal("", empty.Text);
    }

    [Theory]
    [EachHub]
    public async Task Standard_input_is_bytes_without_a_content_type(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("stdio");
        using var output = await hub.ReadAsync($"/instance/{id}/stdout");
        using var errors = await hub.ReadAsync($"/instance/{id}/stderr");
        (string, string) open = ("x-end-stream", "false");
        (await hub.PostAsync($"/instance/{id}/stdin", "typed\n", "text/plain", open)).MustBe(hub.Facts.StdinType);
        Assert.Equal(202, (await hub.PostAsync($"/instance/{id}/stdin", "typed\n", contentType: null, open)).Status);
        await output.UntilAsync(() => output.Text == "typed\n", "The first text");
        Assert.Equal(202, (await hub.PostAsync($"/instance/{id}/stdin", "again\n", "application/octet-stream", open)).Status);
        await output.UntilAsync(() => output.Text == "typed\nagain\n", "The second text");
        await errors.UntilAsync(() => errors.Lines.Count == 2, "The standard error");
        Assert.Equal("6 characters", errors.Lines[0]);
        Assert.Equal(200, (await hub.PostAsync($"/instance/{id}/stdin", "end", "application/octet-stream")).Status);
    }

    [Theory]
    [EachHub]
    public async Task Input_and_output_can_use_one_request_if_the_hub_supports_it(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("echo");
        using var both = await hub.OpenAsync();
        await both.SendAsync(both.Request("POST", $"/instance/{id}/inout", ("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")));
        if (!hub.Facts.HasInout)
        {
            await both.HeadAsync();
            Assert.Equal(404, both.Status);
            return;
        }

        // The response begins with the first output, and doesn't end.
        Assert.False(await both.WithinAsync(s_moment, () => both.Head is not null));
        await both.SendAsync(WireConnection.Chunk("one"u8.ToArray()));
        await both.UntilAsync(() => both.Text == "one", "The first answer");
        await both.SendAsync(WireConnection.Chunk("two"u8.ToArray()), WireConnection.Chunk([]));
        await both.UntilAsync(() => both.Text == "onetwo", "The second answer");
        Assert.False(await both.WithinAsync(s_moment, () => both.HasEnded || both.IsClosed));
    }

    [Theory]
    [EachHub]
    public async Task The_log_of_an_instance_can_be_read_again_or_only_once(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunEventsAsync();
        Task PingAsync(string text) => hub.PostAsync($"/instance/{id}/_event", $$"""[5001,{"eventName":"ping","message":"{{text}}"}]""");
        using (var first = await hub.ReadAsync($"/instance/{id}/log"))
        {
            await PingAsync("the first");
            await first.UntilAsync(
                () => first.Lines.Any(l => l.Contains("the first", StringComparison.Ordinal) && l.Contains("\"WARN\"", StringComparison.Ordinal)),
                "The program's entry");
            Assert.False(first.HasEnded);
        }

        // The hub needs some time to detect that the reader has disconnected.
        await Task.Delay(500, TestContext.Current.CancellationToken);
        using var second = await hub.ReadAsync($"/instance/{id}/log");
        await PingAsync("the second");
        bool Has() => second.Text.Contains("the second", StringComparison.Ordinal) && second.Text.Contains("\"WARN\"", StringComparison.Ordinal);
        if (hub.Facts.LogServesOneReaderOnly)
            Assert.False(await second.WithinAsync(3 * s_moment, Has));
        else
            await second.UntilAsync(Has, "The program's second entry");
    }

    [Theory]
    [EachHub]
    public async Task The_log_of_an_instance_ends_with_the_instance_or_never(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("wait");
        using var log = await hub.ReadAsync($"/instance/{id}/log");
        await hub.KillAsync(id);
        if (hub.Facts.LogEndsWithTheInstance)
        {
            await log.EndAsync();
            return;
        }

        await hub.EndAsync(id);
        Assert.False(await log.WithinAsync(3 * s_moment, () => log.HasEnded || log.IsClosed));
    }
}
