using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Scramjet.Testing;

namespace ScramjetPlatform.Tests;

/// <summary>The server of a command in the fault table.</summary>
internal enum FaultedPlace
{
    /// <summary>A standalone hub.</summary>
    Hub,

    /// <summary>A platform with a hub.</summary>
    Platform,

    /// <summary>A platform with two hubs.</summary>
    TwoHubs,

    /// <summary>The multi-manager of the platform with a hub.</summary>
    MultiManager,
}

/// <summary>A command of the fault table, and its request that the faults affect.</summary>
/// <param name="Kind">What commands of this kind do.</param>
/// <param name="Script">
/// The command. <c>$t</c> is its time limit in seconds, <c>$i</c> an instance, <c>$s</c> a sequence, <c>$folder</c> the folder of a sequence, and <c>$file</c>
/// a file that doesn't exist.
/// </param>
/// <param name="Method">The method of the affected request.</param>
/// <param name="Route">The end of its path, as a regular expression.</param>
internal sealed record FaultedCommand(string Kind, string Script, string Method, string Route)
{
    public const string Ask = "ask";
    public const string Connect = "connect";
    public const string Change = "change";
    public const string Upload = "upload";
    public const string Start = "start, stop, wait";
    public const string Receive = "receive";
    public const string Log = "log";
    public const string Event = "await an event";
    public const string Send = "send";
    public const string Filter = "filter";

    /// <summary>The additional time for reading the rest and for the cleanup.</summary>
    private const double CleanUpTime = 8;

    /// <summary>The time without log entries after which the server is checked.</summary>
    private const double QuietTime = 0.7;

    private const string Numbers = "{\"n\":1}\n{\"n\":2}\n";
    private const string Entries = """
        {"level":"INFO","msg":"one","ts":1,"from":"Host"}
        {"level":"INFO","msg":"two","ts":2,"from":"Host"}

        """;

    private const string AuditEntries = """
        {"opState":"START","opCode":11208,"requestorId":"x","receivedAt":1}
        {"opState":"END","opCode":11208,"requestorId":"x","receivedAt":2}

        """;

    public static string[] Kinds { get; } = [Ask, Connect, Change, Upload, Start, Receive, Log, Event, Send, Filter];

    public FaultedPlace Place { get; init; }

    /// <summary>The data of the request before a fault, if its response is a stream: two items.</summary>
    public string? Items { get; init; }

    /// <summary>Whether the items are written in another form, or to a file.</summary>
    public bool GivesItemsElsewhere { get; init; }

    /// <summary>Its time limit in seconds, if it isn't the general one.</summary>
    public double OwnBound { get; init; }

    /// <summary>How many instances it starts, each with the request.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>Whether the request is executed before the fault affects its response.</summary>
    public bool IsCarriedOut => IsRestartsKill || (Kind is Filter && Route is "/input");

    /// <summary>Whether it has no time limit while the hub responds to checks.</summary>
    public bool LastsWithHub { get; init; }

    /// <summary>Whether it can be repeated after a transient failure.</summary>
    public bool MayRepeat => Method is "GET" or "DELETE" || IsRestartsKill;

    /// <summary>A filter asks hubs for their load before it starts instances. It starts them also if there is no answer.</summary>
    private bool IsLoad => Kind is Filter && Route == "/load-check";

    /// <summary>A restart kills the instance, and has its hub remove it from its list, so that the next instance can have its id.</summary>
    private bool IsRestartsKill => Route == "/_kill" && Script.Contains("Restart", StringComparison.Ordinal);

    /// <summary>The data of a stream that isn't affected, so that it ends; null for the response of the server itself.</summary>
    public string? Answer(string method, string target) => method != "GET" ? null
        : Items is not null && Regex.IsMatch(target, Route + "$") ? Items
        : Kind is Receive && target.EndsWith("/output", StringComparison.Ordinal) ? Numbers
        : Kind is Event && Regex.IsMatch(target, Route + "$") ? "55"
        : null;

