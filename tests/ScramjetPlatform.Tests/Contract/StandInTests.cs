using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>The stand-in responds as the 1.0.1 release did when it was recorded.</summary>
public sealed class StandInTests
{
    private const string Recorded = "hub-1.0.1-release";
    private const string RecordedInstance = "7ec85901-fa4c-4bee-ad0f-1aaf64c3737a";

    /// <summary>The values that differ each time.</summary>
    private static readonly string[] s_changing = ["created", "started", "ended", "sequenceDir", "packageSize", "instancesServerPort", "port"];

    private static readonly HttpClient s_client = new();

    [Fact]
    public async Task The_stand_in_responds_as_the_recorded_release()
    {
        var hub = new FakeHub("sth-two");
        await using var server = hub.Serve();
        var ids = new Dictionary<string, string>();
        var recordings = RecordedHub.Read(Recorded).ToDictionary(r => r.Name);
        foreach (var sequence in JObject.Parse(recordings["entities"].Body)["sequences"]!)
            ids[(string)sequence["id"]!] = await UploadAsync(server, (string)sequence["config"]!["name"]!);

        // In the recorded order. Requests between the recordings are repeated.
        string[] start = ["version", "status", "config", "cpm", "sequence-start"];
        string[] running = ["instance", "instances", "entities", "sequence-delete-in-use", "instance-kill"];
        string[] killed = ["instance-after-kill", "sequence-delete-after-kill", "instance-kill-ended", "instance-after-second-kill", "instance-stop-ended"];
        string[] topics = ["topic-create", "topic-send-other-type"];
        Assert.Equal(recordings.Keys.Order(StringComparer.Ordinal), start.Concat(running).Concat(killed).Concat(topics).Order(StringComparer.Ordinal));
        foreach (var name in start)
            await CompareAsync(name);
        await ContractHub.UntilAsync(
            () => Task.FromResult(hub.Instances.Values.Single() is { } i && (string?)i["status"] == "running" && i["provides"] is not null),
            "the instance to run");
        foreach (var name in running)
            await CompareAsync(name);
        await ContractHub.UntilAsync(() => Task.FromResult(hub.Instances.Values.Single()["terminated"] is not null), "the instance to end");
        foreach (var name in killed.Concat(topics))
            await CompareAsync(name);

        async Task CompareAsync(string name)
        {
            var recording = recordings[name];
            using var request = new HttpRequestMessage(new HttpMethod(recording.Method), server.Origin + Here(recording.Target));
            if (recording.Method != "GET")
            {
                request.Content = new StringContent(
                    Here(recording.Request),
                    Encoding.UTF8,
                    name == "topic-send-other-type" ? "application/x-ndjson" : "application/json");
            }

            if (name == "topic-send-other-type")
                request.Content!.Headers.ContentType!.CharSet = null;
            using var answer = await s_client.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (name == "sequence-start")
                ids[RecordedInstance] = (string)JObject.Parse(text)["id"]!;
            Assert.Equal((name, recording.Head![0]), (name, $"HTTP/1.1 {(int)answer.StatusCode} {answer.ReasonPhrase}"));
            Assert.Equal(
                (name, recording.Head.Any(h => h.StartsWith("content-type", StringComparison.OrdinalIgnoreCase))),
                (name, answer.Content.Headers.ContentType is not null));
            Assert.Equal((name, Shape(Here(recording.Body))), (name, Shape(text)));
        }

        string Here(string text) => ids.Aggregate(text, (t, id) => t.Replace(id.Key, id.Value, StringComparison.Ordinal));
    }

    private static async Task<string> UploadAsync(FaultServer server, string sample)
    {
        using var content = new ByteArrayContent(TestPackage.Pack(Path.Combine(Engine.RepositoryRoot, "docs", "samples", sample)));
        content.Headers.ContentType = new("application/octet-stream");
        using var answer = await s_client.PostAsync(server.BaseUri + "/sequence", content);
        return (string)JObject.Parse(await answer.Content.ReadAsStringAsync())["id"]!;
    }

    /// <summary>Normalizes a response: the order of its keys, and the values that differ each time.</summary>
    private static string Shape(string answer)
    {
        if (answer.Length == 0)
            return "";
        var token = JToken.Parse(answer);
        foreach (var property in ((JContainer)token).DescendantsAndSelf().OfType<JProperty>().ToArray())
        {
            if (s_changing.Contains(property.Name) && property.Value is JValue)
                property.Value = "";
        }

        return Sorted(token).ToString(Formatting.Indented);
    }

    private static JToken Sorted(JToken token) => token switch
    {
        JObject value => new JObject(value.Properties().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new JProperty(p.Name, Sorted(p.Value)))),
        JArray list => new JArray(list.Select(Sorted)),
        _ => token,
    };
}
