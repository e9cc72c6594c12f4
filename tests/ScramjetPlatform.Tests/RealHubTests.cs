using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The main tasks of the module on real hubs: through the platform, and on a standalone hub.</summary>
public sealed class RealHubTests(RealPlatform real)
{
    [Fact]
    public void The_main_tasks_work_on_two_hubs()
    {
        using var sequence = new TestSequence();
        using var session = real.Connect();
        var published = session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        Assert.Equal(["sth-0", "sth-1"], published.Select(s => (string)s.Properties["Hub"].Value).Order());
        Assert.All(published, s => Assert.Equal((sequence.Name, "1.2.3"), ((string)s.Properties["Name"].Value, (string)s.Properties["Version"].Value)));

        var stopped = session.Get(
            $"Get-ScramjetSpace | Get-ScramjetHub | Get-ScramjetSequence {sequence.Name[..10]}* | Start-ScramjetSequence | Stop-ScramjetInstance -Wait "
                + "-PassThru -GracePeriodSec 0.2");
        Assert.Equal(2, stopped.Count);
        Assert.All(stopped, i => Assert.True((bool)i.Properties["HasEnded"].Value));
        Assert.Empty(session.Get($"Get-ScramjetInstance -Sequence {sequence.Name} | Where-Object HasEnded -ne $true"));

        session.Get($"Get-ScramjetSequence {sequence.Name} -Hub * | Remove-ScramjetSequence -Confirm:$false");
        Assert.Empty(session.Get($"Get-ScramjetSequence {sequence.Name}*"));
    }

    [Fact]
    public void The_main_tasks_work_on_a_standalone_hub()
    {
        using var sequence = TestSequence.Stoppable();
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var instance = session.Single($"Get-ScramjetHub | Get-ScramjetSequence {sequence.Name} | Start-ScramjetSequence -Wait");
        Assert.Equal("Running", instance.Properties["Status"].Value.ToString());
        Assert.Equal(sequence.Name, instance.Properties["SequenceName"].Value);
        Assert.Null(instance.Properties["Space"].Value);

        var ended = session.Single("$input | Stop-ScramjetInstance -Wait -PassThru", instance);
        Assert.True((bool)ended.Properties["HasEnded"].Value);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Confirm:$false");
    }

    [Fact]
    public void Each_instance_is_stopped_on_its_own_hub()
    {
        using var sequence = new TestSequence();
        using var session = real.Connect();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait | Out-Null");
        Assert.Equal(["sth-0", "sth-1"], session.Get($"Get-ScramjetInstance -Sequence {sequence.Name}").Select(i => (string)i.Properties["Hub"].Value).Order());

        session.Get($"Get-ScramjetInstance -Sequence {sequence.Name} | Stop-ScramjetInstance -Force -Wait");
        Assert.Empty(session.Get($"Get-ScramjetInstance -Sequence {sequence.Name} -Status Running"));
        session.Get($"Get-ScramjetSequence {sequence.Name} | Remove-ScramjetSequence -Force -Confirm:$false");
    }

    [Theory]
    [InlineData("-Force")]
    [InlineData("-TimeoutSec 0.2")]
    public void Stopping_an_ended_instance_is_not_an_error(string how)
    {
        RealPlatform.SkipIfRelease();
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        session.Get("$i | Stop-ScramjetInstance -Force -Wait");
        Assert.Equal("Gone", session.Single($"$i | Stop-ScramjetInstance {how} -Wait -PassThru").Properties["Status"].Value.ToString());
        Assert.StartsWith("NOT_FOUND,", session.Error($"Stop-ScramjetInstance $i.Id {how}").FullyQualifiedErrorId);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Confirm:$false");
    }

