using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Xunit;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>Information about a hub, and its lists, sequences, log and audit.</summary>
public sealed class HubContractTests(RealPlatform real) : HubContract(real)
{
    private static string[] Keys(JToken token) => [.. ((JObject)token).Properties().Select(p => p.Name).Order(StringComparer.Ordinal)];

    [Theory]
    [EachHub]
    public async Task A_hub_reports_its_version(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var answer = await hub.GetAsync("/version");
        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(hub.Facts.VersionKeys, Keys(answer.Json));
        Assert.StartsWith(hub.Facts.Name[..3], (string)answer.Json["version"]!, StringComparison.Ordinal);
    }

    [Theory]
    [EachHub]
    public async Task A_hub_reports_its_status_and_configuration(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var status = await hub.GetAsync("/status");
        var configuration = await hub.GetAsync("/config");
        if (!hub.Facts.HasAdministration)
        {
            status.MustBe(404, "");
            configuration.MustBe(404, "");
            return;
        }

        Assert.IsType<JObject>(status.Json["cpm"]);
        Assert.NotEqual("", (string?)configuration.Json["host"]!["id"]);
        Assert.IsType<JArray>(configuration.Json["tags"]);
        Assert.Equal(JTokenType.String, configuration.Json["description"]!.Type);
        Assert.Equal(180000, (int)configuration.Json["timings"]!["instanceLifetimeExtensionDelay"]!);
    }

    [Theory]
    [EachHub]
    public async Task A_hub_reports_its_load(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var load = (await hub.GetAsync("/load-check")).Json;
        Assert.Equal(["avgLoad", "currentLoad", "fsSize", "memFree", "memUsed"], Keys(load));
        Assert.All((JArray)load["fsSize"]!, disk =>
        {
            var part = (double)disk["used"]! / (double)disk["size"]!;
            Assert.Empty(new[] { "fs", "size", "used", "available", "use" }.Except(Keys(disk)));

            // 0.18 reports the usage of the space that is available to users.
            Assert.InRange((double)disk["use"]!, hub.Facts.LoadIsInPercent ? 100 * part : part - 0.001, hub.Facts.LoadIsInPercent ? 100 : part + 0.001);
        });
    }

    [Theory]
    [EachHub]
    public async Task An_unknown_route_is_404_without_a_body(TestHub which)
    {
        await using var hub = await StartAsync(which);
        (await hub.GetAsync("/no-such-route")).MustBe(404, "");
        (await hub.SendAsync(HttpMethod.Put, "/sequences", [], null)).MustBe(404, "");
    }

