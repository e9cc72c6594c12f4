using System;
using System.Linq;
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
    public void A_hub_that_is_specified_as_a_multi_manager_is_an_error()
    {
        var hub = real.HubUri();
        _engine.Get($"Connect-ScramjetPlatform -HubUri {hub} -Name work");
        var error = _engine.Error($"Connect-ScramjetPlatform -MultiManagerUri {hub} -Name work");
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.Contains("is a hub", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("-HubUri", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("Hub", _engine.Single("Get-ScramjetConnection work").Properties["Kind"].Value.ToString());
        Assert.Single(_engine.Get("Get-ScramjetHub"));
    }

    [Theory]
    [EachHub]
    public async Task A_host_and_port_are_enough_for_a_hub(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        Assert.SkipWhen(hub.ThroughSpace, "The host and the port are those of the space.");
        var address = new Uri(hub.BaseUri);
        foreach (var given in new[] { address.Authority, $"{address.Authority}/", $"http://{address.Authority}", $"{address.Authority}/api/v1", hub.BaseUri })
        {
            var connection = _engine.Single($"Connect-ScramjetPlatform {given} -PassThru");
            Assert.Equal("Hub", connection.Properties["Kind"].Value);
            Assert.Equal(hub.BaseUri, connection.Properties["Uri"].Value.ToString());
            Assert.Equal(1, connection.Properties["HubCount"].Value);
            Assert.Equal(_engine.Single("(Get-ScramjetHub).Version").BaseObject, connection.Properties["Version"].Value);
        }
    }

    [Fact]
    public void A_host_and_port_are_enough_for_a_platform()
    {
        var address = new Uri(real.Platform.BaseUri.ToString());
        var connection = _engine.Single($"Connect-ScramjetPlatform {address.Authority} -AccessToken {real.Platform.Token} -PassThru");
        Assert.Equal("Platform", connection.Properties["Kind"].Value);
        Assert.Equal(address.ToString(), connection.Properties["Uri"].Value.ToString());
        Assert.Equal(1, connection.Properties["SpaceCount"].Value);
        Assert.Equal(2, connection.Properties["HubCount"].Value);
    }

    [Fact]
    public async Task An_API_below_another_path_is_found()
    {
        await using var server = new FaultServer(exchange => exchange.Target switch
        {
            "/team/api/v1/version" => exchange.AnswerAsync(200, """{"service":"@scramjet/host","version":"0.18.7"}"""),
            _ => exchange.AnswerAsync(404, "{}"),
        });
        var root = new Uri(server.BaseUri).GetLeftPart(UriPartial.Authority);
        Assert.Equal($"{root}/team/api/v1", _engine.Single($"(Connect-ScramjetPlatform {root}/team -PassThru).Uri.ToString()").BaseObject);
        var error = _engine.Error($"Connect-ScramjetPlatform {root}");
        Assert.StartsWith("INVALID_RESPONSE,", error.FullyQualifiedErrorId);
        Assert.Contains($"{root}/api/v1 or {root}/", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name:hunter2@hub.example")]
    [InlineData("ftp://hub.example")]
    [InlineData("hub.example?token=hunter2")]
    public void What_is_not_an_address_is_refused(string address)
    {
        var error = _engine.Error($"Connect-ScramjetPlatform '{address}'");
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.DoesNotContain("hunter2", $"{error} {error.TargetObject} {error.CategoryInfo}", StringComparison.Ordinal);
    }

    [Fact]
    public void Connecting_says_what_was_reached()
    {
        var hub = real.HubUri();
        Assert.Contains(
            $"Connected to one: hub {(RealPlatform.IsRelease ? "sth-0" : hub.Authority)} {RealPlatform.HubVersion}, {hub}",
            _engine.Render($"Connect-ScramjetPlatform {hub} -Name one"),
            StringComparison.Ordinal);
        Assert.Contains(
            "Connected to two: platform 0.2.0 with 1 space (local) and 2 hubs (sth-0, sth-1), ",
            _engine.Render($"Connect-ScramjetPlatform {real.Platform.BaseUri} -AccessToken {real.Platform.Token} -Name two"),
            StringComparison.Ordinal);

        // It isn't output.
        Assert.Empty(_engine.Get($"Connect-ScramjetPlatform {hub} -Name one"));
    }

    [Theory]
    [InlineData("hub-1.0.1-release")]
    [InlineData("hub-1.0.1")]
    [InlineData("hub-0.18.7")]
    public async Task Recorded_hubs_are_recognized_as_hubs(string version)
    {
        await using var server = RecordedHub.Start(version);
        Assert.Contains("is a hub", _engine.Error($"Connect-ScramjetPlatform -MultiManagerUri {server.BaseUri}").ToString(), StringComparison.Ordinal);
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        Assert.Equal("Hub", _engine.Single($"Connect-ScramjetPlatform {server.BaseUri} -PassThru").Properties["Kind"].Value);
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
