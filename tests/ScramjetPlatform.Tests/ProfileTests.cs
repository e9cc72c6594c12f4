using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The collection of tests that change the environment of the process. They run one after another, and no others run at the same time.</summary>
[CollectionDefinition(nameof(EnvironmentCollection), DisableParallelization = true)]
public sealed class EnvironmentCollection;

/// <summary>The sources of an address and a token that aren't specified on the command line.</summary>
[Collection(nameof(EnvironmentCollection))]
public sealed class ProfileTests : IDisposable
{
    private static readonly string[] Variables = ["HOME", "USERPROFILE", "SI_CONFIG", "SI_CONFIG_PATH", "SCRAMJET_URI", "SCRAMJET_HUB_URI", "SCRAMJET_TOKEN"];

    private readonly RealPlatform _real;
    private readonly Dictionary<string, string?> _before = Variables.ToDictionary(n => n, Environment.GetEnvironmentVariable);
    private readonly string _home = Directory.CreateTempSubdirectory("scramjet-home-").FullName;
    private readonly Engine _session = new();

    public ProfileTests(RealPlatform real)
    {
        _real = real;
        foreach (var name in Variables)
            Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("HOME", _home);
        Environment.SetEnvironmentVariable("USERPROFILE", _home);
    }

    public void Dispose()
    {
        _session.Dispose();
        foreach (var (name, value) in _before)
            Environment.SetEnvironmentVariable(name, value);
        Directory.Delete(_home, recursive: true);
    }

