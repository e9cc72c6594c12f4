using System;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Api;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using Scramjet.Testing;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>The client with the responses of real hubs of both versions.</summary>
public sealed class RecordedAnswersTests
{
    private const string New = "hub-1.0.1";
    private const string Old = "hub-0.18.7";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static HubClient Client(FaultServer server) =>
        new(new ScramjetTransport(new Uri(server.BaseUri), new TransportOptions { Timeout = TimeSpan.FromSeconds(10) }));

    private static (string Sequence, string Instance, string Ended) Ids(string version) => version == New
        ? ("29da78bb-9755-43fd-a394-5d87322be7b0", "7f99828d-2938-4a0a-9761-652cbabd9b57", "ca965a50-56c6-43b9-b040-a6ff3c81a10b")
        : ("eb75c84e-13bf-4480-8402-88ca7b2ea609", "ef562086-0bdc-47c6-b66d-ee4ff0f4a950", "fc04dee6-0f5d-4325-930a-f2eb8323863a");

    [Theory]
    [InlineData(New, "1.0.1", "@scramjet/host")]
    [InlineData(Old, "0.18.7", null)]
    public async Task Version_is_read(string version, string expected, string? service)
    {
        await using var server = RecordedHub.Start(version);
        var info = await Client(server).GetVersionAsync(Cancel);
        Assert.Equal(expected, info.Version);
        Assert.Equal(service, info.Service);
    }

    [Theory]
    [InlineData(New, "js")]
    [InlineData(Old, null)]
    public async Task Sequences_are_read(string version, string? language)
    {
        await using var server = RecordedHub.Start(version);
        var sequences = await Client(server).ListSequencesAsync(Cancel);
        Assert.Equal(2, sequences.Count);
        Assert.All(sequences, s => Assert.Equal(("@t/hello", "1.0.0", "index.js", language), (s.Name, s.Version, s.EntryPoint, s.Language)));
        Assert.Contains(sequences, s => s.Id == Ids(version).Sequence);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task An_instance_is_read_in_both_forms(string version)
    {
        await using var server = RecordedHub.Start(version, "instance");
        var instance = await Client(server).GetInstanceAsync(Ids(version).Instance, Cancel);
        Assert.Equal(Ids(version).Sequence, instance.SequenceId);
        Assert.Equal((InstanceStatus.Running, "Running"), (instance.GetStatus(), instance.Status));
        Assert.Equal(["Hi"], instance.ArgumentList);
        Assert.Equal(1L, instance.AppConfig!["a"]);
        Assert.NotNull(instance.Created);
        Assert.NotNull(instance.Started);
        Assert.Equal(TimeSpan.Zero, instance.Started.Value.Offset);
        Assert.False(instance.HasEnded);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Listed_instances_are_complete(string version)
    {
        await using var server = RecordedHub.Start(version, "instances", "instance");
        var instance = Assert.Single(await Client(server).ListInstancesAsync(Cancel));
        Assert.Equal(Ids(version).Instance, instance.Id);
        Assert.Equal("@t/hello", instance.SequenceName);
        Assert.Equal((InstanceStatus.Running, "Running"), (instance.GetStatus(), instance.Status));
        Assert.NotNull(instance.Started);
    }

    [Fact]
    public async Task Ended_instances_report_how_they_ended()
    {
        await using var server = RecordedHub.Start(New, "instance-after-kill", "instance-after-stop");
        var killed = await Client(server).GetInstanceAsync(Ids(New).Ended, Cancel);
        Assert.Equal(("Completed", 137, "Instance killed"), (killed.Status, killed.ExitCode, killed.ExitReason));
        Assert.True(killed.HasEnded);
        Assert.NotNull(killed.Ended);
    }

    [Fact]
    public async Task Entities_need_one_request_if_the_hub_supports_it()
    {
        await using var server = RecordedHub.Start(New);
        var entities = await Client(server).ListEntitiesAsync(Cancel);
        Assert.Equal(2, entities.Sequences.Count);
        Assert.Single(entities.Instances);
        Assert.DoesNotContain(server.Requests, r => r.Target is "/api/v1/sequences" or "/api/v1/instances");
    }

    [Fact]
    public async Task Entities_of_an_old_hub_come_from_both_lists()
    {
        await using var server = RecordedHub.Start(Old, "instances", "instance");
        var entities = await Client(server).ListEntitiesAsync(Cancel);
        Assert.Equal(2, entities.Sequences.Count);
        Assert.Single(entities.Instances);
        Assert.DoesNotContain(server.Requests, r => r.Target == "/api/v1/entities");
    }

    [Theory]
    [InlineData(New, "{\"timeout\":1000,\"canCallKeepalive\":false}")]
    [InlineData(Old, "[4001,{\"timeout\":1000,\"canCallKeepalive\":false}]")]
    public async Task A_stop_has_the_form_that_the_version_requires(string version, string expected)
    {
        await using var server = RecordedHub.Start(version, version == Old ? "instance-stop-message-form" : "instance-stop");
        await Client(server).GetInstanceClient(Ids(version).Instance).StopAsync(TimeSpan.FromSeconds(1), cancellationToken: Cancel);
        var stop = server.Requests.Single(r => r.Method == "POST");
        Assert.Equal(expected, Encoding.UTF8.GetString(await stop.ReadBodyAsync()));
    }

    [Fact]
    public async Task The_version_is_requested_once()
    {
        await using var server = RecordedHub.Start(New);
        var client = Client(server);
        await client.GetInstanceClient(Ids(New).Instance).StopAsync(TimeSpan.Zero, cancellationToken: Cancel);
        await client.GetInstanceClient(Ids(New).Instance).StopAsync(TimeSpan.Zero, cancellationToken: Cancel);
        Assert.Single(server.Requests, r => r.Target == "/api/v1/version");
    }

    [Theory]
    [InlineData(New, "Instance no-such-id not found")]
    [InlineData(Old, "Not Found")]
    public async Task An_unknown_instance_is_not_found(string version, string words)
    {
        await using var server = RecordedHub.Start(version);
        var error = await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).GetInstanceAsync("no-such-id", Cancel));
        Assert.Equal((ErrorCodes.NotFound, HttpStatusCode.NotFound, "GET", words), (error.Code, error.StatusCode, error.Method, error.ServerMessage));
        Assert.Null(await Client(server).GetInstanceClient("no-such-id").GetInfoOrNullAsync(Cancel));
    }

