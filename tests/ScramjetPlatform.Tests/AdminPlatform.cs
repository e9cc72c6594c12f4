using System;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.Testing;

namespace ScramjetPlatform.Tests;

/// <summary>A platform whose hubs respond as 1.0.1 does, for a single test that can disconnect, revoke and remove anything.</summary>
public sealed class AdminPlatform : IAsyncDisposable
{
    private readonly FaultServer[] _servers;

    private AdminPlatform(LocalPlatform platform, FakeHub[] hubs, FaultServer[] servers)
    {
        Platform = platform;
        Hubs = hubs;
        _servers = servers;
    }

    public LocalPlatform Platform { get; }

    /// <summary>The hubs sth-0, sth-1 and so on of the first space.</summary>
    public FakeHub[] Hubs { get; }

    public static async Task<AdminPlatform> StartAsync(int hubs, params string[] spaces)
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 0 };
        foreach (var space in spaces)
            options.Spaces.Add(space);
        var fakes = new FakeHub[hubs];
        var servers = new FaultServer[hubs];
        for (var i = 0; i < hubs; i++)
        {
            fakes[i] = new FakeHub($"sth-{i}");
            servers[i] = fakes[i].Serve();
            options.ExternalHubs.Add(new ExternalHub(fakes[i].Id, new Uri(servers[i].BaseUri)));
        }

        return new AdminPlatform(await LocalPlatform.StartAsync(options), fakes, servers);
    }

    public Engine Connect() => Platform.Connect();

    public Engine ConnectMultiManager() => Engine.Connect($"-MultiManagerUri {Platform.MultiManagerUri} -AccessToken {Platform.Token}");

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
    }
}