    [Fact]
    public void A_forced_removal_ends_the_instances_first()
    {
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait");
        var error = session.Error($"Remove-ScramjetSequence {sequence.Name} -Confirm:$false");
        Assert.StartsWith("REQUEST_ERROR,", error.FullyQualifiedErrorId);
        Assert.Equal("ResourceBusy", error.CategoryInfo.Category.ToString());

        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
        Assert.Empty(session.Get($"Get-ScramjetSequence {sequence.Name}*"));
    }

    [Fact]
    public void Start_passes_the_configuration_and_the_arguments()
    {
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var instance = session.Single(
            $"Start-ScramjetSequence {sequence.Name} -AppConfig @{{ city = 'Gdańsk'; n = 3; deep = @{{ list = 1, 2 }} }} -ArgumentList 'a', 2, $true, @{{ x "
                + "= 1 } -Wait");
        session.Set("i", instance);
        Assert.Equal(
            "Gdańsk 3 2 4 2 True 1",
            session.Single(
                "\"$($i.AppConfig.city) $($i.AppConfig.n) $($i.AppConfig.deep.list.Count) $($i.ArgumentList.Count) $($i.ArgumentList[1]) "
                    + "$($i.ArgumentList[2]) $($i.ArgumentList[3].x)\"").BaseObject);

        var health = session.Single("$i | Get-ScramjetHealth");
        Assert.True((bool)health.Properties["Healthy"].Value);
        session.Get("$i | Stop-ScramjetInstance -Force -Wait");
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Confirm:$false");
    }

    [Fact]
    public void An_instance_is_found_by_the_beginning_of_its_id()
    {
        using var sequence = new TestSequence();
        using var session = real.Connect();
        var instance = session.Single($"Publish-ScramjetSequence '{sequence.Folder}' -Hub sth-1 | Start-ScramjetSequence -Wait");
        var id = (string)instance.Properties["Id"].Value;
        Assert.Equal(id, session.Single($"Get-ScramjetInstance {id[..13]}").Properties["Id"].Value);
        Assert.Equal(id, session.Single($"Get-ScramjetInstance {id}").Properties["Id"].Value);
        Assert.Equal(id, session.Single($"'{id[..8]}*' | Get-ScramjetInstance").Properties["Id"].Value);
        Assert.Equal(
            "sth-1",
            session.Single($"[pscustomobject]@{{ Id = '{id}'; Hub = 'sth-1'; Space = 'local' }} | Get-ScramjetInstance").Properties["Hub"].Value);
        session.Get($"Stop-ScramjetInstance {id} -Force -Wait");
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Confirm:$false");
    }

