using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Instances and sequences that are named by their full ids, which are requested directly rather than looked up in lists.</summary>
public sealed class FullIdTests(RealPlatform real)
{
    private const string Api = "/api/v1";

    private static string[] Since(FaultServer server, int count) => [.. server.Requests.Skip(count).Select(r => $"{r.Method} {r.Target[Api.Length..]}")];

    [Theory]
    [EachHub]
    public async Task A_full_id_gives_the_same_object_as_the_list(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        session.Get($"$s = Publish-ScramjetSequence '{hub.Sequence("wait").Folder}'; $i = $s | Start-ScramjetSequence -ArgumentList a, 1 -Wait");
        foreach (var noun in new[] { "Instance", "Sequence" })
        {
            var id = noun == "Instance" ? "$i.Id" : "$s.Id";
            string Json(string command) => (string)session.Single($"{command} | Select-Object * | ConvertTo-Json -Depth 5").BaseObject;
            Assert.Equal(Json($"Get-Scramjet{noun} | Where-Object Id -eq {id}"), Json($"Get-Scramjet{noun} {id}"));
            Assert.Equal(Json($"Get-Scramjet{noun} {id}"), Json($"Get-Scramjet{noun} {id}.ToUpper()"));
            foreach (var method in noun == "Instance" ? ["GetSequenceConfig", "GetAdditionalData"] : new[] { "GetConfig", "GetAdditionalData" })
                Assert.Equal(Json($"(Get-Scramjet{noun} | Where-Object Id -eq {id}).{method}()"), Json($"(Get-Scramjet{noun} {id}).{method}()"));
        }

        Assert.Equal(session.Single("$s.Name").BaseObject, session.Single("Get-ScramjetInstance $i.Id").Properties["SequenceName"].Value);
        Assert.Equal(session.Single("$i.Id").BaseObject, session.Single("Stop-ScramjetInstance $i.Id -Force -Wait -PassThru").Properties["Id"].Value);
        Assert.StartsWith("NOT_FOUND,", session.Error($"Get-ScramjetInstance {Guid.NewGuid()}").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task A_full_id_on_a_standalone_hub_is_one_request()
    {
        var hub = new FakeHub("sth-1");
        var sequence = hub.AddSequence("hello");
        var instance = hub.AddInstance(sequence);
        await using var server = hub.Serve();
        using var session = server.Connect();
        foreach (var (command, request) in new[]
        {
            ($"Get-ScramjetInstance {instance}", $"GET /instance/{instance}"),
            ($"Get-ScramjetInstance {instance} -Hub sth-1", $"GET /instance/{instance}"),
            ($"Get-ScramjetSequence {sequence}", $"GET /sequence/{sequence}"),
        })
        {
            var before = server.Requests.Count;
            Assert.Equal("sth-1", session.Single(command).Properties["Hub"].Value);
            Assert.Equal([request], Since(server, before));
        }

        session.Get("$h = Get-ScramjetHub");
        var then = server.Requests.Count;
        session.Single($"Get-ScramjetInstance {instance} -Hub $h");
        Assert.Equal([$"GET /instance/{instance}"], Since(server, then));
    }

    [Fact]
    public async Task A_name_in_the_form_of_an_id_is_found()
    {
        var (name, hub) = (Guid.NewGuid().ToString(), new FakeHub("sth-1"));
        var sequence = hub.AddSequence(name);
        var instance = hub.AddInstance(sequence);
        await using var server = hub.Serve();
        using var session = server.Connect();
        Assert.Equal(sequence, session.Single($"Get-ScramjetSequence {name}").Properties["Id"].Value);
        Assert.Equal(instance, session.Single($"Get-ScramjetInstance {name}").Properties["Id"].Value);
        Assert.Equal([instance, instance], session.Get($"Get-ScramjetInstance {name}, {instance} | ForEach-Object Id").Select(i => i.BaseObject));
        Assert.Equal(instance, session.Single($"Stop-ScramjetInstance {name} -Force -PassThru").Properties["Id"].Value);
    }

    [Fact]
    public async Task An_id_that_several_hubs_have_means_each_of_them()
    {
        await using var platform = FakePlatform.Of(3);
        var id = Guid.NewGuid().ToString();
        foreach (var hub in platform.Hubs.Skip(1))
            hub.AddInstance(hub.Sequences.Keys.Single(), id: id);
        using var session = platform.Connect();
        var before = platform.Server.Requests.Count;
        var stopped = session.Get($"Stop-ScramjetInstance {id} -Force -PassThru | ForEach-Object Hub | Sort-Object");
        Assert.Equal(["sth-1", "sth-2"], stopped.Select(h => h.BaseObject));
        Assert.DoesNotContain(Since(platform.Server, before), request => request.EndsWith("/instances", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failing_hub_is_one_error_whether_the_id_is_found_or_not()
    {
        await using var platform = FakePlatform.Of(3, hub => hub.Intercept = async (exchange, _) =>
        {
            if (hub.Id == "sth-1")
                await exchange.AnswerAsync(500, """{"error":"on fire"}""");
            return hub.Id == "sth-1";
        });
        platform.Disconnected.Add("sth-2");
        using var session = platform.Connect();
        foreach (var (id, found) in new[] { (platform.Hubs[0].Instances.Keys.Single(), 1), (Guid.NewGuid().ToString(), 0) })
        {
            var result = session.Run($"Get-ScramjetInstance {id}");
            Assert.Equal(found, result.Output.Count);
            string[] errors = found == 1 ? ["HUB_DISCONNECTED", "SERVER_ERROR"] : ["HUB_DISCONNECTED", "NOT_FOUND", "SERVER_ERROR"];
            Assert.Equal(errors, result.Errors.Select(Engine.Code).Order());
        }
    }

    [Fact]
    public async Task A_hub_that_was_replaced_at_its_address_has_its_new_id()
    {
        var (before, after) = (new FakeHub("sth-before"), new FakeHub("sth-after"));
        var instance = after.AddInstance(after.AddSequence("hello"));
        var hub = before;
        await using var server = new FaultServer(exchange => hub.HandleAsync(exchange, exchange.Target[Api.Length..]));
        using var session = server.Connect();
        hub = after;
        Assert.Equal("sth-after", session.Single($"Get-ScramjetInstance {instance}").Properties["Hub"].Value);
        Assert.Equal("sth-after", session.Single($"Get-ScramjetInstance {instance} -Hub sth-after").Properties["Hub"].Value);
        Assert.StartsWith("NOT_FOUND,", session.Error($"Get-ScramjetInstance {instance} -Hub sth-before").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Many_ids_are_looked_up_in_one_list()
    {
        var hub = new FakeHub("sth-1");
        var sequence = hub.AddSequence("hello");
        var ids = Enumerable.Range(0, 100).Select(_ => hub.AddInstance(sequence)).ToArray();
        await using var server = hub.Serve();
        using var session = server.Connect();
        var before = server.Requests.Count;
        session.Set("ids", ids);
        Assert.Equal(ids.Order(), session.Get("$ids | Get-ScramjetInstance | ForEach-Object Id").Select(i => (string)i.BaseObject).Order());
        Assert.InRange(server.Requests.Count - before, 1, 10);
        Assert.Single(Since(server, before), "GET /instances");
    }

    [Fact]
    public async Task An_instance_that_its_hub_never_describes_is_found_in_the_list()
    {
        var hub = new FakeHub("sth-1");
        var instance = hub.AddInstance(hub.AddSequence("hello"));
        hub.Intercept = async (exchange, path) =>
        {
            if (path.StartsWith("/instance/", StringComparison.Ordinal))
                await exchange.SilenceAsync();
            return path.StartsWith("/instance/", StringComparison.Ordinal);
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        Assert.Equal(instance, session.Single($"Get-ScramjetInstance {instance} -TimeoutSec 0.5").Properties["Id"].Value);
    }
}
