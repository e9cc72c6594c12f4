using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Xunit;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>The life and the end of an instance, as far as it doesn't take long.</summary>
public sealed class LifeContractTests(RealPlatform real) : HubContract(real)
{
    private static (string? Status, int? ExitCode, string? Reason) End(JObject? instance) =>
        ((string?)instance?["status"], (int?)instance?["terminated"]?["exitcode"], (string?)instance?["terminated"]?["reason"]);

    [Theory]
    [EachHub]
    public async Task An_unknown_instance_is_404(TestHub which)
    {
        await using var hub = await StartAsync(which);
        foreach (var route in new[] { "", "/health", "/output", "/log", "/event/x" })
        {
            var answer = await hub.GetAsync("/instance/no-such-id" + route);
            answer.MustBe(hub.Facts.UnknownInstance);
            Assert.Null(answer.ContentType);
        }

        foreach (var route in new[] { "/_kill", "/_stop", "/input", "/_event" })
            (await hub.PostAsync("/instance/no-such-id" + route, "{}")).MustBe(hub.Facts.UnknownInstance);
    }

    [Theory]
    [EachHub]
    public async Task An_unknown_route_of_an_instance_is_404_without_a_body(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("wait");
        (await hub.GetAsync($"/instance/{id}/nothing")).MustBe(404, "");
        (await hub.DeleteAsync($"/instance/{id}")).MustBe(404, "");
    }

    [Theory]
    [EachHub]
    public async Task A_running_instance_is_healthy(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var health = (await hub.GetAsync($"/instance/{await hub.RunAsync("wait")}/health")).Json;
        Assert.True((bool)health["healthy"]!);
        Assert.Equal(JTokenType.Integer, health["processId"]!.Type);
    }