    [Theory]
    [EachHub]
    public async Task A_standalone_hub_has_no_space(TestHub which)
    {
        await using var hub = await StartAsync(which);
        if (await hub.IsInSpaceAsync())
            Assert.Skip("This hub is in a space.");
        (await hub.GetAsync("/cpm/api/v1/version")).MustBe(404, "");
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Only_the_development_version_forwards_requests_to_its_space(TestHub which)
    {
        await using var hub = await StartAsync(which, standIn => standIn.Space = "space-1");
        if (!await hub.IsInSpaceAsync())
            Assert.Skip("This hub is in no space.");
        Assert.True((bool)(await hub.GetAsync("/status")).Json["cpm"]!["connected"]!);
        var answer = await hub.ReceiveAllAsync("/cpm/api/v1/version");

        // The release closes the connection, possibly after a response without its head. A space reports that as an error.
        Assert.Equal(hub.Facts.ReachesItsSpace, answer.StartsWith(hub.ThroughSpace ? "HTTP/1.1 200" : "HTTP/1.1 ", StringComparison.Ordinal));
    }

    [Theory]
    [EachHub]
    public async Task An_uploaded_sequence_is_listed(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.UploadAsync("wait");
        var listed = (await hub.GetAsync("/sequences")).List.Single(s => (string?)s["id"] == id);
        var one = (await hub.GetAsync($"/sequence/{id}")).Json;
        one.Remove("opStatus");
        Assert.Equal(hub.Facts.SequenceKeys, Keys(listed));
        Assert.Equal(listed, one, JToken.EqualityComparer);
        Assert.Equal(
            ("1.2.3", "wait.js", id, "process"),
            (
                (string?)listed["config"]!["version"],
                (string?)listed["config"]!["entrypointPath"],
                (string?)listed["config"]!["id"],
                (string?)listed["config"]!["type"]));
        Assert.Equal(">=16", (string?)listed["config"]!["engines"]!["node"]);
        Assert.Empty((JArray)listed["instances"]!);
        (await hub.GetAsync($"/sequence/{id}/instances")).MustBe(200, "[]");
    }

    [Theory]
    [EachHub]
    public async Task A_file_that_is_not_a_package_is_rejected(TestHub which)
    {
        await using var hub = await StartAsync(which);
        (await hub.SendAsync(HttpMethod.Post, "/sequence", Encoding.UTF8.GetBytes("nonsense"), "application/octet-stream"))
            .MustBe(422, """{"error":{"code":"PRERUNNER_ERROR","data":"Invalid pkg tar.gz archive"}}""");
        var other = await hub.SendAsync(HttpMethod.Post, "/sequence", hub.Package("wait"), "text/plain");
        other.MustBe(hub.Facts.NotAPackageType);
        using var sequence = new TestSequence();
        sequence.Write("package.json", """{ "name": "nothing", "version": "1.0.0", "engines": { "node": ">=16" } }""");
        var noMain = await hub.SendAsync(HttpMethod.Post, "/sequence", TestPackage.Pack(sequence.Folder), "application/octet-stream");
        Assert.Equal(422, noMain.Status);
        Assert.Contains("main", noMain.Text, StringComparison.Ordinal);
    }

    [Theory]
    [EachHub]
    public async Task An_unknown_sequence_is_404(TestHub which)
    {
        await using var hub = await StartAsync(which);
        (await hub.GetAsync("/sequence/no-such-id")).MustBe(hub.Facts.UnknownSequence);
        (await hub.GetAsync("/sequence/no-such-id/instances")).MustBe(hub.Facts.UnknownSequenceInstances);
        (await hub.PostAsync("/sequence/no-such-id/start", "{}")).MustBe(hub.Facts.UnknownSequenceStart);
        (await hub.DeleteAsync("/sequence/no-such-id")).MustBe(hub.Facts.UnknownSequenceDelete);
        (await hub.SendAsync(HttpMethod.Put, "/sequence/no-such-id", hub.Package("wait"), "application/octet-stream"))
            .MustBe(404, hub.Facts.HasAdministration ? """{"error":"Sequence with id: no-such-id not found"}""" : "");
    }

    [Theory]
    [EachHub]
    public async Task Removing_a_sequence_requires_a_content_type(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.UploadAsync("wait");
        (await hub.DeleteAsync($"/sequence/{id}", contentType: null)).MustBe(hub.Facts.NoContentType);
        var removed = await hub.DeleteAsync($"/sequence/{id}");
        Assert.Equal((200, id), (removed.Status, (string?)removed.Json["id"]));
        Assert.Equal(404, (await hub.GetAsync($"/sequence/{id}")).Status);
        Assert.DoesNotContain((await hub.GetAsync("/sequences")).List, s => (string?)s["id"] == id);
    }

    [Theory]
    [EachHub]
    public async Task Updating_a_sequence_keeps_its_id(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.UploadAsync("wait");
        var updated = await hub.SendAsync(HttpMethod.Put, $"/sequence/{id}", hub.Package("end"), "application/octet-stream");
        if (!hub.Facts.HasAdministration)
        {
            updated.MustBe(404, "");
            return;
        }

        Assert.Equal((200, id), (updated.Status, (string?)updated.Json["id"]));
        Assert.Equal("end.js", (string?)(await hub.GetAsync($"/sequence/{id}")).Json["config"]!["entrypointPath"]);
        await hub.StartAsync(id);
        (await hub.SendAsync(HttpMethod.Put, $"/sequence/{id}", hub.Package("wait"), "application/octet-stream"))
            .MustBe(409, """{"error":"Can't update sequence with instances"}""");
    }

    [Theory]
    [EachHub]
    public async Task A_start_accepts_JSON_or_no_body(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.UploadAsync("wait");
        (await hub.PostAsync($"/sequence/{id}/start", "{nope")).MustBe(new(400, "", "Could not parse content"));
        (await hub.PostAsync($"/sequence/{id}/start", "{}", "text/plain")).MustBe(hub.Facts.NotJson);
        (await hub.PostAsync($"/sequence/{id}/start", "{}", contentType: null)).MustBe(hub.Facts.NoContentType);
        Assert.Equal(200, (await hub.PostAsync($"/sequence/{id}/start", "")).Status);
        Assert.Equal(200, (await hub.PostAsync($"/sequence/{id}/start", "{}", "application/json; charset=utf-8")).Status);
        Assert.Equal(2, (await hub.GetAsync($"/sequence/{id}/instances")).List.Count);
    }

    [Theory]
    [EachHub]
    public async Task A_sequence_starts_by_its_id_and_not_by_its_name(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var id = await hub.UploadAsync("wait");
        var name = (string)(await hub.GetAsync($"/sequence/{id}")).Json["config"]!["name"]!;
        (await hub.PostAsync($"/sequence/{name}/start", "{}")).MustBe(hub.Facts.UnknownSequenceStart);
    }

    [Theory]
    [EachHub]
    public async Task An_instance_receives_its_configuration_and_arguments(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var told = await hub.RunAsync(
            "told",
            """{"appConfig":{"city":"Gdańsk","n":[1,{"deep":null}],"date":"2024-01-01T00:00:00+05:30"},"args":["x",2,{"b":null}]}""");
        using var output = await hub.ReadAsync($"/instance/{told}/output");
        await output.EndAsync();
        Assert.Equal(
            """{"config":{"city":"Gdańsk","n":[1,{"deep":null}],"date":"2024-01-01T00:00:00+05:30"},"args":["x",2,{"b":null}]}""" + "\n",
            output.Text);
    }

    [Theory]
    [EachHub]
    public async Task The_lists_contain_running_instances(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("wait");
        var id = await hub.StartAsync(sequence, """{"appConfig":{"a":1},"args":["x",2,{"b":null}],"limits":{"memory":200}}""");
        var one = (await hub.InstanceAsync(id))!;
        var listed = (JObject)(await hub.GetAsync("/instances")).List.Single(i => (string?)i["id"] == id);

        // A function that hasn't returned has an empty "requires", and one that has returned its output has an empty "provides".
        string[] topics = ["provides", "requires"];
        Assert.Equal(hub.Facts.InstanceKeys, Keys(one).Except(topics));
        Assert.Equal(hub.Facts.ListedInstanceKeys, Keys(listed).Except(topics));
        Assert.Equal("""["x",2,{"b":null}]""", (one["args"] ?? one["sequenceArgs"])!.ToString(Newtonsoft.Json.Formatting.None));
        if (hub.Facts.HasAdministration)
        {
            Assert.Equal("running", (string?)one["status"]);
            Assert.Equal(["config", "id", "location"], Keys(one["sequence"]!));
            Assert.Equal(sequence, (string?)one["sequence"]!["id"]);
            Assert.Matches("^....-..-..T..:..:..[.]...Z$", (string?)one["started"]);
        }
        else
        {
            Assert.Equal(sequence, (string?)one["sequence"]);
        }

        (await hub.GetAsync($"/sequence/{sequence}/instances")).MustBe(200, $"[\"{id}\"]");
        Assert.Equal([id], (await hub.GetAsync($"/sequence/{sequence}")).Json["instances"]!.Select(i => (string?)i));
        var entities = await hub.GetAsync("/entities");
        if (!hub.Facts.HasAdministration)
        {
            entities.MustBe(404, "");
            return;
        }

        Assert.Equal(["instances", "sequences"], Keys(entities.Json));
        Assert.Contains(entities.Json["instances"]!, i => (string?)i["id"] == id);
        Assert.Contains(entities.Json["sequences"]!, s => (string?)s["id"] == sequence);
    }

    [Theory]
    [EachHub]
    public async Task A_start_accepts_an_instance_id(TestHub which)
    {
        await using var hub = await StartAsync(which);
        var sequence = await hub.UploadAsync("wait");
        var id = Guid.NewGuid().ToString();
        var started = await hub.StartAsync(sequence, $$"""{"instanceId":"{{id}}"}""");
        Assert.Equal(hub.Facts.TakesInstanceIds, id == started);
        var again = await hub.PostAsync($"/sequence/{sequence}/start", $$"""{"instanceId":"{{started}}"}""");
        var odd = await hub.PostAsync($"/sequence/{sequence}/start", """{"instanceId":"short"}""");
        if (hub.Facts.TakesInstanceIds)
        {
            again.MustBe(409, """{"error":"Instance with a given ID already exists"}""");
            odd.MustBe(new(500, "", "Internal Server Error"));
        }
        else
        {
            Assert.NotEqual(started, (string?)again.Json["id"]);
            Assert.Equal(200, odd.Status);
        }
    }

    [Theory]
    [EachHub]
    public async Task The_log_begins_with_past_entries_and_continues(TestHub which)
    {
        await using var hub = await StartAsync(which);
        using var log = await hub.ReadAsync("/log");
        await log.UntilAsync(() => log.Lines.Count > 0 && log.Text.EndsWith('\n'), "The log's past");
        var entry = JObject.Parse(log.Lines[0]);
        Assert.Empty(new[] { "from", "level", "msg", "ts" }.Except(Keys(entry)));
        var id = await hub.RunAsync("wait");
        await log.SeesAsync(id);
        Assert.False(log.HasEnded);
    }

    [Theory]
    [EachHub]
    public async Task The_audit_has_each_request(TestHub which)
    {
        await using var hub = await StartAsync(which);
        if (!hub.Facts.HasAdministration)
        {
            (await hub.GetAsync("/audit")).MustBe(404, "");
            return;
        }

        using var audit = await hub.ReadAsync("/audit");
        var sequence = await hub.UploadAsync("wait");
        var id = await hub.StartAsync(sequence);
        await hub.GetAsync($"/instance/{id}/health");
        await hub.KillAsync(id);
        var entries = new List<JObject>();
        bool Has(int code, string state, string about)
        {
            entries.AddRange(
                audit.TakeLines().Where(l => l.Contains(sequence, StringComparison.Ordinal) || l.Contains(id, StringComparison.Ordinal)).Select(JObject.Parse));
            return entries.Any(e => (int)e["opCode"]! == code && (string?)e["opState"] == state && (string?)e["objectId"] == about);
        }

        foreach (var (code, about) in new[] { (10117, sequence), (11208, id), (11115, id) })
        {
            await audit.UntilAsync(() => Has(code, "START", about), $"The start of {code}");
            await audit.UntilAsync(() => Has(code, "END", about), $"The end of {code}");
        }

        var entry = entries.First(e => (int)e["opCode"]! == 11208);
        string[] counts = hub.ThroughSpace ? [] : ["rx", "tx"];
        Assert.Equal(["objectId", "opCode", "opState", "receivedAt", "requestId", "requestorId", .. counts], Keys(entry));
        Assert.False(audit.HasEnded);
    }
}
