using System;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Xunit;

[assembly: AssemblyFixture(typeof(ScramjetPlatform.Tests.RealPlatform))]

namespace ScramjetPlatform.Tests;

/// <summary>A platform with two real hubs, which all tests share. Each test uses separate sequences and instances.</summary>
public sealed class RealPlatform : IAsyncLifetime
{
    private LocalPlatform? _platform;

    public LocalPlatform Platform => _platform ?? throw new InvalidOperationException("The platform is not up.");

    public async ValueTask InitializeAsync()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 2 };
        options.Spaces.Add("local");
        _platform = await LocalPlatform.StartAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
    }

    /// <summary>Creates a session that is connected to the platform.</summary>
    public Engine Connect()
    {
        var engine = new Engine();
        engine.Get($"Connect-ScramjetPlatform {Platform.BaseUri} -AccessToken {Platform.Token}");
        return engine;
    }

    /// <summary>Creates a session that is connected to one hub.</summary>
    public Engine ConnectHub(int hub = 0)
    {
        var engine = new Engine();
        engine.Get($"Connect-ScramjetPlatform -HubUri {Platform.Hubs[hub].BaseUri}");
        return engine;
    }
}
