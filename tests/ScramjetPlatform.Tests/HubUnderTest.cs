using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Reflection;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Testing;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(ScramjetPlatform.Tests.HubCleaner))]

namespace ScramjetPlatform.Tests;

/// <summary>The hubs for tests.</summary>
public enum TestHub
{
    /// <summary>The real hub 0.18.7 from npm, of <see cref="RealPlatform"/>. It is left out where those hubs are of another version.</summary>
    Npm,

    /// <summary>The stand-in of the 1.0.1 release, a separate one for each test.</summary>
    StandIn,

    /// <summary>The hub in SCRAMJET_TEST_HUB_URI, or the release of <see cref="RealPlatform"/>.</summary>
    Named,
}

/// <summary>Each hub for tests, including the one in SCRAMJET_TEST_HUB_URI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachHubAttribute : DataAttribute
{
    /// <summary>Whether to use only hubs of 1.0.</summary>
    public bool Only10 { get; set; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Only10 ? HubUnderTest.InTheFormOf10() : HubUnderTest.All()]);

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>
/// One of the hubs for tests. Use it in a theory:
/// <code>
/// [Theory]
/// [EachHub]
/// public async Task A_sequence_echoes(TestHub which)
/// {
///     await using var hub = await HubUnderTest.StartAsync(which, real);
///     using var session = hub.ConnectAndPublish("echo");
///     Assert.Equal([1L, 2L], session.Get("1, 2 | Invoke-ScramjetSequence $s").Select(o => o.BaseObject));
/// }
/// </code>
/// The test's sequences are removed after it from a hub that continues to run.
/// </summary>
public sealed class HubUnderTest : IAsyncDisposable
{
    /// <summary>The variable with the address of a hub to test with, such as <c>http://127.0.0.1:8000</c>.</summary>
    public const string Variable = "SCRAMJET_TEST_HUB_URI";

    /// <summary>A second in the stand-in for tests that don't test its times.</summary>
    public static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(20);

    private static readonly TheoryDataRow<TestHub>[] s_npm = [new(TestHub.Npm)];

    private readonly FaultServer? _server;
    private readonly List<TestSequence> _sequences = [];
    private readonly List<string> _topics = [];

    private HubUnderTest(TestHub which, string baseUri, FakeHub? standIn = null, FaultServer? server = null)
    {
        Which = which;
        BaseUri = baseUri.TrimEnd('/');
        StandIn = standIn;
        _server = server;
    }

    public TestHub Which { get; }

    /// <summary>The address of the hub with /api/v1 and without a trailing slash.</summary>
    public string BaseUri { get; }

    /// <summary>Whether the hub is reached through a space.</summary>
    public bool ThroughSpace => BaseUri.Contains("/space/", StringComparison.Ordinal);

    /// <summary>The stand-in; null for another hub.</summary>
    public FakeHub? StandIn { get; }

    private static string? Address =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } uri ? new Uri(uri).AbsolutePath == "/" ? uri.TrimEnd('/') + "/api/v1" : uri : null;

    /// <summary>All hubs, including the one in SCRAMJET_TEST_HUB_URI.</summary>
    public static IEnumerable<TheoryDataRow<TestHub>> All() => [.. RealPlatform.IsRelease ? [] : s_npm, .. InTheFormOf10()];

    /// <summary>The hubs of 1.0: the stand-in, and the one in SCRAMJET_TEST_HUB_URI.</summary>
    public static IEnumerable<TheoryDataRow<TestHub>> InTheFormOf10() =>
        Address is null && !RealPlatform.IsRelease ? [new(TestHub.StandIn)] : [new(TestHub.StandIn), new(TestHub.Named)];

    /// <param name="which">The hub.</param>
    /// <param name="real">The platform with the hubs from npm.</param>
    /// <param name="second">The length of a second in the stand-in; null for a real one.</param>
    public static Task<HubUnderTest> StartAsync(TestHub which, RealPlatform real, TimeSpan? second = null)
    {
        switch (which)
        {
            case TestHub.Npm:
                return Task.FromResult(new HubUnderTest(which, real.HubUri().ToString()));
            case TestHub.Named:
                return Task.FromResult(new HubUnderTest(which, Address ?? real.HubUri().ToString()));
            default:
                var hub = new FakeHub("sth-stand-in");
                hub.Second = second ?? hub.Second;
                var server = hub.Serve();
                return Task.FromResult(new HubUnderTest(which, server.BaseUri, hub, server));
        }
    }

    /// <summary>Creates a session that is connected to the hub.</summary>
    public Engine Connect() => Engine.Connect($"-HubUri {BaseUri}");

    /// <summary>Creates a session that is connected to the hub, in which $s is the published sequence of a program.</summary>
    public Engine ConnectAndPublish(string program, out TestSequence sequence)
    {
        var session = Connect();
        sequence = Publish(session, program);
        return session;
    }

    /// <inheritdoc cref="ConnectAndPublish(string, out TestSequence)"/>
    public Engine ConnectAndPublish(string program) => ConnectAndPublish(program, out _);

    /// <summary>Creates a session that is connected to the hub, in which $s is the published sequence of a program, and $i an instance of it.</summary>
    public Engine ConnectAndStart(string program)
    {
        var session = ConnectAndPublish(program);
        session.Get("$i = $s | Start-ScramjetSequence -Wait");
        return session;
    }

    /// <summary>Publishes the sequence of a program, which is $s in the session.</summary>
    public TestSequence Publish(Engine session, string program)
    {
        var sequence = Sequence(program);
        session.Get($"$s = Publish-ScramjetSequence '{sequence.Folder}'");
        return sequence;
    }

    /// <summary>Creates the folder of a sequence with a sample or one of <see cref="TestPrograms"/>. It is removed after the test.</summary>
    public TestSequence Sequence(string program)
    {
        var sequence = TestSequence.Of(program);
        _sequences.Add(sequence);
        return sequence;
    }

    /// <summary>Returns a unique topic name. The topic is removed after the test.</summary>
    public string NewTopic()
    {
        var name = "test-" + Guid.NewGuid().ToString("N")[..12];
        _topics.Add(name);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        else
            await HubCleaner.RemoveAsync(BaseUri, [.. _sequences.Select(s => s.Name)], [.. _topics]);
        foreach (var sequence in _sequences)
            sequence.Dispose();
    }
}

