using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>The collection of tests that change the environment of the process. They run one after another, and no others run at the same time.</summary>
[CollectionDefinition(nameof(EnvironmentCollection), DisableParallelization = true)]
public sealed class EnvironmentCollection;

/// <summary>The sources of an address and a token that aren't specified on the command line.</summary>
[Collection(nameof(EnvironmentCollection))]
public sealed class ProfileTests : IDisposable
{
    private static readonly string[] Variables = [
        "HOME", "USERPROFILE", "XDG_CONFIG_HOME", "SCRAMJET_TEST_SECRET", "SI_CONFIG", "SI_CONFIG_PATH", "SCRAMJET_URI", "SCRAMJET_HUB_URI",
        "SCRAMJET_TOKEN"];

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
        {"configVersion":1,"apiUrl":"{{_real.HubUri()}}","middlewareApiUrl":"","env":"development",
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
        Assert.Equal("NOT_FOUND", Code(_session.Error("Get-ScramjetProfile nothing")));
    }

    [Fact]
    public void Without_parameters_the_current_profile_is_used()
    {
        Assert.Equal("BAD_PARAMETERS", Code(_session.Error("Connect-ScramjetPlatform")));
        Profile("default", Development());
        Assert.Equal(_real.HubUri(), _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);

        Profile("cloud", Production(_real.Platform.Token));
        Profile("si-config", """{"profile":"cloud"}""", ".si");
        Assert.Equal(_real.Platform.BaseUri, _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);

        Environment.SetEnvironmentVariable("SI_CONFIG", "default");
        Assert.Equal(_real.HubUri(), _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);

        Environment.SetEnvironmentVariable("SI_CONFIG_PATH", Profile("elsewhere", Production(_real.Platform.Token), "other"));
        Assert.Equal(_real.Platform.BaseUri, _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);

        // The environment variables of a runbook take precedence.
        Environment.SetEnvironmentVariable("SCRAMJET_HUB_URI", _real.HubUri(1).ToString());
        Assert.Equal(_real.HubUri(1), _session.Single("Connect-ScramjetPlatform -PassThru").Properties["Uri"].Value);
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
        Assert.Equal("NOT_AUTHORIZED", Code(_session.Error("Connect-ScramjetPlatform")));
    }

