using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>That connecting tells kinds of servers apart, keeps what was there, and gives up in time.</summary>
public sealed class ConnectTests(RealPlatform real) : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_platform_given_as_a_hub_is_refused()
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
    public void A_hub_given_as_a_platform_is_refused()
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
    public async Task Recorded_hubs_are_hubs(string version)
    {
        await using var server = RecordedHub.Start(version);
        Assert.Contains("is a hub", _engine.Error($"Connect-ScramjetPlatform -Uri {server.BaseUri}").ToString(), StringComparison.Ordinal);
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
    }

    [Fact]
    public void A_space_is_told_as_one()
    {
        var space = $"{real.Platform.BaseUri}/space/local/api/v1";
        foreach (var parameter in new[] { "-Uri", "-HubUri" })
            Assert.Contains("is a space", _engine.Error($"Connect-ScramjetPlatform {parameter} {space} -AccessToken {real.Platform.Token}").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_within_the_bound()
    {
        await using var server = new FaultServer(exchange => exchange.SilenceAsync());
        var error = _engine.Error($"Connect-ScramjetPlatform -HubUri {server.BaseUri} -TimeoutSec 1");
        Assert.StartsWith("TIMEOUT,", error.FullyQualifiedErrorId);
        Assert.Contains("within 1 s", error.ToString(), StringComparison.Ordinal);

        // The default is the bound for later calls, not for connecting.
        error = _engine.Error($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        Assert.StartsWith("TIMEOUT,", error.FullyQualifiedErrorId);
        Assert.Contains("within 10 s", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Connecting_takes_no_parameter_that_does_nothing()
    {
        var command = (System.Management.Automation.CommandInfo)_engine.Single("Get-Command Connect-ScramjetPlatform").BaseObject;
        Assert.DoesNotContain("Connection", command.Parameters.Keys);
        Assert.DoesNotContain("InputObject", command.Parameters.Keys);
    }
}