    [Theory]
    [EachHub]
    public async Task The_response_to_a_kill_arrives_before_the_instance_has_ended(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("wait");
        var answer = await hub.KillAsync(id);
        Assert.Equal(202, answer.Status);
        if (hub.Facts.AnswersWithTheInstance)
        {
            Assert.Equal(("killing", null, null), End(answer.Json));
            Assert.Null(answer.Json["ended"]);
        }
        else
        {
            answer.MustBe(202, """{"opStatus":"Accepted"}""");
        }

        var ended = await hub.EndAsync(id);
        Assert.Equal(hub.Facts.RemembersTheEnded ? ("completed", 137, "Instance killed") : (null, null, null), End(ended));
        if (hub.Facts.RemembersTheEnded)
            Assert.Matches("^....-..-..T..:..:..[.]...Z$", (string?)ended!["ended"]);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_second_kill_leaves_no_time_to_end_by_itself(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("wait");
        await hub.KillAsync(id);
        var again = await hub.KillAsync(id);

        // The instance may have ended between the two. A hub that kills only running instances rejects the second one then.
        Assert.Equal(hub.Facts.KillsTheEnded ? 202 : 400, again.Status);
        var end = End(await hub.EndAsync(id));
        if (hub.Facts.KillsTheEnded && again.Json["terminated"] is null)
            Assert.Equal(("errored", 213, "Runner failed"), end);
    }

    [Theory]
    [EachHub]
    public async Task The_response_to_a_stop_arrives_after_its_time_limit(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("ping");
        var clock = Stopwatch.StartNew();
        var answer = await hub.StopAsync(id, 1000);
        Assert.True(clock.ElapsedMilliseconds >= 990, $"It was answered after {clock.ElapsedMilliseconds} ms.");
        Assert.Equal(hub.Facts.StopAnswer, answer.Status);
        if (hub.Facts.AnswersWithTheInstance)
            Assert.Equal(("stopping", null, null), End(answer.Json));
        else
            answer.MustBe(200, """{"opStatus":"OK"}""");
        Assert.Equal(hub.Facts.RemembersTheEnded ? ("completed", 138, "Instance stopped") : (null, null, null), End(await hub.EndAsync(id)));
    }

    [Theory]
    [EachHub]
    public async Task An_invalid_stop_or_kill_is_rejected(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("wait");
        (await hub.PostAsync($"/instance/{id}/_kill", "{}", contentType: null)).MustBe(hub.Facts.NoContentTypeInInstance);
        (await hub.PostAsync($"/instance/{id}/_stop", "{}", contentType: null)).MustBe(hub.Facts.NoContentTypeInInstance);
        if (!hub.Facts.AnswersWithTheInstance)
            return;
        (await hub.PostAsync($"/instance/{id}/_stop", """{"timeout":"x"}""")).MustBe(400, """{"error":"Invalid timeout format"}""");
        (await hub.PostAsync($"/instance/{id}/_stop", """{"canCallKeepalive":1}""")).MustBe(400, """{"error":"Invalid canCallKeepalive format"}""");
        (await hub.PostAsync($"/instance/{id}/_kill", """{"removeImmediately":1}""")).MustBe(400, """{"error":"Invalid removeImmediately format"}""");
        Assert.Equal("running", End(await hub.InstanceAsync(id)).Status);
    }

    [Theory]
    [EachHub]
    public async Task A_program_that_fails_at_once_has_failed(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var ended = await hub.EndAsync(await hub.RunAsync("throws"));
        Assert.Equal(hub.Facts.RemembersTheEnded ? ("errored", 23, "Sequence failed during execution") : (null, null, null), End(ended));
        Assert.Equal(hub.Facts.RemembersTheEnded, ended?["ended"] is not null);
    }

    [Theory]
    [EachHub]
    public async Task A_program_that_cannot_be_loaded_has_failed_without_an_end_time(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var ended = await hub.EndAsync(await hub.RunBrokenAsync());
        Assert.Equal(hub.Facts.RemembersTheEnded ? ("errored", 22, "Sequence failed on start") : (null, null, null), End(ended));
        Assert.Null(ended?["ended"]);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task An_ended_instance_still_responds(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunToEndAsync();
        Assert.True((bool)(await hub.GetAsync($"/instance/{id}/health")).Json["healthy"]!);
        (await hub.PostAsync($"/instance/{id}/_event", """[5001,{"eventName":"ping","message":"x"}]""")).MustBe(hub.Facts.EventAnswer);
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        await output.EndAsync();
        Assert.Contains((await hub.GetAsync("/instances")).List, i => (string?)i["id"] == id);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_kill_of_an_ended_instance_changes_its_status_to_killing(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunToEndAsync();
        var answer = await hub.KillAsync(id, removeImmediately: false);
        if (!hub.Facts.KillsTheEnded)
        {
            answer.MustBe(400, """{"error":"Instance not running"}""");
            Assert.Equal("completed", End(await hub.InstanceAsync(id)).Status);
            return;
        }

        Assert.Equal(202, answer.Status);
        foreach (var instance in new[] { answer.Json, (await hub.InstanceAsync(id))! })
        {
            Assert.Equal(("killing", 137, "Instance killed"), End(instance));
            Assert.NotNull(instance["ended"]);
        }
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_stop_of_an_ended_instance_changes_its_status_to_stopping(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunToEndAsync();
        var answer = await hub.StopAsync(id, 0);
        Assert.Equal(202, answer.Status);
        foreach (var instance in new[] { answer.Json, (await hub.InstanceAsync(id))! })
        {
            Assert.Equal(("stopping", 137, "Instance killed"), End(instance));
            Assert.NotNull(instance["ended"]);
        }
    }

    [Theory]
    [EachHub]
    public async Task A_sequence_with_an_instance_is_in_use(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("wait");
        var id = await hub.StartAsync(sequence);
        (await hub.DeleteAsync($"/sequence/{sequence}")).MustBe(hub.Facts.InUse);
        if (!hub.Facts.RemovesByForce)
            (await hub.DeleteAsync($"/sequence/{sequence}", headers: ("x-seq-kill-inst", "true"))).MustBe(hub.Facts.InUse);
        await hub.KillAsync(id);
        await hub.EndAsync(id);
        var removed = await hub.DeleteAsync($"/sequence/{sequence}");
        if (hub.Facts.RemembersTheEnded)
            removed.MustBe(hub.Facts.InUse);
        else
            Assert.Equal(200, removed.Status);
    }
}

/// <summary>The end of an instance, as far as it takes long.</summary>
public sealed class EndContractTests(RealPlatform real) : HubContract(real)
{
    /// <summary>The time for which an instance is listed that was killed with removeImmediately, in the hub's seconds.</summary>
    private const int Short = 15;

    /// <summary>The time for which other ended instances are listed.</summary>
    private const int Long = 15 + 180;

    private protected override bool ShortSecond => true;

    [Theory]
    [EachHub]
    public async Task A_stop_in_the_form_of_another_version_is_misread(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("wait");
        var clock = Stopwatch.StartNew();
        var answer = await hub.PostAsync($"/instance/{id}/_stop", hub.Facts.OtherStopForm);
        answer.MustBe(hub.Facts.OtherStopAnswer);

        // 1.0 finds no time in the request and uses its default of 7 s. A timer can be some milliseconds early.
        if (hub.Facts.StopAnswer == 202)
            Assert.True(clock.Elapsed > 6 * hub.Second, $"It was answered after {clock.ElapsedMilliseconds} ms.");
    }

    [Theory]
    [EachHub]
    public async Task A_program_that_has_completed_exits_after_ten_seconds(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("end");
        var clock = Stopwatch.StartNew();
        var ended = await hub.EndAsync(await hub.StartAsync(sequence));

        // 0.18 waits too, but a part of the time may have passed when the response to the start arrives.
        Assert.True(clock.Elapsed > (hub.Facts.RemembersTheEnded ? 9.9 : 8) * hub.Second, $"It had ended after {clock.ElapsedMilliseconds} ms.");
        if (!hub.Facts.RemembersTheEnded)
            return;
        Assert.Equal("""{"exitcode":-1,"reason":"Instance completed"}""", ended!["terminated"]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal("completed", (string?)ended["status"]);
        Assert.NotNull(ended["ended"]);
    }

    [Theory]
    [EachHub]
    public async Task The_output_of_a_program_that_fails_while_writing_is_kept(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.RunAsync("fail");
        using var output = await hub.ReadAsync($"/instance/{id}/output");
        using var log = await hub.ReadAsync($"/instance/{id}/log");
        using var errors = await hub.ReadAsync($"/instance/{id}/stderr");
        await hub.SendInputAsync(id, "1\n2\n3\n4\n", "application/x-ndjson");
        await output.EndAsync();
        Assert.Equal("1\n2\n", output.Text);
        await errors.UntilAsync(() => errors.Text == "The third item is one too many.\n", "The error's text");

        // 1.0 takes 10 s and then reports success. Only the log shows the failure. On a busy machine, the runner may fail too.
        var ended = await hub.EndAsync(id);
        if (hub.Facts.FailingStreamEndsAtOnce)
            return;
        var end = ((string?)ended!["status"], (int)ended["terminated"]!["exitcode"]!, (string?)ended["terminated"]!["reason"]);
        if (which != TestHub.Named || end.Item2 != 213)
            Assert.Equal(("completed", -1, "Instance completed"), end);
        await log.UntilAsync(
            () => log.Lines.Any(
                l => l.Contains("\"ERROR\"", StringComparison.Ordinal) && l.Contains("Error during output data stream", StringComparison.Ordinal)),
            "The error in the log");
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task An_ended_instance_is_listed_for_a_while(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var killed = await hub.RunAsync("wait");
        var removed = await hub.RunAsync("wait");
        var failed = await hub.RunBrokenAsync();
        var clock = Stopwatch.StartNew();
        await hub.KillAsync(killed, removeImmediately: false);
        await hub.KillAsync(removed, removeImmediately: true);
        string[] all = [killed, removed, failed];
        var gone = new Dictionary<string, TimeSpan>();
        await ContractHub.UntilAsync(
            async () =>
            {
                var listed = (await hub.GetAsync("/instances")).List.Select(i => (string)i["id"]!).ToHashSet();
                foreach (var id in all.Where(i => !listed.Contains(i) && !gone.ContainsKey(i)))
                {
                    gone[id] = clock.Elapsed;

                    // In the list from which it has disappeared, the instance that is listed longer still exists.
                    if (id != killed)
                        Assert.Contains(killed, listed);
                }

                return gone.Count == all.Length;
            },
            "the hub to forget what has ended");

        // The failed instance ended before the clock started.
        Assert.True(gone[removed] > Short * hub.Second && gone[killed] > Long * hub.Second, $"{gone[removed]} and {gone[killed]}");
        Assert.True(gone[failed] < gone[killed]);
        Assert.Equal(404, (await hub.GetAsync($"/instance/{killed}")).Status);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_sequence_is_in_use_until_fifteen_seconds_after_the_end_of_its_instance(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("wait");
        var id = await hub.StartAsync(sequence);
        var clock = Stopwatch.StartNew();
        await hub.KillAsync(id, removeImmediately: false);
        await ContractHub.UntilAsync(async () => (await hub.DeleteAsync($"/sequence/{sequence}")).Status == 200, "the sequence to be removed");
        Assert.True(clock.Elapsed > Short * hub.Second, $"It was removed after {clock.Elapsed}.");

        // The instance still exists, but its sequence doesn't.
        Assert.NotNull(await hub.InstanceAsync(id));
        Assert.Equal(404, (await hub.GetAsync($"/sequence/{sequence}")).Status);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_sequence_is_not_in_use_fifteen_seconds_after_the_end_of_one_of_its_instances(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("wait");
        var ended = await hub.StartAsync(sequence);
        var running = await hub.StartAsync(sequence);
        await hub.KillAsync(ended, removeImmediately: false);
        await ContractHub.UntilAsync(async () => (await hub.DeleteAsync($"/sequence/{sequence}")).Status == 200, "the sequence to be removed");
        Assert.Equal("running", (string?)(await hub.InstanceAsync(running))!["status"]);
        await hub.KillAsync(running);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task The_response_to_a_forced_removal_arrives_when_the_instances_are_no_longer_listed(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("wait");
        string[] instances = [await hub.StartAsync(sequence), await hub.StartAsync(sequence)];
        var clock = Stopwatch.StartNew();
        var answer = await hub.DeleteAsync($"/sequence/{sequence}", headers: ("x-seq-kill-inst", "true"));
        answer.MustBe(200, $"{{\"id\":\"{sequence}\"}}");
        Assert.True(clock.Elapsed > Short * hub.Second, $"It was answered after {clock.Elapsed}.");
        foreach (var id in instances)
            Assert.Null(await hub.InstanceAsync(id));
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_forced_removal_after_a_second_kill_waits_for_the_full_time(TestHub which)
    {
        await using var hub = await StartAsync(which);
        for (var tries = 1; ; tries++)
        {
            var sequence = await hub.UploadAsync("wait");
            var id = await hub.StartAsync(sequence);
            var clock = Stopwatch.StartNew();
            await hub.KillAsync(id, removeImmediately: false);
            await hub.EndAsync(id);
            var again = await hub.KillAsync(id, removeImmediately: false);
            Assert.Equal(200, (await hub.DeleteAsync($"/sequence/{sequence}", headers: ("x-seq-kill-inst", "true"))).Status);

            // If the second kill was rejected, the removal shortens the time.
            var full = (again.Status == 202 ? Long : Short) * hub.Second;

            // The hub no longer waits for the instance if a busy machine has sent the removal that late.
            var isLate = clock.Elapsed > Short * hub.Second && clock.Elapsed <= full;
            if (isLate && tries < 5)
                continue;
            Assert.True(clock.Elapsed > full, $"It was answered after {clock.Elapsed}.");
            return;
        }
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_kill_of_an_ended_instance_can_shorten_its_time_once(TestHub which)
    {
        await using var hub = await StartAsync(which);
        if (!hub.Facts.KillsTheEnded)
            Assert.Skip("This hub kills nothing that has ended.");
        var once = await hub.RunToEndAsync();
        var late = await hub.RunToEndAsync();
        await hub.KillAsync(once, removeImmediately: true);
        await hub.KillAsync(late, removeImmediately: false);
        await hub.KillAsync(late, removeImmediately: true);
        var listed = new HashSet<string>();
        await ContractHub.UntilAsync(
            async () => !(listed = (await hub.GetAsync("/instances")).List.Select(i => (string)i["id"]!).ToHashSet()).Contains(once),
            "the hub to forget the instance");
        Assert.Contains(late, listed);
    }
}