    /// <summary>The maximum duration with a fault that nothing else ends, in seconds.</summary>
    public double Bound(Fault fault) => IsLoad ? (2 * FaultPlace.ShortTime) + CleanUpTime
        : LastsWithHub ? (3.5 * FaultPlace.ShortTime) + (Script.Contains("Invoke", StringComparison.Ordinal) ? CleanUpTime : 0)
        : fault.FreezesHub && OwnBound > 0 ? FaultPlace.ShortTime + QuietTime
        : OwnBound == 0 ? FaultPlace.ShortTime
        : OwnBound;

    /// <summary>Whether it lasts as long as the fault, as it should: the hub responds to checks, and more data may follow.</summary>
    public bool OutlastsIt(Fault fault) => LastsWithHub && fault is { IsEndless: true, FreezesHub: false };

    public override string ToString() => Script;

    /// <summary>The result with a fault that differs from that of other commands; null if it doesn't. An empty text means no error.</summary>
    public string? Exception(Fault fault) => (fault.Name, Kind) switch
    {
        ("404", Connect) => "INVALID_RESPONSE",
        ("404", Start) when Script.Contains("-Status Running", StringComparison.Ordinal) => "GONE",
        ("404", Start) when Script.Contains("-Wait", StringComparison.Ordinal) => "",
        ("404", Start) when Script.Contains("Restart", StringComparison.Ordinal) && Method == "GET" => "REQUEST_ERROR",

        // An instance that is unknown or isn't running has ended.
        ("400" or "404", Start) when IsRestartsKill => "",
        ("409", Change) when Script.Contains("Remove-ScramjetSequence", StringComparison.Ordinal) => "TIMEOUT",

        // The output has ended, and a warning reports that the input hasn't.
        (_, Filter) when fault is { FreezesHub: true, LeavesBody: false } && Script.Contains("-ReceiveOutput", StringComparison.Ordinal)
            && Method == "POST" => "",

        (_, Filter) when IsLoad => "",

        // The output may have ended before the response is read.
        ("gives two lengths", Filter) when Method == "POST" && Route == "/input" => "",

        // The existing entries are complete before the connection breaks.
        ("resets between chunks", Log) when !Script.Contains("-Follow", StringComparison.Ordinal) => "",

        // The command checks whether the instance has ended, independent of the request that ends it.
        (_, Start) when Script.Contains("Stop-ScramjetInstance -GracePeriodSec", StringComparison.Ordinal)
            && (fault.GivesItems
                || fault.Name.Contains("compressed", StringComparison.Ordinal)
                || fault.Name.Contains("chunk", StringComparison.Ordinal)) => "",
        _ => null,
    };

    /// <summary>Writes a state file beside the sequence.</summary>
    private const string WriteState = "Set-Content \"$folder/state.json\" '{ \"topics\": { \"fresh\": {} } }'; ";

    private const string Shared = "@{ n = 1 }, @{ n = 2 } | Invoke-ScramjetSequence double -InstanceCount 2";

