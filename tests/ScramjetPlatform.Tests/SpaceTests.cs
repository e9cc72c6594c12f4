using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>The tasks of a space's owner: access keys, hubs, load, configuration, the store, and the multi-manager.</summary>
public sealed class SpaceTests
{
    private static string Reveal(PSObject key) => new NetworkCredential("", (SecureString)key.Properties["AccessKey"].Value).Password;

    private static string[] Texts(IEnumerable<PSObject> objects, string property) => [.. objects.Select(o => o.Properties[property].Value?.ToString() ?? "")];

    [Fact]
    public async Task A_new_access_key_is_a_secret_and_no_token()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        using var session = platform.Connect();
        var key = session.Single("New-ScramjetAccessKey 'for the lab'");
        Assert.Equal(("for the lab", "alpha"), ((string)key.Properties["Description"].Value, (string)key.Properties["Space"].Value));
        var secret = Reveal(key);
        session.Set("key", key);
        Assert.DoesNotContain(secret, session.Render("$key") + session.Render("$key | Format-List *") + key, StringComparison.Ordinal);

        // Hubs join with it; people have a token.
        using var holder = new Engine();
        holder.Set("key", key);
        Assert.Equal("NOT_AUTHORIZED", Code(holder.Error($"Connect-ScramjetPlatform {platform.Platform.BaseUri} $key.AccessKey")));

        var listed = session.Single("Get-ScramjetSpace | Get-ScramjetAccessKey");
        Assert.Equal("for the lab", listed.Properties["Description"].Value);
        Assert.IsType<DateTimeOffset>(listed.Properties["Created"].Value);
        Assert.DoesNotContain(listed.Properties, p => p.Value?.ToString()?.Contains(secret, StringComparison.Ordinal) == true);

