using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>A session with an object of each type that cmdlets write: from real hubs, or from stand-ins if a test can't do that with a real one.</summary>
public sealed class ObjectSamples(RealPlatform real) : IAsyncLifetime
{
    private const string Pong = "module.exports = async function() { this.on('ping', message => this.emit('pong', message)); "
        + "this.logger.warn('Up', 'port 1'); await new Promise(resolve => setTimeout(resolve, 600000)); };";

    private readonly TestSequence _sequence = new(Pong);
    private AdminPlatform? _admin;

    /// <summary>The scripts that write at least one object of a type, by the full name of the type.</summary>
    public static IReadOnlyDictionary<string, string> Scripts { get; } = new Dictionary<string, string>
    {
        ["Scramjet.Client.Model.Space"] = "Get-ScramjetSpace -Connection admin",
        ["Scramjet.Client.Model.Hub"] = "Get-ScramjetHub -Connection real",
        ["Scramjet.Client.Model.Sequence"] = "Get-ScramjetSequence $name -Connection real",
        ["Scramjet.Client.Model.Instance"] = "Get-ScramjetInstance -Sequence $name -Connection real",
        ["Scramjet.Client.Model.InstanceHealth"] = "Get-ScramjetInstance -Sequence $name -Connection real | Get-ScramjetHealth",
        ["Scramjet.Client.Model.LoadCheck"] = "Get-ScramjetLoad -Connection real",
        ["Scramjet.Client.Model.LogEntry"] = "$log",
        ["Scramjet.Client.Model.AuditEntry"] = "Get-ScramjetAudit -Connection real | Select-Object -First 3",
        ["Scramjet.Client.Model.Topic"] = "Get-ScramjetTopic -Hub sth-0, sth-1 -Space alpha -Connection admin",
        ["Scramjet.Client.Model.AccessKey"] = "Get-ScramjetAccessKey -Space alpha -Connection admin",
        ["Scramjet.Client.Model.StoreItem"] = "Get-ScramjetStoreItem -Space alpha -Connection admin",
        ["Scramjet.Client.Model.DisconnectedHub"] = "$disconnected",
        ["ScramjetPlatform.ScramjetProfile"] = "Get-ScramjetProfile $profilePath",
        ["ScramjetPlatform.ScramjetAccessKey"] = "$newKey",
        ["ScramjetPlatform.ScramjetConfiguration"] = "Get-ScramjetConfiguration -Hub sth-0 -Connection admin",
        ["ScramjetPlatform.ScramjetConnection"] = "Get-ScramjetConnection",
        ["ScramjetPlatform.ScramjetContext"] = "Get-ScramjetContext",
        ["ScramjetPlatform.ScramjetEvent"] = "$event",
        ["ScramjetPlatform.ScramjetFlow"] = "$flow",
        ["ScramjetPlatform.ScramjetInstanceLine"] = "$line",
        ["ScramjetPlatform.ScramjetStateChange"] = "Compare-ScramjetState $statePath -Connection real",
        ["ScramjetPlatform.ScramjetTreeNode"] = "Show-ScramjetTree -Hub sth-0, sth-1 -Space alpha -Connection admin",
        ["ScramjetPlatform.ScramjetVersion"] = "Get-ScramjetVersion -Connection real",
    };

    public Engine Session { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _admin = await AdminPlatform.StartAsync(3, "alpha", "beta");
        foreach (var hub in _admin.Hubs)
        {
            hub.AddInstance(hub.AddSequence("hello"));
            hub.AddInstance(hub.AddSequence("world"), "completed");
        }

        _sequence.Write("profile.json", """{"configVersion":1,"apiUrl":"http://127.0.0.1:8000/api/v1","env":"development"}""");
        Session.Set("name", _sequence.Name);
        Session.Set("folder", _sequence.Folder);
        _sequence.Write("state.json", """{"sequences":{"more":{"path":".","hubs":"sth-0","instances":[{"args":["Hi"]}]}}}""");
        Session.Set("statePath", Path.Combine(_sequence.Folder, "state.json"));
        Session.Set("profilePath", Path.Combine(_sequence.Folder, "profile.json"));
        Session.Get(
            $"$ProgressPreference = 'SilentlyContinue'; Connect-ScramjetPlatform {real.Platform.BaseUri} -AccessToken {real.Platform.Token} -Name real; "
                + $"Connect-ScramjetPlatform {_admin.Platform.BaseUri} -AccessToken {_admin.Platform.Token} -Name admin");
        Session.Get("""
            Publish-ScramjetSequence $folder -Connection real | Start-ScramjetSequence -ArgumentList Hi -AppConfig @{ a = 1 } -Wait | Out-Null

            # What is sent before the program listens is lost.
            do { $log = Get-ScramjetInstance -Sequence $name -Connection real | Get-ScramjetLog -Level Warn } until ($log)
            Get-ScramjetInstance -Sequence $name -Connection real | Send-ScramjetEvent ping you
            $event = Get-ScramjetInstance -Sequence $name -Connection real | Receive-ScramjetEvent pong -WaitTimeoutSec 60
            $line = Get-ScramjetInstance -Sequence $name -Connection real | Enter-ScramjetInstance -Stream Log | Select-Object -First 1
            New-ScramjetTopic cities -Hub sth-0, sth-1 -Space alpha -Connection admin | Out-Null
            Start-ScramjetSequence hello -Hub sth-0 -Space alpha -OutputTopic cities -Connection admin | Out-Null
            $flow = Get-ScramjetFlow cities -Hub sth-0 -Space alpha -Connection admin
            $newKey = New-ScramjetAccessKey lab -Space alpha -Connection admin
            Publish-ScramjetStoreItem $folder -Space alpha -Connection admin | Out-Null
            $disconnected = Disconnect-ScramjetHub sth-2 -Space alpha -Connection admin
            """);
    }

    public async ValueTask DisposeAsync()
    {
        Session.Get(
            "Get-ScramjetInstance -Sequence $name -Connection real | Stop-ScramjetInstance -Force -Wait; Get-ScramjetSequence $name -Connection real | "
                + "Remove-ScramjetSequence -Force -Confirm:$false");
        Session.Dispose();
        _sequence.Dispose();
        if (_admin is not null)
            await _admin.DisposeAsync();
    }
}