    [Theory]
    [InlineData(New, "Can't remove- Sequence in use")]
    [InlineData(Old, "Can't remove sequence in use.")]
    public async Task A_sequence_in_use_is_not_removed(string version, string words)
    {
        await using var server = RecordedHub.Start(version, "sequence-delete-in-use");
        var error = await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).DeleteSequenceAsync(Ids(version).Sequence, cancellationToken: Cancel));
        Assert.Equal((ErrorCodes.RequestError, HttpStatusCode.Conflict, words), (error.Code, error.StatusCode, error.ServerMessage));
        Assert.Equal("application/json", server.Requests.Single().Headers["Content-Type"]);
    }

    [Fact]
    public async Task A_route_that_never_responds_has_a_time_limit()
    {
        await using var server = RecordedHub.Start(New, "sequence-delete-force");
        var client = ApiClient.With(Client(server), new RequestOptions { Timeout = TimeSpan.FromMilliseconds(300) });
        var error = await Assert.ThrowsAsync<ScramjetApiException>(() => client.DeleteSequenceAsync(Ids(New).Sequence, cancellationToken: Cancel));
        Assert.Equal(ErrorCodes.Timeout, error.Code);
    }

    [Theory]
    [InlineData(New, "sequence-send-bad-package", "PRERUNNER_ERROR: Invalid pkg tar.gz archive")]
    [InlineData(Old, "sequence-send-bad-package", "PRERUNNER_ERROR: Invalid pkg tar.gz archive")]
    [InlineData(New, "sequence-send-no-main", "<SequencePackageJSON> decoder failed at key \"main\" with error: undefined is not a valid string")]
    public async Task A_rejected_package_is_an_error_with_the_reason(string version, string recording, string words)
    {
        await using var server = RecordedHub.Start(version, recording);
        var package = new PackageSource(() => new System.IO.MemoryStream([1, 2, 3]), 3);
        var error = await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).UploadSequenceAsync(package, cancellationToken: Cancel));
        Assert.Equal((ErrorCodes.UnprocessableEntity, words), (error.Code, error.ServerMessage));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task A_package_is_uploaded_and_started(string version)
    {
        await using var server = RecordedHub.Start(version, "sequence-send", "sequence-start");
        var sent = 0L;
        var sequence = await Client(server)
            .UploadSequenceAsync(new PackageSource(() => new System.IO.MemoryStream(new byte[1000]), 1000), new Reporter(n => sent = n), Cancel);
        Assert.Equal(Ids(version).Sequence, sequence.SequenceId);
        Assert.Equal(1000, sent);
        Assert.Equal("application/octet-stream", server.Requests.First().Headers["Content-Type"]);

        var instance = await sequence.StartAsync(new StartOptions { AppConfig = new() { ["a"] = 1 }, ArgumentList = ["Hi"] }, Cancel);
        Assert.Equal(Ids(version).Instance, instance.InstanceId);
        Assert.Equal("{\"appConfig\":{\"a\":1},\"args\":[\"Hi\"]}", Encoding.UTF8.GetString(await server.Requests.Last().ReadBodyAsync()));
    }

    [Fact]
    public async Task A_reason_in_the_status_line_is_shown()
    {
        await using var server = RecordedHub.Start(New, "sequence-start-bad-json");
        var error = await Assert.ThrowsAsync<ScramjetApiException>(
            () => Client(server).GetSequenceClient(Ids(New).Sequence).StartAsync(cancellationToken: Cancel));
        Assert.Equal((ErrorCodes.BadParameters, "Could not parse content"), (error.Code, error.ServerMessage));
    }

    [Fact]
    public async Task Routes_that_an_old_hub_does_not_have_are_not_supported()
    {
        await using var server = RecordedHub.Start(Old);
        var client = Client(server);
        foreach (var call in new Func<Task>[]
        {
            () => client.GetConfigAsync(Cancel),
            () => client.GetStatusAsync(Cancel),
            () => client.GetSpaceClientAsync(Cancel),
            () => client.CreateTopicAsync("cities", "text/plain", Cancel),
            () => client.DeleteTopicAsync("cities", Cancel),
            () => client.UpdateSequenceAsync("x", new PackageSource(() => new System.IO.MemoryStream(), 0), cancellationToken: Cancel),
            () => client.GetSequenceClient("x").StartAsync(new StartOptions { OutputTopic = "cities" }, Cancel),
        })
        {
            var error = await Assert.ThrowsAsync<ScramjetException>(call);
            Assert.Equal(ErrorCodes.NotSupported, error.Code);
            Assert.Contains("0.18.7", error.Message);
        }

        Assert.Equal(["/api/v1/version"], server.Requests.Select(r => r.Target));
    }

    [Theory]
    [InlineData(New, 0.05768361450114447, 5.768361450114447, null)]
    [InlineData(Old, 15.75, 15.75, 18.85409826279028)]
    public async Task Load_and_health_are_read(string version, double use, double percent, double? cpu)
    {
        await using var server = RecordedHub.Start(version, "instance");
        var load = await Client(server).GetLoadAsync(Cancel);
        Assert.True(load.MemoryFree > 0);
        var disk = Assert.Single(load.GetFileSystems());
        Assert.Equal((use, percent, percent), (disk.Use, disk.UsedPercent, load.DiskPercent));
        Assert.Equal(cpu, load.CpuPercent);
        var health = await Client(server).GetInstanceClient(Ids(version).Instance).GetHealthAsync(Cancel);
        Assert.True(health.Healthy);
        Assert.True(health.ProcessId > 0);
    }

    [Fact]
    public async Task A_standalone_hub_knows_its_id()
    {
        await using var recent = RecordedHub.Start(New);
        var hub = await Client(recent).GetInfoAsync(Cancel);
        Assert.Equal(("sth-new", "1.0.1", "", "Running"), (hub.Id, hub.Version, hub.Description, hub.Status));
        Assert.Equal((null, null, null, null), (hub.Healthy, hub.Connected, hub.SelfHosted, hub.Space));

        await using var old = RecordedHub.Start(Old);
        hub = await Client(old).GetInfoAsync(Cancel);
        Assert.Equal((new Uri(old.Origin).Authority, "0.18.7", null, "Running"), (hub.Id, hub.Version, hub.Description, hub.Status));
        Assert.DoesNotContain(old.Requests, r => r.Target is "/api/v1/config" or "/api/v1/status");
    }

    [Fact]
    public async Task Topics_are_read_and_created()
    {
        await using var server = RecordedHub.Start(New, "topics", "topic-create");
        Assert.Equal(("cities", "application/x-ndjson"), (await Client(server).ListTopicsAsync(Cancel)).Select(t => (t.Name, t.ContentType)).Single());
        Assert.Equal("flowing", (await Client(server).CreateTopicAsync("cities", "application/x-ndjson", Cancel)).State);
        await Client(server).DeleteTopicAsync("cities", Cancel);
    }

    [Fact]
    public async Task A_hubs_space_is_reached_through_the_hub()
    {
        await using var alone = RecordedHub.Start(New);
        Assert.Equal(ErrorCodes.HubDisconnected, (await Assert.ThrowsAsync<ScramjetException>(() => Client(alone).GetSpaceClientAsync(Cancel))).Code);

        await using var connected = new FaultServer(exchange => exchange.Target switch
        {
            "/api/v1/version" => exchange.AnswerAsync(200, """{"version":"1.0.1"}"""),
            "/api/v1/status" => exchange.AnswerAsync(200, """{"cpm":{"connected":true,"cpmId":"org-1-manager"}}"""),
            "/api/v1/cpm/api/v1/list" => exchange.AnswerAsync(200, """[{"id":"sth-1"}]"""),
            _ => exchange.AnswerAsync(404, ""),
        });
        var space = await Client(connected).GetSpaceClientAsync(Cancel);
        var hub = Assert.Single(await space.ListHubsAsync(Cancel));
        Assert.Equal(("sth-1", "org-1-manager"), (hub.Id, hub.Space));
        Assert.EndsWith("/api/v1/cpm/api/v1/sth/sth-1/api/v1", hub.Client.ToString());
    }

    private sealed class Reporter(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
