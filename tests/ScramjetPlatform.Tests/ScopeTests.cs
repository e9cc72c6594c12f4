using System;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Which spaces and hubs a command asks, how failures of some are told, and how names are matched.</summary>
public sealed class ScopeTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private async Task<FakePlatform> ConnectAsync(int hubs, Action<FakeHub>? configure = null)
    {
        var platform = new FakePlatform(Enumerable.Range(0, hubs).Select(i =>
        {
            var hub = new FakeHub($"sth-{i}");
            hub.AddInstance(hub.AddSequence("hello"));
            return hub;
        }));
        await Task.Yield();
        foreach (var hub in platform.Hubs)
            configure?.Invoke(hub);
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} {FakePlatform.Token}");
        return platform;
    }

    [Fact]
    public async Task The_chain_reaches_every_hub()
    {
        await using var platform = await ConnectAsync(3);
        var instances = _engine.Get("Get-ScramjetSpace | Get-ScramjetHub | Get-ScramjetSequence hello | Start-ScramjetSequence");
        Assert.Equal(["sth-0", "sth-1", "sth-2"], instances.Select(i => (string)i.Properties["Hub"].Value).Order());
        Assert.All(platform.Hubs, h => Assert.Single(h.Starts));
        Assert.All(instances, i => Assert.Equal(FakePlatform.SpaceId, i.Properties["Space"].Value));
    }
}
