using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Connecting distinguishes kinds of servers, keeps the existing connection, and has a time limit.</summary>
public sealed class ConnectTests(RealPlatform real) : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_platform_that_is_specified_as_a_hub_is_an_error()
    {
        _engine.Get($"Connect-ScramjetPlatform {real.Platform.BaseUri} -AccessToken {real.Platform.Token} -Name work");
        var error = _engine.Error($"Connect-ScramjetPlatform -HubUri {real.Platform.BaseUri} -AccessToken {real.Platform.Token} -Name work");
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.Contains("is a platform", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"-Uri {real.Platform.BaseUri}", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("Platform", _engine.Single("Get-ScramjetConnection work").Properties["Kind"].Value.ToString());
        Assert.Equal(2, _engine.Get("Get-ScramjetHub").Count);
    }

    [Fact]
    public void A_hub_that_is_specified_as_a_platform_is_an_error()
    {
        var hub = real.Platform.Hubs[0].BaseUri;
        _engine.Get($"Connect-ScramjetPlatform -HubUri {hub} -Name work");
        foreach (var parameter in new[] { "-Uri", "-MultiManagerUri" })
        {
            var error = _engine.Error($"Connect-ScramjetPlatform {parameter} {hub} -Name work");
            Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
            Assert.Contains("is a hub", error.ToString(), StringComparison.Ordinal);
            Assert.Contains("-HubUri", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }

        Assert.Equal("Hub", _engine.Single("Get-ScramjetConnection work").Properties["Kind"].Value.ToString());
        Assert.Single(_engine.Get("Get-ScramjetHub"));
    }

    [Theory]
    [InlineData("hub-1.0.1-release")]
    [InlineData("hub-1.0.1")]
    [InlineData("hub-0.18.7")]
    public async Task Recorded_hubs_are_recognized_as_hubs(string version)
    {
        await using var server = RecordedHub.Start(version);
        Assert.Contains("is a hub", _engine.Error($"Connect-ScramjetPlatform -Uri {server.BaseUri}").ToString(), StringComparison.Ordinal);
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
    }

    [Fact]
    public void A_space_is_recognized_as_a_space()
    {
        var space = $"{real.Platform.BaseUri}/space/local/api/v1";
        foreach (var parameter in new[] { "-Uri", "-HubUri" })
        {
            Assert.Contains(
                "is a space",
                _engine.Error($"Connect-ScramjetPlatform {parameter} {space} -AccessToken {real.Platform.Token}").ToString(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Connecting_to_a_server_that_never_responds_has_a_time_limit()
    {
        await using var server = new FaultServer(exchange => exchange.SilenceAsync());
        var error = _engine.Error($"Connect-ScramjetPlatform -HubUri {server.BaseUri} -TimeoutSec 1");
        Assert.StartsWith("TIMEOUT,", error.FullyQualifiedErrorId);
        Assert.Contains("within 1 s", error.ToString(), StringComparison.Ordinal);

        // The default applies to later calls, not to connecting.
        error = _engine.Error($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        Assert.StartsWith("TIMEOUT,", error.FullyQualifiedErrorId);
        Assert.Contains("within 10 s", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_parameter_of_Connect_has_an_effect()
    {
        var command = (System.Management.Automation.CommandInfo)_engine.Single("Get-Command Connect-ScramjetPlatform").BaseObject;
        Assert.DoesNotContain("Connection", command.Parameters.Keys);
        Assert.DoesNotContain("InputObject", command.Parameters.Keys);
    }
}