    private static string Kind(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    private string Profile(string name, string text, string folder = ".si/profiles")
    {
        var path = Path.Combine(_home, folder, name + ".json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private string Production(string token = "") =>
        $$"""
        {"configVersion":1,"apiUrl":"http://127.0.0.1:8000/api/v1","middlewareApiUrl":"{{_real.Platform.BaseUri}}","env":"production",
        "scope":"","token":"{{token}}","log":{"debug":false,"format":"pretty"} }
        """;

    private string Development() =>
        $$"""
        {"configVersion":1,"apiUrl":"{{_real.Platform.Hubs[0].BaseUri}}","middlewareApiUrl":"","env":"development",
        "scope":"","token":"","log":{"debug":false,"format":"pretty"} }
        """;

    [Fact]
    public void A_profile_provides_the_address_and_the_token()
    {
        Profile("cloud", Production(_real.Platform.Token));
        Profile("local", Development());
        var connection = _session.Single("Connect-ScramjetPlatform -Profile cloud -PassThru");
        Assert.Equal("Platform", connection.Properties["Kind"].Value.ToString());
        Assert.Equal("local", _session.Single("Get-ScramjetSpace").Properties["Id"].Value);
        Assert.Equal("Hub", _session.Single("Connect-ScramjetPlatform -Profile local -PassThru").Properties["Kind"].Value.ToString());

        Profile("tokenless", Production());
        _session.Get($"Connect-ScramjetPlatform -Profile tokenless -AccessToken {_real.Platform.Token}");
        Assert.Equal("local", _session.Single("Get-ScramjetSpace").Properties["Id"].Value);
    }

    [Fact]
    public void Profiles_are_listed_without_their_tokens()
    {
        Profile("cloud", Production(_real.Platform.Token));
        Profile("local", Development());
        Profile("si-config", """{"profile":"local"}""", ".si");
        var profiles = _session.Get("Get-ScramjetProfile");
        Assert.Equal(["cloud", "local"], profiles.Select(p => (string)p.Properties["Name"].Value));
        Assert.Equal([false, true], profiles.Select(p => (bool)p.Properties["IsCurrent"].Value));
        Assert.DoesNotContain(
            _real.Platform.Token,
            _session.Render("Get-ScramjetProfile") + _session.Render("Get-ScramjetProfile | Format-List *"),
            StringComparison.Ordinal);
        Assert.Equal("cloud", _session.Single("Get-ScramjetProfile c*").Properties["Name"].Value);
        Assert.Equal("NOT_FOUND", Kind(_session.Error("Get-ScramjetProfile nothing")));
    }

    [Fact]
    public void Without_parameters_the_current_profile_is_used()
    {
        Assert.Equal("BAD_PARAMETERS", Kind(_session.Error("Connect-ScramjetPlatform")));
        Profile("default", Development());
        Assert.Equal(_real.Platform.Hubs[0].BaseUri, _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);

        Profile("cloud", Production(_real.Platform.Token));
        Profile("si-config", """{"profile":"cloud"}""", ".si");
        Assert.Equal(_real.Platform.BaseUri, _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);

        Environment.SetEnvironmentVariable("SI_CONFIG", "default");
        Assert.Equal(_real.Platform.Hubs[0].BaseUri, _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);

        Environment.SetEnvironmentVariable("SI_CONFIG_PATH", Profile("elsewhere", Production(_real.Platform.Token), "other"));
        Assert.Equal(_real.Platform.BaseUri, _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);

        // The environment variables of a runbook take precedence.
        Environment.SetEnvironmentVariable("SCRAMJET_HUB_URI", _real.Platform.Hubs[1].BaseUri.ToString());
        Assert.Equal(_real.Platform.Hubs[1].BaseUri, _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);
        Environment.SetEnvironmentVariable("SCRAMJET_URI", _real.Platform.BaseUri.ToString());
        Environment.SetEnvironmentVariable("SCRAMJET_TOKEN", _real.Platform.Token);
        Assert.Equal("local", _session.Single("Connect-ScramjetPlatform; Get-ScramjetSpace").Properties["Id"].Value);
    }

    [Fact]
    public void The_token_for_one_platform_is_not_sent_to_that_of_a_profile()
    {
        Profile("cloud", Production("wrong"));
        Profile("si-config", """{"profile":"cloud"}""", ".si");
        Environment.SetEnvironmentVariable("SCRAMJET_TOKEN", _real.Platform.Token);
        Assert.Equal("NOT_AUTHORIZED", Kind(_session.Error("Connect-ScramjetPlatform")));
    }

    [Theory]
    [InlineData("http://user:pa55word@127.0.0.1:1/api/v1")]
    [InlineData("http://127.0.0.1:1/api/v1?token=pa55word")]
    public void Secrets_in_an_address_are_never_shown(string address)
    {
        var error = _session.Error($"Connect-ScramjetPlatform -Uri '{address}'");
        Assert.Equal("BAD_PARAMETERS", Kind(error));
        Assert.DoesNotContain("pa55word", $"{error} {error.TargetObject} {error.CategoryInfo} {error.ErrorDetails}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_an_error()
    {
        var error = _session.Error($"Connect-ScramjetPlatform -Uri '{_real.Platform.BaseUri}/nope' -AccessToken {_real.Platform.Token}");
        Assert.Equal("INVALID_RESPONSE", Kind(error));
        Assert.Contains("/api/v1", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_can_be_specified_by_name()
    {
        _session.Get(
            $"Connect-ScramjetPlatform -HubUri {_real.Platform.Hubs[0].BaseUri} -Name one; Connect-ScramjetPlatform -HubUri "
                + $"{_real.Platform.Hubs[1].BaseUri} -Name two");
        Assert.Equal(_real.Platform.Hubs[0].BaseUri + "", _session.Single("(Get-ScramjetHub -Connection one).Uri.ToString()").BaseObject);
        _session.Get("Disconnect-ScramjetPlatform one");
        Assert.Equal("two", _session.Single("Get-ScramjetConnection").Properties["Name"].Value);
        Assert.Contains("'nothing'", _session.Error("Get-ScramjetHub -Connection nothing").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_can_be_specified_by_its_file()
    {
        var path = Profile("mine", Development(), "elsewhere");
        _session.Set("path", path);
        Assert.Equal("Hub", _session.Single("Connect-ScramjetPlatform -Profile $path -PassThru").Properties["Kind"].Value.ToString());
    }

    [Theory]
    [InlineData("""{"configVersion":2,"env":"development","apiUrl":"http://127.0.0.1:1/api/v1"}""", "INVALID_PROFILE", "configVersion 2")]
    [InlineData("""{"configVersion":1,"env":"production","middlewareApiUrl":"http://127.0.0.1:1/api/v1","token":""}""", "INVALID_PROFILE", "no token")]
    [InlineData("""{"configVersion":1,"env":"production","middlewareApiUrl":"","token":"x"}""", "INVALID_PROFILE", "middlewareApiUrl")]
    [InlineData("""{"configVersion":1,"env":"staging"}""", "INVALID_PROFILE", "'staging'")]
    [InlineData("""{"configVersion":1,"env":"development","apiUrl":"ftp://x"}""", "INVALID_PROFILE", "apiUrl")]
    [InlineData("{", "INVALID_PROFILE", "JSON")]
    [InlineData("[]", "INVALID_PROFILE", "object")]
    public void An_invalid_profile_is_an_error(string text, string code, string words)
    {
        Profile("bad", text);
        var error = _session.Error("Connect-ScramjetPlatform -Profile bad");
        Assert.Equal(code, Kind(error));
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.Empty(_session.Get("Get-ScramjetConnection"));
    }

    [Fact]
    public void A_missing_or_unreadable_profile_is_an_error()
    {
        Profile("one", Development());
        var missing = _session.Error("Connect-ScramjetPlatform -Profile two");
        Assert.Equal("NOT_FOUND", Kind(missing));
        Assert.Contains("one", missing.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("FILE_NOT_FOUND", Kind(_session.Error("Connect-ScramjetPlatform -Profile ./nowhere.json")));
        Directory.CreateDirectory(Path.Combine(_home, ".si/profiles/folder.json"));
        Assert.Equal("FILE_UNREADABLE", Kind(_session.Error($"Connect-ScramjetPlatform -Profile '{_home}/.si/profiles/folder.json'")));
        Environment.SetEnvironmentVariable("SI_CONFIG", "nothing");
        Assert.Equal("NOT_FOUND", Kind(_session.Error("Connect-ScramjetPlatform")));
    }
}
