using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Api;
using Scramjet.Client.Http;
using Scramjet.Client.Json;

namespace Scramjet.Client.Model;

/// <summary>An instance: a sequence that runs, or has just ended.</summary>
public sealed class Instance : Resource
{
    /// <summary>The exit codes that hubs give for what was ended from outside.</summary>
    private const int KilledCode = 137;
    private const int StoppedCode = 138;

    private readonly string? _hubStatus;
    private readonly string? _location;

    internal Instance(JsonFields fields, InstanceClient client)
    {
        Id = fields.RequiredId();
        Client = client;
        Hub = client.Hub.HubId;
        Space = client.Hub.SpaceId;

        // 0.18 gives the sequence's id alone; newer hubs give the whole sequence.
        if (fields.Object("sequence") is { } sequence)
        {
            Sequence = new SequenceFacts(sequence);
            SequenceId = Sequence.Id;
        }
        else
        {
            SequenceId = fields.Text("sequence");
        }

        _location = fields.Text("location");
        Created = fields.Time("created");
        Started = fields.Time("started");
        Ended = fields.Time("ended");
        if (fields.Object("terminated") is { } terminated)
        {
            ExitCode = (int?)terminated.Integer("exitcode");
            ExitReason = terminated.Text("reason");
        }

        // Not all hubs tell what was sent with an instance.
        var sent = client.Transport.Starts.Find(client.Address, Created);
        StartedWith = new StartOptions
        {
            AppConfig = fields.Token("appConfig") as JObject ?? (sent is null ? null : sent.AppConfig ?? []),
            ArgumentList = fields.Token("args") as JArray ?? fields.Token("sequenceArgs") as JArray ?? sent?.ArgumentList,
            OutputTopic = Name(fields, "provides") ?? Name(fields, "outputTopic") ?? sent?.OutputTopic,
            InputTopic = Name(fields, "requires") ?? Name(fields, "inputTopic") ?? sent?.InputTopic,
            Limits = fields.Token("limits") as JObject ?? sent?.Limits,
        };
        KnowsLimits = StartedWith.Limits is not null || sent is not null;
        AppConfig = JsonText.ToPlain(StartedWith.AppConfig) as OrderedDictionary;
        ArgumentList = JsonText.ToPlain(StartedWith.ArgumentList) as object?[] ?? [];
        OutputTopic = StartedWith.OutputTopic;
        InputTopic = StartedWith.InputTopic;
        Limits = JsonText.ToPlain(StartedWith.Limits) as OrderedDictionary;
        _hubStatus = fields.Text("status");
        State = ReadStatus(_hubStatus, isTerminated: fields.Object("terminated") is not null);
        AdditionalData = fields.Rest();
    }

    /// <summary>The id, 36 characters.</summary>
    public string Id { get; }

    /// <summary>The id of its sequence.</summary>
    public string? SequenceId { get; internal set; }

    /// <summary>The name of its sequence, where the hub tells it.</summary>
    public string? SequenceName => Sequence?.Name;

    /// <summary>The version of its sequence, where the hub tells it.</summary>
    public string? SequenceVersion => Sequence?.Version;

    /// <summary>The configuration that the hub made of its sequence's package, where the hub tells it.</summary>
    public OrderedDictionary? GetSequenceConfig() => Sequence?.Config;

    /// <summary>The id of the hub that holds it, in that hub's own words.</summary>
    public string? Location => _location ?? Sequence?.Location;

    /// <summary>
    /// Where it is in its life, in a word, such as <c>Running</c>: those of <see cref="InstanceStatus"/>, or the hub's own where it isn't known here. Hubs
    /// up to 0.26 don't say; there it follows from the times. An instance that has ended is shown as ended, even where its hub says otherwise: hubs of 1.0
    /// set an ended instance to killing or stopping when they are asked to kill or stop it again.
    /// </summary>
    public string Status => State == InstanceStatus.Unknown && _hubStatus is { Length: > 0 } word ? word : State.ToString();

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool HasEnded => IsEnd(State);

