using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Api;
using Scramjet.Client.Http;
using Scramjet.Client.Json;

namespace Scramjet.Client.Model;

/// <summary>An instance: a running sequence, or one that has ended.</summary>
public sealed class Instance : Resource
{
    /// <summary>The exit codes that hubs report for instances that were killed or stopped.</summary>
    private const int KilledCode = 137;
    private const int StoppedCode = 138;

    private readonly string? _hubStatus;
    private readonly string? _location;

    internal Instance(JsonFields fields, InstanceClient client, SharedSequenceFacts? sequences = null)
    {
        Id = fields.RequiredId();
        Client = ApiClient.With(client, null);
        Hub = Client.Hub.HubId;
        Space = Client.Hub.SpaceId;

        // Hubs of 0.18 report only the sequence's id, newer hubs the whole sequence.
        if (fields.Object("sequence") is { } sequence)
        {
            Sequence = sequences?.Read(sequence) ?? new SequenceFacts(sequence);
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

        // Some hubs don't report the options that an instance was started with.
        var sent = client.Transport.Starts.Find(client.Address, Created);
        StartedWith = new StartOptions
        {
            AppConfig = fields.Token<JObject>("appConfig") ?? (sent is null ? null : sent.AppConfig ?? []),
            ArgumentList = fields.Token<JArray>("args") ?? fields.Token<JArray>("sequenceArgs") ?? sent?.ArgumentList,
            OutputTopic = Name(fields, "provides") ?? Name(fields, "outputTopic") ?? sent?.OutputTopic,
            InputTopic = Name(fields, "requires") ?? Name(fields, "inputTopic") ?? sent?.InputTopic,
            Limits = fields.Token<JObject>("limits") ?? sent?.Limits,
            Template = sent?.Template,
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

    /// <summary>The id, with 36 characters.</summary>
    public string Id { get; }

    /// <summary>The id of its sequence.</summary>
    public string? SequenceId { get; internal set; }

    /// <summary>The name of its sequence, if the hub reports it.</summary>
    public string? SequenceName => Sequence?.Name;

    /// <summary>The version of its sequence, if the hub reports it.</summary>
    public string? SequenceVersion => Sequence?.Version;

    /// <summary>Returns the configuration that the hub created from the sequence's package, if the hub reports it.</summary>
    public OrderedDictionary? GetSequenceConfig() => Sequence?.Config;

    /// <summary>The id of the hub that the instance is on, as that hub reports it.</summary>
    public string? Location => _location ?? Sequence?.Location;

    /// <summary>
    /// The status, such as <c>Running</c>: a name of <see cref="InstanceStatus"/>, or the hub's own if it is unknown. Hubs up to 0.26 don't report it, so it is
    /// derived from the times. An instance that has ended always has a status of its end, although hubs of 1.0 change it to killing or stopping if they are
    /// requested to kill or stop the instance again.
    /// </summary>
    public string Status => State == InstanceStatus.Unknown && _hubStatus is { Length: > 0 } word ? word : State.ToString();

    /// <summary>Whether the instance has ended.</summary>
    public bool HasEnded => IsEnd(State);

    /// <summary>Whether the instance ended successfully by itself; null while it runs, and if the hub doesn't report how it ended.</summary>
    public bool? Succeeded => State switch
    {
        InstanceStatus.Completed => ExitCode is null or <= 0,
        InstanceStatus.Errored => false,
        InstanceStatus.Gone when ExitCode is { } code => code <= 0,
        _ => null,
    };

    /// <summary>Whether the instance is starting.</summary>
    internal bool IsStarting => State is InstanceStatus.Initializing or InstanceStatus.Starting;

    /// <summary>Whether the instance is being stopped or killed.</summary>
    internal bool IsEnding => State is InstanceStatus.Stopping or InstanceStatus.Killing;

    /// <summary>Whether the hub no longer lists the instance.</summary>
    internal bool IsGone => State == InstanceStatus.Gone;

    /// <summary>When the instance was created.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>When the instance was started.</summary>
    public DateTimeOffset? Started { get; }

    /// <summary>When the instance ended.</summary>
    public DateTimeOffset? Ended { get; }

    /// <summary>
    /// The exit code of its process after its end. Hubs of 1.0 report -1 for success, 137 for an instance that was killed and 138 for one that was stopped.
    /// </summary>
    public int? ExitCode { get; }

    /// <summary>The reason for its end, as the hub reports it.</summary>
    public string? ExitReason { get; }

    /// <summary>
    /// The configuration that the instance was started with; null if the hub doesn't report it and the instance wasn't started over this connection.
    /// </summary>
    public OrderedDictionary? AppConfig { get; }

    /// <summary>The arguments that the instance was started with.</summary>
    public IReadOnlyList<object?> ArgumentList { get; }

    /// <summary>The topic that provides its input.</summary>
    public string? InputTopic { get; }

    /// <summary>The topic that receives its output.</summary>
    public string? OutputTopic { get; }

    /// <summary>
    /// Its limits, such as memory in megabytes; null if it has none, or if the hub doesn't report them and the instance wasn't started over this connection.
    /// </summary>
    public OrderedDictionary? Limits { get; }

    /// <summary>The id of the hub that the instance runs on.</summary>
    public string? Hub { get; }

    /// <summary>The id of the hub's space; null for a standalone hub.</summary>
    public string? Space { get; }

    /// <summary>The known properties of its sequence.</summary>
    internal SequenceFacts? Sequence { get; set; }

    internal InstanceStatus State { get; private set; }

    internal InstanceClient Client { get; }

    /// <summary>Returns the status, or <see cref="InstanceStatus.Unknown"/> if it isn't a known one. See <see cref="Status"/> for its name.</summary>
    public InstanceStatus GetStatus() => State;

    /// <summary>Returns the client for this instance. It is a method, so that JSON, lists and tables show only the instance.</summary>
    public InstanceClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>The known options that the instance was started with.</summary>
    internal StartOptions StartedWith { get; }

    /// <summary>Whether it is known which limits the instance has, or that it has none.</summary>
    internal bool KnowsLimits { get; }

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;

    /// <summary>Returns a copy with the status of an instance that its hub no longer lists.</summary>
    public Instance AsGone()
    {
        var gone = (Instance)MemberwiseClone();
        gone.State = InstanceStatus.Gone;
        return gone;
    }

    private InstanceStatus ReadStatus(string? text, bool isTerminated)
    {
        var reported = text is { Length: > 0 } && !char.IsDigit(text[0]) && Enum.TryParse<InstanceStatus>(text, ignoreCase: true, out var status)
            ? status
            : InstanceStatus.Unknown;
        if (IsEnd(reported))
            return reported;
        if (Ended is not null || isTerminated)
            return ExitCode is > 0 and not (KilledCode or StoppedCode) ? InstanceStatus.Errored : InstanceStatus.Completed;
        if (!string.IsNullOrEmpty(text))
            return reported;

        return Started is not null ? InstanceStatus.Running
            : Created is not null ? InstanceStatus.Starting
            : InstanceStatus.Unknown;
    }

    private static bool IsEnd(InstanceStatus status) => status is InstanceStatus.Completed or InstanceStatus.Errored or InstanceStatus.Gone;

    private static string? Name(JsonFields fields, string field) => fields.Text(field) is { Length: > 0 } name ? name : null;
}