    /// <summary>All commands that send requests.</summary>
    public static IReadOnlyList<FaultedCommand> All { get; } =
    [
        new(Ask, "Get-ScramjetHub", "GET", "/version"),
        new(Ask, "Get-ScramjetSequence -TimeoutSec $t", "GET", "/sequences"),
        new(Ask, "Get-ScramjetInstance -TimeoutSec $t", "GET", "/instances"),
        new(Ask, "Get-ScramjetHealth $i -TimeoutSec $t", "GET", "/health"),
        new(Ask, "Get-ScramjetTopic -TimeoutSec $t", "GET", "/topics"),
        new(Ask, "Get-ScramjetFlow -TimeoutSec $t", "GET", "/instances"),
        new(Ask, "Get-ScramjetFlow -TimeoutSec $t", "GET", "/topics"),
        new(Ask, "Get-ScramjetLoad -TimeoutSec $t", "GET", "/load-check"),
        new(Ask, "Get-ScramjetConfiguration -TimeoutSec $t", "GET", "/config"),
        new(Ask, "Get-ScramjetVersion -Hub * -TimeoutSec $t", "GET", "/version"),
        new(Ask, "Show-ScramjetTree -TimeoutSec $t", "GET", "/entities"),
        new(Ask, WriteState + "Compare-ScramjetState \"$folder/state.json\"", "GET", "/entities"),
        new(Ask, "Export-ScramjetState \"$folder/$([guid]::NewGuid()).yaml\"", "GET", "/topics"),
        new(Ask, "Get-ScramjetSpace -TimeoutSec $t", "GET", "/spaces") { Place = FaultedPlace.Platform },
        new(Ask, "Get-ScramjetHub -TimeoutSec $t", "GET", "/list") { Place = FaultedPlace.Platform },
        new(Ask, "Get-ScramjetTopic -Space * -TimeoutSec $t", "GET", "/topics") { Place = FaultedPlace.Platform },
        new(Ask, "Get-ScramjetAccessKey", "GET", "/apikey") { Place = FaultedPlace.Platform },
        new(Ask, "Get-ScramjetStoreItem", "GET", "/s3") { Place = FaultedPlace.Platform },
        new(Connect, "Connect-ScramjetPlatform -HubUri $uri -AccessToken $token -TimeoutSec $t", "GET", "/version"),
        new(Connect, "Connect-ScramjetPlatform -HubUri $uri -AccessToken $token -TimeoutSec $t", "GET", "/config"),
        new(Connect, "Connect-ScramjetPlatform $uri -AccessToken $token -TimeoutSec $t", "GET", "/spaces") { Place = FaultedPlace.Platform },
        new(Connect, "Connect-ScramjetPlatform -MultiManagerUri $uri -AccessToken $token -TimeoutSec $t", "GET", "/list") { Place = FaultedPlace.MultiManager },
        new(Change, "New-ScramjetTopic fresh", "POST", "/topics"),
        new(Change, WriteState + "Sync-ScramjetState \"$folder/state.json\"", "POST", "/topics"),
        new(Change, "Remove-ScramjetTopic t -Confirm:$false", "DELETE", "/topics/t"),
        new(Change, "$idle | Remove-ScramjetSequence -WaitTimeoutSec 2 -Confirm:$false", "DELETE", "/sequence/[^/]+"),
        new(Change, "Send-ScramjetEvent $i ping 5", "POST", "/_event"),
        new(Change, "New-ScramjetAccessKey -Description x", "POST", "/apikey") { Place = FaultedPlace.Platform },
        new(Change, "Remove-ScramjetAccessKey -AccessKey $key -Confirm:$false", "DELETE", "/apikey") { Place = FaultedPlace.Platform },
        new(Change, "Remove-ScramjetAccessKey -All -Confirm:$false", "DELETE", "/apikey") { Place = FaultedPlace.Platform },
        new(Change, "Disconnect-ScramjetHub sth-0 -Confirm:$false", "POST", "/disconnect") { Place = FaultedPlace.Platform },
        new(Change, "Remove-ScramjetHub sth-0 -Force -Confirm:$false", "DELETE", "/sth/sth-0") { Place = FaultedPlace.Platform },
        new(Change, "Remove-ScramjetStoreItem stored -Confirm:$false", "DELETE", "/s3/[^/]+") { Place = FaultedPlace.Platform },
        new(Change, "New-ScramjetSpace fresh", "POST", "/start") { Place = FaultedPlace.MultiManager },
        new(Upload, "Publish-ScramjetSequence $folder -TimeoutSec $t", "POST", "/sequence"),
        new(Upload, "Publish-ScramjetSequence $folder", "POST", "/sequence") { LastsWithHub = true },
        new(Upload, "Publish-ScramjetStoreItem $folder -TimeoutSec $t", "PUT", "/s3.*") { Place = FaultedPlace.Platform },
        new(Start, "$s | Start-ScramjetSequence", "POST", "/start"),
        new(Start, "$s | Start-ScramjetSequence -Wait -WaitTimeoutSec $t", "GET", "/instance/[^/]+"),
        new(Start, "$i | Restart-ScramjetInstance", "GET", "/instance/[^/]+"),
        new(Start, "$i | Restart-ScramjetInstance", "POST", "/_kill"),
        new(Start, "$i | Restart-ScramjetInstance", "POST", "/start"),
        new(Start, "$i | Stop-ScramjetInstance -GracePeriodSec 0.1", "POST", "/_stop"),
        new(Start, "$i | Stop-ScramjetInstance -Force", "POST", "/_kill"),
        new(Start, "$i | Wait-ScramjetInstance -Status Running -WaitTimeoutSec $t", "GET", "/instance/[^/]+"),
        new(Receive, "Receive-ScramjetOutput $i.SequenceName -DurationSec $t", "GET", "/instances"),
        new(Receive, "$i | Receive-ScramjetOutput -DurationSec $t", "GET", "/output") { Items = Numbers },
        new(Receive, "$i | Receive-ScramjetOutput -DurationSec $t -Stream Stderr", "GET", "/stderr") { Items = Numbers },
        new(Receive, "$i | Receive-ScramjetOutput -DurationSec $t -AsByteStream", "GET", "/output") { Items = Numbers, GivesItemsElsewhere = true },
        new(Receive, "$i | Receive-ScramjetOutput -DurationSec $t -OutFile $file", "GET", "/output") { Items = Numbers, GivesItemsElsewhere = true },
        new(Receive, "Receive-ScramjetTopicData t -DurationSec $t", "GET", "/topic/t") { Items = Numbers },
        new(Receive, "$i | Receive-ScramjetEvent -EventName x -Follow -WaitTimeoutSec $t", "GET", "/events/x") { Items = Numbers },
        new(Receive, "$i | Receive-ScramjetOutput", "GET", "/output") { Items = Numbers, LastsWithHub = true },
        new(Receive, "$i | Enter-ScramjetInstance -Stream Output", "GET", "/output") { Items = Numbers, GivesItemsElsewhere = true, LastsWithHub = true },
        new(Log, "Get-ScramjetLog", "GET", "/log") { Items = Entries, OwnBound = 12 },
        new(Log, "$i | Get-ScramjetLog", "GET", "/log") { Items = Entries, OwnBound = 12 },
        new(Log, "Get-ScramjetLog -Follow", "GET", "/log") { Items = Entries, LastsWithHub = true },
        new(Log, "$i | Get-ScramjetLog -Follow", "GET", "/log") { Items = Entries, LastsWithHub = true },
        new(Log, "Get-ScramjetAudit", "GET", "/audit") { Items = AuditEntries, OwnBound = 12 },
        new(Event, "$i | Receive-ScramjetEvent -EventName x -WaitTimeoutSec $t", "GET", "/event/x"),
        new(Event, "$i | Receive-ScramjetEvent -EventName x -Next -WaitTimeoutSec $t", "GET", "/once/x"),
        new(Event, "$i | Receive-ScramjetEvent -EventName x", "GET", "/event/x") { LastsWithHub = true },
        new(Send, "1..3 | Send-ScramjetInput $i", "POST", "/input") { LastsWithHub = true },
        new(Send, "1..3 | Send-ScramjetInput $i -Stdin", "POST", "/stdin") { LastsWithHub = true },
        new(Send, "1..3 | Send-ScramjetTopicData t", "POST", "/topic/t") { LastsWithHub = true },
        new(Filter, "@{ n = 1 }, @{ n = 2 } | Send-ScramjetInput $i -ReceiveOutput", "POST", "/input") { LastsWithHub = true },
        new(Filter, "@{ n = 1 }, @{ n = 2 } | Send-ScramjetInput $i -ReceiveOutput", "GET", "/output") { Items = Numbers, LastsWithHub = true },
        new(Filter, "@{ n = 1 }, @{ n = 2 } | Invoke-ScramjetSequence double", "POST", "/start"),
        new(Filter, "@{ n = 1 }, @{ n = 2 } | Invoke-ScramjetSequence double", "POST", "/input") { LastsWithHub = true },
        new(Filter, "@{ n = 1 }, @{ n = 2 } | Invoke-ScramjetSequence double", "GET", "/output") { Items = Numbers, LastsWithHub = true },
        new(Filter, Shared + " -Hub *", "GET", "/load-check") { Place = FaultedPlace.TwoHubs, Instances = 2 },
        new(Filter, Shared, "POST", "/start") { Instances = 2 },
        new(Filter, Shared, "POST", "/input") { Instances = 2, LastsWithHub = true },
        new(Filter, Shared, "GET", "/output") { Instances = 2, Items = Numbers, LastsWithHub = true },
    ];
}
