using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(ScramjetPlatform.Tests.RealPlatform))]

namespace ScramjetPlatform.Tests;

/// <summary>
/// A platform with two real hubs, which all tests share. Each test uses separate sequences and instances. With SCRAMJET_TEST_SPACE, tests that connect to a hub
/// reach it through a space too, and the hubs are those that the variable names.
/// </summary>
public sealed class RealPlatform : IAsyncLifetime
{
    /// <summary>The variable with the hubs to test with through a space: npm for 0.18.7, release for the 1.0.1 that SCRAMJET_TEST_HUB_PROGRAM names.</summary>
    public const string SpaceVariable = "SCRAMJET_TEST_SPACE";

    private const string Space = "local";
    private const int Hubs = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("real-platform-").FullName;
    private readonly List<HubProgram> _releases = [];
    private LocalPlatform? _platform;

    // Without a token, so that what reaches a hub at its own address does so here too.
    private LocalPlatform? _open;

    /// <summary>Whether tests reach their hubs through a space.</summary>
    public static bool ThroughSpace => Hub is not null;

    /// <summary>Whether the hubs are the 1.0.1 release.</summary>
    public static bool IsRelease => Hub == "release";

    /// <summary>The version of the hubs.</summary>
    public static string HubVersion => IsRelease ? "1.0.1" : "0.18.7";

    public LocalPlatform Platform => _platform ?? throw new InvalidOperationException("The platform is not up.");

    private static string? Hub => Environment.GetEnvironmentVariable(SpaceVariable) switch
    {
        null or "" => null,
        "npm" => "npm",
        "release" when HubProgram.Path is not null => "release",
        "release" => throw new InvalidOperationException($"{SpaceVariable} is release, so {HubProgram.Variable} must be the path of its hub.js."),
        var other => throw new InvalidOperationException($"{SpaceVariable} is {other}, but must be npm or release."),
    };

    public async ValueTask InitializeAsync()
    {
        _platform = await StartAsync(requireToken: true);
        if (ThroughSpace)
            _open = await StartAsync(requireToken: false);
        if (!IsRelease)
            return;

        foreach (var platform in new[] { _platform, _open! })
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, $"{_releases.Count}")).FullName;
            for (var i = 0; i < Hubs; i++)
                await StartReleaseAsync(platform, folder, $"sth-{i}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in _releases)
            await hub.DisposeAsync();
        if (_open is not null)
            await _open.DisposeAsync();
        if (_platform is not null)
            await _platform.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Skips a test of what only hubs of 0.18 do.</summary>
    public static void SkipIfRelease() => Assert.SkipWhen(IsRelease, "The hubs are 1.0.1, and this is about those of 0.18.");

    /// <summary>The address of a hub.</summary>
    public Uri HubUri(int hub = 0) => _open is null ? Platform.Hubs[hub].BaseUri : new Uri($"{_open.BaseUri}/space/{Space}/api/v1/sth/sth-{hub}/api/v1");

    /// <summary>Creates a session that is connected to the platform.</summary>
    public Engine Connect() => Platform.Connect();

    /// <summary>Creates a session that is connected to one hub.</summary>
    public Engine ConnectHub(int hub = 0) => Engine.Connect($"-HubUri {HubUri(hub)}");

    // A hub ends if another program has taken its port meanwhile.
    private async Task StartReleaseAsync(LocalPlatform platform, string folder, string id)
    {
        for (var left = 3; ; left--)
        {
            var hub = HubProgram.StartHub(folder, id, "--cpm-url", platform.BaseUri.Authority, "--cpm-id", Space);
            _releases.Add(hub);
            var joined = platform.WaitForHubAsync(Space, id, s_patience);
            if (await Task.WhenAny(joined, hub.Process.WaitForExitAsync()) == joined || left == 0)
            {
                await joined;
                return;
            }
        }
    }

    private static async Task<LocalPlatform> StartAsync(bool requireToken)
    {
        var options = new LocalPlatformOptions { HubsPerSpace = IsRelease ? 0 : Hubs, RequireToken = requireToken };
        options.Spaces.Add(Space);
        return await LocalPlatform.StartAsync(options);
    }
}
