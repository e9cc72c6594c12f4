using System;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>
/// The differences between versions of a hub. Everything else is the same in all versions and is in the tests. Observed with real hubs: 0.18.7 from npm, the
/// 1.0.1 release, and the head of upstream's development, which has the version 1.0.1 too.
/// </summary>
internal sealed record HubFacts
{
    /// <summary>The hub 0.18.7 from npm.</summary>
    public static HubFacts Npm018 { get; } = new()
    {
        Name = "0.18.7",
        VersionKeys = ["version"],
        HasAdministration = false,
        LoadIsInPercent = true,
        InstanceKeys = ["appConfig", "created", "id", "sequence", "sequenceArgs", "started"],
        ListedInstanceKeys = ["id", "sequence"],
        SequenceKeys = ["config", "id", "instances"],
        UnknownSequence = new(404, "{}"),
        UnknownSequenceInstances = new(500, "", "Failed to serialize data"),
        UnknownSequenceStart = new(404, """{"opStatus":"Not Found"}"""),
        UnknownSequenceDelete = new(404, """{"opStatus":"Not Found"}"""),
        UnknownInstance = new(404, ""),
        NoContentType = new(400, "", "Invalid content-type"),
        NoContentTypeInInstance = new(500, "400: Invalid content-type"),
        NotJson = new(400, "", "Invalid content-type"),
        NotAPackageType = new(400, "", "Invalid content-type"),
        InUse = new(409, """{"opStatus":"Conflict","error":"Can't remove sequence in use."}"""),
        RemovesByForce = false,
        TakesInstanceIds = false,
        StopForm = """[4001,{"timeout":TIMEOUT,"canCallKeepalive":false}]""",
        StopAnswer = 200,
        AnswersWithTheInstance = false,
        OtherStopForm = "{\"timeout\":0,\"canCallKeepalive\":false}",
        OtherStopAnswer = new(500, "Spread syntax requires ...iterable[Symbol.iterator] to be a function"),
        RemembersTheEnded = false,
        NoInputType = new(500, "500: Internal error occurred"),
        InputFromTopic = new(500, "500: Internal error occurred"),
        StdinType = new(500, "400: Invalid content-type"),
        TakesBytes = false,
        JoinsCutCharacters = true,
        GivesBytesWhole = false,
        HasInout = false,
        EventAnswer = new(202, """{"accepted":true}"""),
        EventsHaveNames = true,
        EventsAreTexts = true,
        NamelessEvent = new(500, "Bad message of type 5001"),
        LogServesOneReaderOnly = false,
        LogEndsWithTheInstance = true,
        FailingStreamEndsAtOnce = true,
        TopicsHaveTypes = false,
        TopicSendAnswer = new(202, ""),
    };

    /// <summary>The 1.0.1 release, which the stand-in implements.</summary>
    public static HubFacts Release101 { get; } = new()
    {
        Name = "1.0.1",
        VersionKeys = ["apiVersion", "build", "service", "version"],
        HasAdministration = true,
        LoadIsInPercent = false,
        InstanceKeys = ["args", "created", "id", "sequence", "started", "status"],
        ListedInstanceKeys = ["args", "created", "id", "sequence", "started", "status"],
        SequenceKeys = ["config", "id", "instances", "location"],
        UnknownSequence = new(404, """{"error":"Sequence no-such-id not found"}"""),
        UnknownSequenceInstances = new(404, """{"error":"Sequence no-such-id not found"}"""),
        UnknownSequenceStart = new(404, """{"error":"Not Found"}"""),
        UnknownSequenceDelete = new(404, """{"error":"The sequence no-such-id does not exist."}"""),
        UnknownInstance = new(404, """{"error":"Instance no-such-id not found"}"""),
        NoContentType = new(400, "", "Could not parse content"),
        NoContentTypeInInstance = new(500, "400: Could not parse content"),
        NotJson = new(400, "", "Could not parse content"),
        NotAPackageType = new(415, "", "Invalid content-type"),
        InUse = new(409, """{"error":"Can't remove- Sequence in use"}"""),
        RemovesByForce = true,
        TakesInstanceIds = true,
        StopForm = """{"timeout":TIMEOUT,"canCallKeepalive":false}""",
        StopAnswer = 202,
        AnswersWithTheInstance = true,
        OtherStopForm = """[4001,{"timeout":0,"canCallKeepalive":false}]""",
        OtherStopAnswer = new(202, null),
        RemembersTheEnded = true,
        KillsTheEnded = true,
        NoInputType = new(406, """{"error":"Content-Type must be defined"}"""),
        InputFromTopic = new(405, """{"error":"Input provided in other way"}"""),
        StdinType = new(500, "415: Invalid content-type"),
        TakesBytes = true,
        JoinsCutCharacters = false,
        GivesBytesWhole = true,
        HasInout = true,
        EventAnswer = new(200, """{"accepted":"OK"}"""),
        EventsHaveNames = false,
        EventsAreTexts = false,
        NamelessEvent = new(400, """{"error":"Invalid format, eventName missing."}"""),
        LogServesOneReaderOnly = true,
        LogEndsWithTheInstance = false,
        FailingStreamEndsAtOnce = false,
        TopicsHaveTypes = true,
        TopicSendAnswer = new(200, "{}"),
    };