    [Theory]
    [InlineData("http://user:pa55word@127.0.0.1:1/api/v1")]
    [InlineData("http://127.0.0.1:1/api/v1?token=pa55word")]
    public void Secrets_in_an_address_are_never_shown(string address)
    {
        var error = _session.Error($"Connect-ScramjetPlatform -Uri '{address}'");
        Assert.Equal("BAD_PARAMETERS", Code(error));
        Assert.DoesNotContain("pa55word", $"{error} {error.TargetObject} {error.CategoryInfo} {error.ErrorDetails}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_an_error()
    {
        var error = _session.Error($"Connect-ScramjetPlatform -Uri '{_real.Platform.BaseUri}/nope' -AccessToken {_real.Platform.Token}");
        Assert.Equal("INVALID_RESPONSE", Code(error));
        Assert.Contains("/api/v1", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_can_be_specified_by_name()
    {
        _session.Get(
            $"Connect-ScramjetPlatform -HubUri {_real.HubUri()} -Name one; Connect-ScramjetPlatform -HubUri "
                + $"{_real.HubUri(1)} -Name two");
        Assert.Equal(_real.HubUri() + "", _session.Single("(Get-ScramjetHub -Connection one).Uri.ToString()").BaseObject);
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
        Assert.Equal(code, Code(error));
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.Empty(_session.Get("Get-ScramjetConnection"));
    }

    [Fact]
    public void A_missing_or_unreadable_profile_is_an_error()
    {
        Profile("one", Development());
        var missing = _session.Error("Connect-ScramjetPlatform -Profile two");
        Assert.Equal("NOT_FOUND", Code(missing));
        Assert.Contains("one", missing.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("FILE_NOT_FOUND", Code(_session.Error("Connect-ScramjetPlatform -Profile ./nowhere.json")));
        Directory.CreateDirectory(Path.Combine(_home, ".si/profiles/folder.json"));
        Assert.Equal("FILE_UNREADABLE", Code(_session.Error($"Connect-ScramjetPlatform -Profile '{_home}/.si/profiles/folder.json'")));
        Environment.SetEnvironmentVariable("SI_CONFIG", "nothing");
        Assert.Equal("NOT_FOUND", Code(_session.Error("Connect-ScramjetPlatform")));
    }

    private string SavedFile => Path.Combine(_home, ".config/ScramjetPlatform/platforms.json");

    [Fact]
    public void A_saved_connection_needs_only_its_name()
    {
        Assert.SkipWhen(RealPlatform.ThroughSpace, "The host and the port are those of the space.");
        var hub = new Uri(_real.HubUri().ToString());
        _session.Get($"Register-ScramjetPlatform lab {hub.Authority}");
        var connection = _session.Single("Connect-ScramjetPlatform lab -PassThru");
        Assert.Equal("lab", connection.Properties["Name"].Value);
        Assert.Equal("Hub", connection.Properties["Kind"].Value);
        Assert.Equal(hub, connection.Properties["Uri"].Value);
        Assert.Equal("other", _session.Single("Connect-ScramjetPlatform -Profile LAB -Name other -PassThru").Properties["Name"].Value);

        var saved = _session.Single("Get-ScramjetProfile lab");
        Assert.Equal("ScramjetPlatform", saved.Properties["Source"].Value);
        Assert.Equal(hub.Authority, saved.Properties["Uri"].Value.ToString());
        Assert.Equal(SavedFile, saved.Properties["Path"].Value);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SavedFile));

        _session.Get("Unregister-ScramjetPlatform lab");
        Assert.Equal("NOT_FOUND", Code(_session.Error("Connect-ScramjetPlatform lab")));
    }

    [Fact]
    public void A_saved_connection_takes_its_token_from_a_variable()
    {
        _session.Get($"Register-ScramjetPlatform work {_real.Platform.BaseUri} -AccessTokenVariable SCRAMJET_TEST_SECRET");
        Assert.Contains("SCRAMJET_TEST_SECRET, which isn't set", _session.Error("Connect-ScramjetPlatform work").ToString(), StringComparison.Ordinal);
        Environment.SetEnvironmentVariable("SCRAMJET_TEST_SECRET", _real.Platform.Token);
        _session.Get("Connect-ScramjetPlatform work");
        Assert.Equal("local", _session.Single("Get-ScramjetSpace").Properties["Id"].Value);

        // The token is in no file and in no output.
        Assert.DoesNotContain(
            _real.Platform.Token,
            File.ReadAllText(SavedFile) + _session.Render("Get-ScramjetProfile | Format-List *"),
            StringComparison.Ordinal);
        Assert.Equal("$env:SCRAMJET_TEST_SECRET", _session.Single("Get-ScramjetProfile work").Properties["AccessTokenSource"].Value);
    }

    [Fact]
    public void A_saved_connection_takes_its_token_from_SecretManagement()
    {
        _session.Get($"Register-ScramjetPlatform work {_real.Platform.BaseUri} -SecretName scramjet -Vault mine");
        var missing = _session.Error("Connect-ScramjetPlatform work");
        Assert.Equal("INVALID_PROFILE", Code(missing));
        Assert.Contains("isn't installed", missing.ToString(), StringComparison.Ordinal);
        Assert.Contains("Install-Module", missing.ErrorDetails.RecommendedAction, StringComparison.Ordinal);

        _session.Set("token", _real.Platform.Token);
        _session.Get("""
            New-Module -Name Microsoft.PowerShell.SecretManagement {
                function Get-Secret($Name, $Vault) {
                    if ($Name -ne 'scramjet' -or $Vault -ne 'mine') { throw "There is no secret $Name in $Vault." }
                    ConvertTo-SecureString $global:token -AsPlainText -Force
                }
            } | Import-Module
            """);
        _session.Get("Connect-ScramjetPlatform work");
        Assert.Equal("local", _session.Single("Get-ScramjetSpace").Properties["Id"].Value);

        _session.Get($"Register-ScramjetPlatform wrong {_real.Platform.BaseUri} -SecretName nothing");
        var wrong = _session.Error("Connect-ScramjetPlatform wrong");
        Assert.Equal("INVALID_PROFILE", Code(wrong));
        Assert.Contains("There is no secret nothing", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_for_all_is_not_sent_to_a_saved_connections_platform()
    {
        Environment.SetEnvironmentVariable("SCRAMJET_TOKEN", _real.Platform.Token);
        _session.Get($"Register-ScramjetPlatform work {_real.Platform.BaseUri}");
        Assert.Equal("NOT_AUTHORIZED", Code(_session.Error("Connect-ScramjetPlatform work")));
        _session.Get($"Connect-ScramjetPlatform work -AccessToken {_real.Platform.Token}");
    }

    [Fact]
    public void A_saved_connection_is_replaced_only_with_force()
    {
        _session.Get("Register-ScramjetPlatform lab 127.0.0.1:1");
        var error = _session.Error("Register-ScramjetPlatform LAB 127.0.0.1:2");
        Assert.Equal("ALREADY_EXISTS", Code(error));
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        _session.Get("Register-ScramjetPlatform LAB 127.0.0.1:2 -Force -WhatIf");
        Assert.Equal("127.0.0.1:1", _session.Single("Get-ScramjetProfile").Properties["Uri"].Value.ToString());
        _session.Get("Register-ScramjetPlatform LAB 127.0.0.1:2 -Force");
        Assert.Equal("127.0.0.1:2", _session.Single("Get-ScramjetProfile").Properties["Uri"].Value.ToString());
        _session.Get("Unregister-ScramjetPlatform * -WhatIf");
        Assert.Equal("LAB", _session.Single("Get-ScramjetProfile").Properties["Name"].Value);
        _session.Get("Get-ScramjetProfile | Unregister-ScramjetPlatform");
        Assert.Empty(_session.Get("Get-ScramjetProfile"));
        Assert.Equal("NOT_FOUND", Code(_session.Error("Unregister-ScramjetPlatform lab")));
    }

    [Theory]
    [InlineData("Register-ScramjetPlatform lab.example http://x")]
    [InlineData("Register-ScramjetPlatform 'l*b' http://x")]
    [InlineData("Register-ScramjetPlatform localhost http://x")]
    [InlineData("Register-ScramjetPlatform lab http://x -SecretName a -AccessTokenVariable b")]
    [InlineData("Register-ScramjetPlatform lab http://x -Vault a")]
    [InlineData("Register-ScramjetPlatform lab ftp://x")]
    [InlineData("Register-ScramjetPlatform lab http://user:pa55word@x")]
    [InlineData("Register-ScramjetPlatform lab https://x/api/v1?token=pa55word")]
    public void What_cannot_be_saved_is_refused(string script)
    {
        var error = _session.Error(script);
        Assert.Equal("BAD_PARAMETERS", Code(error));
        Assert.DoesNotContain("pa55word", $"{error} {error.CategoryInfo} {error.ErrorDetails}", StringComparison.Ordinal);
        Assert.False(File.Exists(SavedFile));
    }

    [Fact]
    public void A_name_that_both_have_means_the_saved_connection()
    {
        Profile("lab", Production(_real.Platform.Token));
        Profile("cloud", Production(_real.Platform.Token));
        var result = _session.Run($"Register-ScramjetPlatform lab {_real.HubUri()}");
        Assert.Contains("profile 'lab' of si", Assert.Single(result.Warnings), StringComparison.Ordinal);

        // With -Debug, PowerShell would ask after a cmdlet's own warning.
        Assert.Contains(
            "profile 'lab' of si",
            _session.Single($"Register-ScramjetPlatform lab {_real.HubUri()} -Force -Debug 3>&1").ToString(),
            StringComparison.Ordinal);
        Assert.Equal("Hub", _session.Single("Connect-ScramjetPlatform lab -PassThru").Properties["Kind"].Value);
        Assert.Equal("Hub", _session.Single("Connect-ScramjetPlatform -Profile lab -PassThru").Properties["Kind"].Value);
        Assert.Equal(["ScramjetPlatform", "si"], _session.Get("Get-ScramjetProfile lab").Select(p => p.Properties["Source"].Value));
        Assert.Equal(
            "Platform",
            _session.Single("Connect-ScramjetPlatform -Profile (Get-ScramjetProfile lab | Where-Object Source -eq si).Path -PassThru")
                .Properties["Kind"].Value);

        // A profile of si goes by its name alone too.
        Assert.Equal("Platform", _session.Single("Connect-ScramjetPlatform cloud -PassThru").Properties["Kind"].Value);
        Assert.Contains(
            "si config profile remove cloud",
            _session.Error("Unregister-ScramjetPlatform cloud").ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
        _session.Set("line", "Connect-ScramjetPlatform ");
        Assert.Equal(
            ["lab", "cloud"],
            _session.Get(
                "[System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText")
                .Select(c => c.BaseObject));
    }

    [Fact]
    public void Rows_can_be_saved()
    {
        _session.Get("'Name,Uri,SecretName', 'a,127.0.0.1:1,one', 'b,127.0.0.1:2,two' | ConvertFrom-Csv | Register-ScramjetPlatform");
        Assert.Equal(["secret one", "secret two"], _session.Get("Get-ScramjetProfile").Select(p => p.Properties["AccessTokenSource"].Value));
        _session.Get($"Connect-ScramjetPlatform {_real.HubUri()} -Name open; Get-ScramjetConnection open | Register-ScramjetPlatform");
        Assert.Equal(_real.HubUri(), _session.Single("Get-ScramjetProfile open").Properties["Uri"].Value);
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("""{"version":2,"platforms":{}}""", "version is 2")]
    [InlineData("""{"version":1}""", "'platforms'")]
    [InlineData("""{"version":1,"platforms":{"lab":{}}}""", "'lab' has no uri")]
    public void A_file_of_saved_connections_that_is_broken_is_told_and_kept(string text, string words)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SavedFile)!);
        File.WriteAllText(SavedFile, text);
        Profile("cloud", Production(_real.Platform.Token));
        foreach (var script in new[] { "Register-ScramjetPlatform new 127.0.0.1:1", "Unregister-ScramjetPlatform lab", "Connect-ScramjetPlatform lab" })
        {
            var error = _session.Error(script);
            Assert.Equal("INVALID_PROFILE", Code(error));
            Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
            Assert.Contains(SavedFile, error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(text, File.ReadAllText(SavedFile));

        // What doesn't need the file works.
        var listed = _session.Run("Get-ScramjetProfile");
        Assert.Equal("INVALID_PROFILE", Code(Assert.Single(listed.Errors)));
        Assert.Equal("cloud", Assert.Single(listed.Output).Properties["Name"].Value);
        _session.Get($"Connect-ScramjetPlatform {_real.HubUri()}");
    }

    [Fact]
    public async Task Changes_at_the_same_time_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() =>
        {
            using var engine = new Engine();
            engine.Get($"1..8 | ForEach-Object {{ Register-ScramjetPlatform \"lab{i}-$_\" 127.0.0.1:1 }}; Unregister-ScramjetPlatform lab{i}-8");
        })));
        Assert.Equal(28, _session.Get("Get-ScramjetProfile").Count);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(SavedFile)!, "*.partial"));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told()
    {
        File.WriteAllText(Path.Combine(_home, ".config"), "");
        Assert.Equal("FILE_UNWRITABLE", Code(_session.Error("Register-ScramjetPlatform lab 127.0.0.1:1")));
    }
}