    [Fact]
    public async Task Wait_detects_that_an_instance_ends_by_itself()
    {
        using var sequence = new TestSequence("module.exports = async function() { await new Promise(resolve => setTimeout(resolve, 1000)); };");
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var ended = session.Single($"Start-ScramjetSequence {sequence.Name} | Wait-ScramjetInstance -WaitTimeoutSec 60");
        Assert.True((bool)ended.Properties["HasEnded"].Value);
        await Task.Yield();
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void Wait_reports_a_timeout()
    {
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        var error = session.Error("$i | Wait-ScramjetInstance -WaitTimeoutSec 0.3");
        Assert.StartsWith("TIMEOUT,", error.FullyQualifiedErrorId);
        Assert.Equal("OperationTimeout", error.CategoryInfo.Category.ToString());
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void A_package_file_is_published_with_progress()
    {
        using var sequence = new TestSequence();
        sequence.Write("data.bin", new string('x', 300_000));
        var package = sequence.Folder + ".tar.gz";
        try
        {
            using (var file = File.Create(package))
            using (var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
                System.Formats.Tar.TarFile.CreateFromDirectory(sequence.Folder, gzip, includeBaseDirectory: false);
            using var session = real.ConnectHub();
            var result = session.Run($"Publish-ScramjetSequence '{package}'");
            Assert.Empty(result.Errors);
            Assert.Single(result.Output);
            Assert.Contains(result.Progress, p => p.PercentComplete == 100);
            Assert.Contains(result.Progress, p => p.RecordType == System.Management.Automation.ProgressRecordType.Completed);
            session.Get($"Remove-ScramjetSequence {sequence.Name} -Confirm:$false");
        }
        finally
        {
            File.Delete(package);
        }
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        Assert.Empty(session.Get($"Publish-ScramjetSequence '{sequence.Folder}' -WhatIf"));
        Assert.Empty(session.Get($"Get-ScramjetSequence {sequence.Name}*"));

        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        session.Get(
            $"$i | Stop-ScramjetInstance -WhatIf; Remove-ScramjetSequence {sequence.Name} -Force -WhatIf; Start-ScramjetSequence {sequence.Name} -WhatIf");
        Assert.Single(session.Get($"Get-ScramjetInstance -Sequence {sequence.Name}"));
        Assert.Contains("What if:", session.Screen, StringComparison.Ordinal);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void Features_that_an_old_hub_does_not_have_are_not_supported()
    {
        RealPlatform.SkipIfRelease();
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        foreach (var script in new[]
        {
            $"Publish-ScramjetSequence '{sequence.Folder}' -Update",
            $"Start-ScramjetSequence {sequence.Name} -OutputTopic cities",
            $"Start-ScramjetSequence {sequence.Name} -InstanceId {Guid.NewGuid()}",
        })
        {
            var error = session.Error(script);
            Assert.StartsWith("NOT_SUPPORTED,", error.FullyQualifiedErrorId);
            Assert.Contains("0.18.7", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(session.Get($"Get-ScramjetInstance -Sequence {sequence.Name}"));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Confirm:$false");
    }

    [Fact]
    public void The_context_limits_the_places()
    {
        using var session = real.Connect();
        session.Get("Set-ScramjetContext -Space local -Hub sth-1");
        Assert.Equal("sth-1", session.Single("Get-ScramjetHub").Properties["Id"].Value);
        Assert.Equal("sth-0", session.Single("Get-ScramjetHub sth-0").Properties["Id"].Value);
        Assert.Equal(2, session.Get("Get-ScramjetHub *").Count);
        Assert.Equal("local", session.Single("Get-ScramjetContext").Properties["Space"].Value);
        session.Get("Clear-ScramjetContext");
        Assert.Equal(2, session.Get("Get-ScramjetHub").Count);
        session.Get("Get-ScramjetHub sth-0 | Set-ScramjetContext");
        Assert.Equal("sth-0", session.Single("Get-ScramjetContext").Properties["Hub"].Value);
    }

    [Fact]
    public void Versions_of_all_parts_are_returned()
    {
        using var session = real.Connect();
        var versions = session.Get("Get-ScramjetVersion");
        Assert.Equal(["Hub", "Hub", "Module", "Platform", "Space"], versions.Select(v => (string)v.Properties["Component"].Value).Order());
        Assert.Equal(RealPlatform.HubVersion, session.Single("Get-ScramjetVersion -Hub sth-0").Properties["Version"].Value);
    }

    [Fact]
    public void Tables_show_whole_ids_within_120_columns()
    {
        using var sequence = new TestSequence();
        using var session = real.Connect();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' -Hub sth-0 | Start-ScramjetSequence -Wait"));
        var id = session.Single("$i.Id").BaseObject.ToString()!;
        foreach (var (script, text) in new[]
        {
            ("Get-ScramjetInstance", id),
            ("Get-ScramjetSequence", sequence.Name),
            ("Get-ScramjetHub", "sth-1"),
            ("Get-ScramjetSpace", "local"),
            ("$i | Get-ScramjetHealth", id),
            ("Get-ScramjetConnection", "Platform"),
            ("Get-ScramjetContext", "Connection"),
            ("Get-ScramjetVersion", RealPlatform.HubVersion),
        })
        {
            var screen = session.Render(script);
            Assert.Contains(text, screen, StringComparison.Ordinal);
            Assert.All(screen.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 120));
        }

        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }
}