    /// <summary>Whether it ended by itself and well; null while it runs, and where the hub didn't say how it ended.</summary>
    public bool? Succeeded => State switch
    {
        InstanceStatus.Completed => ExitCode is null or <= 0,
        InstanceStatus.Errored => false,
        InstanceStatus.Gone when ExitCode is { } code => code <= 0,
        _ => null,
    };

    /// <summary>Whether it is being set up.</summary>
    internal bool IsStarting => State is InstanceStatus.Initializing or InstanceStatus.Starting;

    /// <summary>Whether it has been asked to end and hasn't ended yet.</summary>
    internal bool IsEnding => State is InstanceStatus.Stopping or InstanceStatus.Killing;

    /// <summary>Whether its hub no longer lists it.</summary>
    internal bool IsGone => State == InstanceStatus.Gone;

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>When it began to run.</summary>
    public DateTimeOffset? Started { get; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; }

    /// <summary>The exit code of its process, once it has ended. Hubs of 1.0 give -1 for a program that ended well, 137 for one that was killed and 138 for one that was stopped.</summary>
    public int? ExitCode { get; }

    /// <summary>The hub's words for why it ended.</summary>
    public string? ExitReason { get; }

    /// <summary>The configuration that it was started with; null where its hub doesn't tell it and it wasn't started over this connection.</summary>
    public OrderedDictionary? AppConfig { get; }

    /// <summary>The arguments that it was started with.</summary>
    public IReadOnlyList<object?> ArgumentList { get; }

    /// <summary>The topic that its input comes from.</summary>
    public string? InputTopic { get; }

    /// <summary>The topic that its output goes to.</summary>
    public string? OutputTopic { get; }

    /// <summary>Its limits, such as memory in megabytes; null where it has none, and where its hub doesn't tell them and it wasn't started over this connection.</summary>
    public OrderedDictionary? Limits { get; }

    /// <summary>The id of the hub that it runs on.</summary>
    public string? Hub { get; }

    /// <summary>The id of the space that the hub is in; null for a hub that is used alone.</summary>
    public string? Space { get; }

    /// <summary>What is known of its sequence.</summary>
    internal SequenceFacts? Sequence { get; set; }

    internal InstanceStatus State { get; private set; }

    internal InstanceClient Client { get; }

    /// <summary>Where it is in its life; what isn't known here is <see cref="InstanceStatus.Unknown"/>. <see cref="Status"/> has the word.</summary>
    public InstanceStatus GetStatus() => State;

    /// <summary>The client for this instance. It is a method so that JSON, lists and tables show the instance alone.</summary>
    public InstanceClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>What it was started with, as far as that is known.</summary>
    internal StartOptions StartedWith { get; }

    /// <summary>Whether its limits, or that it has none, are known.</summary>
    internal bool KnowsLimits { get; }

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    /// <summary>The same instance, known to have left the hub's list.</summary>
    public Instance AsGone()
    {
        var gone = (Instance)MemberwiseClone();
        gone.State = InstanceStatus.Gone;
        return gone;
    }

    private InstanceStatus ReadStatus(string? text, bool isTerminated)
    {
        var told = text is not null && Enum.TryParse<InstanceStatus>(text, ignoreCase: true, out var status) && !char.IsDigit(text[0]) ? status : InstanceStatus.Unknown;
        if (IsEnd(told))
            return told;
        if (Ended is not null || isTerminated)
            return ExitCode is > 0 and not (KilledCode or StoppedCode) ? InstanceStatus.Errored : InstanceStatus.Completed;
        if (text is not null)
            return told;

        return Started is not null ? InstanceStatus.Running
            : Created is not null ? InstanceStatus.Starting
            : InstanceStatus.Unknown;
    }

    private static bool IsEnd(InstanceStatus status) => status is InstanceStatus.Completed or InstanceStatus.Errored or InstanceStatus.Gone;

    private static string? Name(JsonFields fields, string field) => fields.Text(field) is { Length: > 0 } name ? name : null;
}