    /// <summary>The head of upstream's development: it reports the appConfig, and doesn't kill instances that aren't running.</summary>
    public static HubFacts Head101 { get; } = Release101 with
    {
        Name = "1.0.1, development head",
        InstanceKeys = ["appConfig", .. Release101.InstanceKeys],
        ListedInstanceKeys = ["appConfig", .. Release101.ListedInstanceKeys],
        KillsTheEnded = false,
        ReachesItsSpace = true,
    };

    public required string Name { get; init; }

    /// <summary>The keys in the response of /version.</summary>
    public required string[] VersionKeys { get; init; }

    /// <summary>Whether the hub has /status, /config, /entities and /audit, updates, and routes to create and remove topics.</summary>
    public required bool HasAdministration { get; init; }

    /// <summary>Whether the usage of a file system is a percentage, rather than a fraction.</summary>
    public required bool LoadIsInPercent { get; init; }

    /// <summary>The keys of each running instance, in addition to its topics.</summary>
    public required string[] InstanceKeys { get; init; }

    /// <summary>The keys of an instance in a list.</summary>
    public required string[] ListedInstanceKeys { get; init; }

    public required string[] SequenceKeys { get; init; }

    public required Expected UnknownSequence { get; init; }

    public required Expected UnknownSequenceInstances { get; init; }

    public required Expected UnknownSequenceStart { get; init; }

    public required Expected UnknownSequenceDelete { get; init; }

    public required Expected UnknownInstance { get; init; }

    /// <summary>The response of a route for JSON to a request without a content type.</summary>
    public required Expected NoContentType { get; init; }

    public required Expected NoContentTypeInInstance { get; init; }

    /// <summary>The response to another content type than JSON.</summary>
    public required Expected NotJson { get; init; }

    /// <summary>The response to an upload with another content type than application/octet-stream.</summary>
    public required Expected NotAPackageType { get; init; }

    /// <summary>The response to the removal of a sequence with instances.</summary>
    public required Expected InUse { get; init; }

    /// <summary>Whether the hub ends the instances first if the request has the header x-seq-kill-inst.</summary>
    public required bool RemovesByForce { get; init; }

    /// <summary>Whether a start accepts an instance id, topics and limits.</summary>
    public required bool TakesInstanceIds { get; init; }

    /// <summary>The body of a stop, with TIMEOUT for the milliseconds.</summary>
    public required string StopForm { get; init; }

    public required int StopAnswer { get; init; }

    /// <summary>Whether the response to a stop or a kill is the instance.</summary>
    public required bool AnswersWithTheInstance { get; init; }

    /// <summary>A stop in the form of other versions.</summary>
    public required string OtherStopForm { get; init; }

    public required Expected OtherStopAnswer { get; init; }

    /// <summary>Whether the hub lists an ended instance for a while: 15 s, and 180 s more without removeImmediately.</summary>
    public required bool RemembersTheEnded { get; init; }

    /// <summary>Whether an ended instance can be killed.</summary>
    public bool KillsTheEnded { get; init; }

    /// <summary>Whether the responses of the space are forwarded by a hub in it.</summary>
    public bool ReachesItsSpace { get; init; }

    /// <summary>The response to a first input without a content type.</summary>
    public required Expected NoInputType { get; init; }

    /// <summary>The response to input for an instance whose input comes from a topic.</summary>
    public required Expected InputFromTopic { get; init; }

    /// <summary>The response to standard input with another content type than application/octet-stream.</summary>
    public required Expected StdinType { get; init; }

    /// <summary>Whether an instance receives bytes unchanged after its content type was read. Otherwise they are converted to text.</summary>
    public required bool TakesBytes { get; init; }

    /// <summary>Whether a character that is split into two pieces is received correctly.</summary>
    public required bool JoinsCutCharacters { get; init; }

    /// <summary>Whether the output of bytes is unchanged. Otherwise it is converted to text.</summary>
    public required bool GivesBytesWhole { get; init; }

    public required bool HasInout { get; init; }

    public required Expected EventAnswer { get; init; }

    /// <summary>Whether an event is sent with its name, rather than as the message alone.</summary>
    public required bool EventsHaveNames { get; init; }

    /// <summary>Whether a message can only be text.</summary>
    public required bool EventsAreTexts { get; init; }

    public required Expected NamelessEvent { get; init; }

    /// <summary>Whether an instance's log ends for all clients when one has disconnected.</summary>
    public required bool LogServesOneReaderOnly { get; init; }

    public required bool LogEndsWithTheInstance { get; init; }

    /// <summary>Whether an instance whose output fails ends at once, rather than 10 s later and as if successful.</summary>
    public required bool FailingStreamEndsAtOnce { get; init; }

    /// <summary>Whether a topic keeps the content type that it was created with.</summary>
    public required bool TopicsHaveTypes { get; init; }

    public required Expected TopicSendAnswer { get; init; }

    /// <summary>Returns the facts that are common to all hubs of a version. The development version is recognized by its behavior.</summary>
    public static HubFacts Of(string version, bool givesAppConfig) =>
        version.StartsWith("0.18.", StringComparison.Ordinal) ? Npm018
        : !version.StartsWith("1.0.", StringComparison.Ordinal) ? throw new NotSupportedException(
            $"Nothing is known of hubs of version {version}: add what you see to {nameof(HubFacts)}.")
        : givesAppConfig ? Head101 : Release101;
}

/// <summary>A response of a version.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The body; null if it varies.</param>
/// <param name="Reason">The reason phrase, if it isn't the one of the status.</param>
internal sealed record Expected(int Status, string? Text, string? Reason = null);