/// <summary>
/// Removes what tests have created on hubs that continue to run. Instances are killed after the test; sequences are removed when the hub allows it, while
/// other tests run, and at the latest at the end of the run.
/// </summary>
public sealed class HubCleaner : IAsyncLifetime
{
    private static readonly HttpClient s_client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private static readonly ConcurrentBag<Task> s_removals = [];

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync() => await Task.WhenAll(s_removals);

    /// <summary>Kills the instances of the sequences with these names, and removes the sequences when possible.</summary>
    internal static async Task RemoveAsync(string hub, string[] names, string[] topics)
    {
        var sequences = JArray.Parse(await s_client.GetStringAsync(hub + "/sequences"))
            .Where(s => names.Contains((string?)s["config"]?["name"], StringComparer.Ordinal))
            .Select(s => (string)s["id"]!)
            .ToArray();
        await KillAllAsync(hub, sequences, []);
        if (sequences.Length + topics.Length > 0)
            s_removals.Add(RemoveLaterAsync(hub, sequences, topics));
    }

    private static async Task RemoveLaterAsync(string hub, string[] sequences, string[] topics)
    {
        await Task.WhenAll(sequences.Select(s => RemoveAsync(hub, s)));

        // An ended instance leaves its topics, so they are removed last. 0.18 has no route for that.
        foreach (var topic in topics)
        {
            using var answer = await DeleteAsync($"{hub}/topics/{topic}");
        }
    }

    private static async Task KillAllAsync(string hub, string[] sequences, HashSet<string> killed)
    {
        var instances = JArray.Parse(await s_client.GetStringAsync(hub + "/instances"));
        string? SequenceOf(JToken instance) => (string?)(instance["sequence"] is JObject sequence ? sequence["id"] : instance["sequence"]);
        foreach (var instance in instances.Where(i => i["ended"] is null && sequences.Contains(SequenceOf(i), StringComparer.Ordinal)))
        {
            if (killed.Add((string)instance["id"]!))
                await KillAsync(hub, (string)instance["id"]!);
        }
    }

    private static async Task KillAsync(string hub, string instance)
    {
        using var content = new StringContent("""{"removeImmediately":true}""", Encoding.UTF8, "application/json");
        using var answer = await s_client.PostAsync($"{hub}/instance/{instance}/_kill", content);
    }

    private static async Task<HttpResponseMessage> DeleteAsync(string uri)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, uri) { Content = new StringContent("", Encoding.UTF8, "application/json") };
        return await s_client.SendAsync(request);
    }

    private static async Task RemoveAsync(string hub, string sequence)
    {
        var killed = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; ; i++)
        {
            using var answer = await DeleteAsync($"{hub}/sequence/{sequence}");
            if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound)
                return;
            if (i == 60)
            {
                throw new InvalidOperationException(
                    $"{hub} doesn't let go of the sequence {sequence}: {answer.StatusCode}, {await answer.Content.ReadAsStringAsync()}");
            }

            // A start that a test has canceled can still be going on.
            await Task.Delay(1000);
            if (i % 10 == 9)
                await KillAllAsync(hub, [sequence], killed);
        }
    }
}