        session.Get("$key | Remove-ScramjetAccessKey -Confirm:$false");
        Assert.Empty(session.Get("Get-ScramjetAccessKey"));
    }

    [Fact]
    public async Task A_key_is_plain_text_only_if_requested()
    {
        await using var platform = await AdminPlatform.StartAsync(0, "alpha");
        using var session = platform.Connect();
        session.Set("key", session.Single("New-ScramjetAccessKey lab -AsPlainText").Properties["AccessKey"].Value);
        Assert.IsType<string>(session.Single("$key").BaseObject);
        session.Get("Remove-ScramjetAccessKey $key -Confirm:$false");
        var result = session.Run("Remove-ScramjetAccessKey $key -Confirm:$false -Verbose");
        Assert.Equal("NOT_FOUND", Code(Assert.Single(result.Errors)));
        var secret = (string)session.Single("$key").BaseObject;
        Assert.DoesNotContain(
            secret,
            string.Concat(result.Verbose) + string.Concat(result.Errors.Select(e => e + e.Exception.ToString())),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_keys_of_a_space_are_revoked_and_their_hubs_disconnected()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha", "beta");
        using var session = platform.Connect();
        session.Get("New-ScramjetAccessKey one -Space alpha; New-ScramjetAccessKey two -Space alpha; New-ScramjetAccessKey three -Space beta");
        Assert.Equal("AMBIGUOUS", Code(session.Error("New-ScramjetAccessKey four")));
        Assert.Equal("AMBIGUOUS", Code(session.Error("Remove-ScramjetAccessKey -All -Confirm:$false")));
        session.Get("Remove-ScramjetAccessKey -All -Space alpha -WhatIf");
        Assert.Equal(["one", "three", "two"], Texts(session.Get("Get-ScramjetAccessKey"), "Description").Order());

        var result = session.Run("Remove-ScramjetAccessKey -All -Space alpha -Confirm:$false -Verbose");
        Assert.Empty(result.Errors);
        Assert.Contains("alpha: 2 access keys were revoked.", result.Verbose);
        Assert.Equal("three", session.Single("Get-ScramjetAccessKey").Properties["Description"].Value);
        session.Get("Set-ScramjetContext -Space beta; New-ScramjetAccessKey four | Out-Null");
        Assert.Equal(2, session.Get("Get-ScramjetAccessKey").Count);
    }

    [Fact]
    public async Task A_place_without_keys_is_an_error()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        using var manager = platform.ConnectMultiManager();
        Assert.Equal("NOT_SUPPORTED", Code(manager.Error("New-ScramjetAccessKey lab")));
        using var server = platform.Connect();
        server.Get($"Connect-ScramjetPlatform -HubUri {server.Single("(Get-ScramjetHub).Uri").BaseObject} -AccessToken {platform.Platform.Token}");
        Assert.Equal("NOT_SUPPORTED", Code(server.Error("Get-ScramjetAccessKey")));
    }

    [Fact]
    public async Task Hubs_are_disconnected_and_removed()
    {
        await using var platform = await AdminPlatform.StartAsync(4, "alpha");
        using var session = platform.Connect();
        session.Get("Get-ScramjetHub | Disconnect-ScramjetHub -WhatIf; Remove-ScramjetHub * -Force -WhatIf");
        Assert.Equal(4, session.Get("Get-ScramjetHub").Count);

        Assert.Equal(["sth-0"], Texts(session.Get("Disconnect-ScramjetHub sth-0"), "Hub"));
        Assert.Equal("Disconnected", session.Single("Get-ScramjetHub sth-0").Properties["Status"].Value);
        session.Get("Get-ScramjetHub sth-0 | Remove-ScramjetHub -Confirm:$false");
        Assert.Equal("NOT_FOUND", Code(session.Error("Get-ScramjetHub sth-0")));

        var refused = session.Error("Remove-ScramjetHub sth-1 -Confirm:$false");
        Assert.NotEqual("NOT_FOUND", Code(refused));
        session.Get("Remove-ScramjetHub sth-1 -Force -Confirm:$false");
        Assert.Equal(["sth-2", "sth-3"], Texts(session.Get("Disconnect-ScramjetHub -All"), "Hub").Order());
        Assert.All(session.Get("Get-ScramjetHub"), h => Assert.False((bool)h.Properties["Connected"].Value));
        Assert.Equal("NOT_FOUND", Code(session.Error("Disconnect-ScramjetHub nowhere")));
    }

    [Fact]
    public async Task Some_hubs_can_stay_connected()
    {
        await using var platform = await AdminPlatform.StartAsync(3, "alpha");
        using var session = platform.Connect();
        Assert.Equal(2, session.Get("Disconnect-ScramjetHub -All -KeepCount 1").Count);
        Assert.Single(session.Get("Get-ScramjetHub | Where-Object Connected"));
        Assert.Equal("BAD_PARAMETERS", Code(session.Error("Disconnect-ScramjetHub -All -KeepCount 1 -AccessKey x")));
    }

    [Fact]
    public async Task Only_the_hubs_of_an_access_key_are_disconnected()
    {
        string? body = null;
        await using var server = new FaultServer(async exchange =>
        {
            if (exchange.Target.EndsWith("/disconnect", StringComparison.Ordinal))
                body = Encoding.UTF8.GetString(await exchange.ReadBodyAsync());
            await exchange.AnswerAsync(
                200,
                exchange.Target.EndsWith("/spaces", StringComparison.Ordinal) ? """[{"id":"alpha"}]""" : body is null ? "[]" : """{"disconnected":[]}""");
        });
        using var session = new Engine();
        session.Get($"Connect-ScramjetPlatform -Uri {server.BaseUri} -AccessToken token; Disconnect-ScramjetHub -All -AccessKey hunter2");

        // A limit would disconnect all others too.
        Assert.Equal("""{"accessKey":"hunter2"}""", body);
    }

    [Fact]
    public async Task A_listed_key_is_refused_and_revokes_no_others()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        using var session = platform.Connect();
        session.Get("$one = New-ScramjetAccessKey one; $two = New-ScramjetAccessKey two");
        var error = session.Error("Get-ScramjetAccessKey | Where-Object Description -eq one | Remove-ScramjetAccessKey -Confirm:$false");
        Assert.Contains("'one' was listed without the key itself", error.ToString(), StringComparison.Ordinal);
        foreach (var keys in new[] { "Get-ScramjetAccessKey | Where-Object Description -eq one", "$one" })
        {
            error = session.Error($"{keys} | Remove-ScramjetAccessKey -All -Confirm:$false");
            Assert.Equal("BAD_PARAMETERS", Code(error));
            Assert.Contains("not only 'one'", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(["one", "two"], Texts(session.Get("Get-ScramjetAccessKey"), "Description"));
        session.Get("$two | Remove-ScramjetAccessKey -Confirm:$false");
        Assert.Equal(["one"], Texts(session.Get("Get-ScramjetAccessKey"), "Description"));
    }

    [Fact]
    public async Task Load_is_numeric_with_readable_views()
    {
        await using var platform = await AdminPlatform.StartAsync(2, "alpha");
        using var session = platform.Connect();
        var loads = session.Get("Get-ScramjetLoad");
        Assert.Equal(["sth-0", "sth-1"], Texts(loads, "Hub").Order());
        Assert.All(
            loads,
            l => Assert.Equal(
                (12.4, 3L << 30, 40.0),
                ((double)l.Properties["CurrentLoad"].Value, (long)l.Properties["MemoryFree"].Value, (double)l.Properties["DiskPercent"].Value)));
        var screen = session.Render("Get-ScramjetLoad sth-0; Get-ScramjetHub sth-1 | Get-ScramjetLoad");
        Assert.Contains("3.0 GB", screen, StringComparison.Ordinal);
        Assert.Contains("12.4", screen, StringComparison.Ordinal);

        var space = session.Single("Get-ScramjetSpace | Get-ScramjetLoad");
        Assert.Null(space.Properties["Hub"].Value);
        Assert.True((long)space.Properties["MemoryFree"].Value > 0);
        Assert.Equal("NOT_SUPPORTED", Code(session.Error("Get-ScramjetLoad -MultiManager")));
    }

    [Fact]
    public async Task Hubs_and_spaces_return_their_configuration()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        using var session = platform.Connect();
        session.Set("c", session.Single("Get-ScramjetConfiguration sth-0"));
        Assert.Equal("Hub sth-0", session.Single("\"$($c.Component) $($c.Settings.host.id)\"").BaseObject);
        Assert.Equal("Space", session.Single("Get-ScramjetSpace | Get-ScramjetConfiguration").Properties["Component"].Value);
        Assert.Contains("host = {", session.Render("$c"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_store_accepts_lists_and_removes_packages()
    {
        await using var platform = await AdminPlatform.StartAsync(0, "alpha", "beta");
        using var session = platform.Connect();
        using var sequence = new TestSequence();
        Assert.Empty(session.Get("Get-ScramjetStoreItem"));
        Assert.Empty(session.Get($"Publish-ScramjetStoreItem '{sequence.Folder}' -WhatIf"));

        var stored = session.Single($"Publish-ScramjetStoreItem '{sequence.Folder}' -Id mine -Space alpha");
        Assert.Equal(
            ("mine", sequence.Name, "1.2.3"),
            ((string)stored.Properties["Id"].Value, (string)stored.Properties["Name"].Value, (string)stored.Properties["Version"].Value));
        var taken = session.Error($"Publish-ScramjetStoreItem '{sequence.Folder}' mine -Space alpha");
        Assert.Equal("ResourceBusy", taken.CategoryInfo.Category.ToString());
        Assert.Contains("Remove-ScramjetStoreItem", taken.ErrorDetails.RecommendedAction, StringComparison.Ordinal);

        Assert.Equal(2, session.Get($"Publish-ScramjetStoreItem '{sequence.Folder}'").Count);
        Assert.Equal(["alpha", "alpha", "beta"], Texts(session.Get($"Get-ScramjetStoreItem {sequence.Name}"), "Space").Order());
        Assert.Equal("beta", session.Single("Get-ScramjetSpace beta | Get-ScramjetStoreItem").Properties["Space"].Value);
        Assert.Equal("AMBIGUOUS", Code(session.Error($"Remove-ScramjetStoreItem {sequence.Name} -Space alpha -Confirm:$false")));
        session.Get("Remove-ScramjetStoreItem mine -Confirm:$false");
        Assert.Equal("NOT_FOUND", Code(session.Error("Remove-ScramjetStoreItem mine -Confirm:$false")));
        session.Get("Get-ScramjetStoreItem -Space beta | Remove-ScramjetStoreItem -Confirm:$false");
        Assert.Single(session.Get("Get-ScramjetStoreItem"));
        session.Get("Remove-ScramjetStoreItem -All -Confirm:$false");
        Assert.Empty(session.Get("Get-ScramjetStoreItem"));
        File.WriteAllText(Path.Combine(sequence.Folder, "empty.tar.gz"), "");
        Assert.Equal("INVALID_PACKAGE", Code(session.Error($"Publish-ScramjetStoreItem '{sequence.Folder}/empty.tar.gz'")));
    }

    [Fact]
    public async Task An_operator_sees_the_multi_manager_and_starts_managers()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        using var session = platform.ConnectMultiManager();
        Assert.Equal("alpha", session.Single("Get-ScramjetSpace").Properties["Id"].Value);
        Assert.Equal("sth-0", session.Single("Get-ScramjetSpace | Get-ScramjetHub").Properties["Id"].Value);
        session.Set("info", session.Single("Get-ScramjetConfiguration -MultiManager"));
        Assert.Equal("1", session.Single("\"$($info.Settings.managersCount)\"").BaseObject);
        Assert.True((long)session.Single("Get-ScramjetLoad -MultiManager").Properties["MemoryUsed"].Value > 0);

        session.Get("New-ScramjetSpace beta -WhatIf");
        Assert.Equal("beta", session.Single("New-ScramjetSpace beta -Configuration @{ logLevel = 'debug' }").Properties["Id"].Value);
        Assert.Equal(["alpha", "beta"], Texts(session.Get("Get-ScramjetSpace"), "Id").Order());
        Assert.Equal("ResourceBusy", session.Error("New-ScramjetSpace beta").CategoryInfo.Category.ToString());
        Assert.Equal("BAD_PARAMETERS", Code(session.Error("New-ScramjetSpace gamma -Configuration 'no json'")));
        using var user = platform.Connect();
        Assert.Equal("NOT_SUPPORTED", Code(user.Error("New-ScramjetSpace gamma")));
    }
}
