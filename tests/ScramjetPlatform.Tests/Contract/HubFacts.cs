using System;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>
/// What differs between the versions of a hub. All that is not here is the same for all, and stands in the tests. Seen on the
/// real hubs: 0.18.7 of npm, the 1.0.1 release, and the head of upstream's development, which calls itself 1.0.1 too.
/// </summary>
internal sealed record HubFacts
{
    /// <summary>The hub 0.18.7, as npm has it.</summary>
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

    /// <summary>The release of 1.0.1, and so the stand-in.</summary>
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

    /// <summary>The head of upstream's development: it gives the appConfig back, and kills nothing that doesn't run.</summary>
    public static HubFacts Head101 { get; } = Release101 with
    {
        Name = "1.0.1, development head",
        InstanceKeys = ["appConfig", .. Release101.InstanceKeys],
        ListedInstanceKeys = ["appConfig", .. Release101.ListedInstanceKeys],
        KillsTheEnded = false,
        ReachesItsSpace = true,
    };

    public required string Name { get; init; }

    /// <summary>The keys of what /version answers.</summary>
    public required string[] VersionKeys { get; init; }

    /// <summary>Whether there are /status, /config, /entities and /audit, updates, and topics that are made and removed.</summary>
    public required bool HasAdministration { get; init; }

    /// <summary>Whether the use of a file system is told in percent, else as a part of one.</summary>
    public required bool LoadIsInPercent { get; init; }

    /// <summary>The keys that each running instance has, beside its topics.</summary>
    public required string[] InstanceKeys { get; init; }

    /// <summary>The keys that it has in a list.</summary>
    public required string[] ListedInstanceKeys { get; init; }

    public required string[] SequenceKeys { get; init; }

    public required Expected UnknownSequence { get; init; }

    public required Expected UnknownSequenceInstances { get; init; }

    public required Expected UnknownSequenceStart { get; init; }

    public required Expected UnknownSequenceDelete { get; init; }

    public required Expected UnknownInstance { get; init; }

    /// <summary>What a route that takes JSON answers to a request without a content type.</summary>
    public required Expected NoContentType { get; init; }

    public required Expected NoContentTypeInInstance { get; init; }

    /// <summary>What it answers to another content type than JSON's.</summary>
    public required Expected NotJson { get; init; }

    /// <summary>What an upload of another content type than application/octet-stream is answered with.</summary>
    public required Expected NotAPackageType { get; init; }

    /// <summary>What the removal of a sequence with instances is answered with.</summary>
    public required Expected InUse { get; init; }

    /// <summary>Whether the header x-seq-kill-inst ends the instances first.</summary>
    public required bool RemovesByForce { get; init; }

    /// <summary>Whether a start takes the id of the instance to be, topics and limits.</summary>
    public required bool TakesInstanceIds { get; init; }

    /// <summary>The body of a stop, with TIMEOUT for the milliseconds.</summary>
    public required string StopForm { get; init; }

    public required int StopAnswer { get; init; }

    /// <summary>Whether a stop and a kill are answered with the instance.</summary>
    public required bool AnswersWithTheInstance { get; init; }

    /// <summary>A stop in the form of other versions.</summary>
    public required string OtherStopForm { get; init; }

    public required Expected OtherStopAnswer { get; init; }

    /// <summary>Whether an instance that has ended is still there for a while: 15 s, and 180 s more unless removeImmediately says otherwise.</summary>
    public required bool RemembersTheEnded { get; init; }

    /// <summary>Whether a kill of what has ended is taken, else it is refused.</summary>
    public bool KillsTheEnded { get; init; }

    /// <summary>Whether what the space answers comes back through a hub that is in one.</summary>
    public bool ReachesItsSpace { get; init; }

    /// <summary>What a first input without a content type is answered with.</summary>
    public required Expected NoInputType { get; init; }

    /// <summary>What input is answered with where it comes from a topic.</summary>
    public required Expected InputFromTopic { get; init; }

    /// <summary>What standard input of another content type than application/octet-stream is answered with.</summary>
    public required Expected StdinType { get; init; }

    /// <summary>Whether bytes come into an instance as they are, once its type has been read; else they go through a text.</summary>
    public required bool TakesBytes { get; init; }

    /// <summary>Whether a character of a text that comes in two pieces, one after the other, is one again.</summary>
    public required bool JoinsCutCharacters { get; init; }

    /// <summary>Whether bytes that an instance puts out come as they are, else they go through a text.</summary>
    public required bool GivesBytesWhole { get; init; }

    public required bool HasInout { get; init; }

    public required Expected EventAnswer { get; init; }

    /// <summary>Whether an event comes with its name, else as the message alone.</summary>
    public required bool EventsHaveNames { get; init; }

    /// <summary>Whether a message can only be a text.</summary>
    public required bool EventsAreTexts { get; init; }

    public required Expected NamelessEvent { get; init; }

    /// <summary>Whether nobody gets anything of an instance's log any more once a reader has left.</summary>
    public required bool LogServesOneReaderOnly { get; init; }

    public required bool LogEndsWithTheInstance { get; init; }

    /// <summary>Whether an instance whose output fails half-way ends at once, else 10 s later and as if all was well.</summary>
    public required bool FailingStreamEndsAtOnce { get; init; }

    /// <summary>Whether a topic keeps to the content type that it was made with.</summary>
    public required bool TopicsHaveTypes { get; init; }

    public required Expected TopicSendAnswer { get; init; }

    /// <summary>The facts of a version that are the same for all hubs of it; the development head tells itself by what it does.</summary>
    public static HubFacts Of(string version, bool givesAppConfig) =>
        version.StartsWith("0.18.", StringComparison.Ordinal) ? Npm018
        : !version.StartsWith("1.0.", StringComparison.Ordinal) ? throw new NotSupportedException($"Nothing is known of hubs of version {version}: add what you see to {nameof(HubFacts)}.")
        : givesAppConfig ? Head101 : Release101;
}

/// <summary>An answer that a version gives.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The body; null where it isn't fixed.</param>
/// <param name="Reason">The words of the status line, where they are not the status's own.</param>
internal sealed record Expected(int Status, string? Text, string? Reason = null);
