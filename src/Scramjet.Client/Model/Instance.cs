using System;
using System.Collections.Generic;
using System.Collections.Specialized;

namespace Scramjet.Client.Model;

/// <summary>An instance: a sequence that runs, or has just ended.</summary>
public sealed class Instance : Entity
{
    internal Instance(JsonFields fields, InstanceClient client)
    {
        Id = fields.RequiredId();
        Client = client;
        Hub = client.Hub.HubId;
        Space = client.Hub.SpaceId;

        // 0.18 gives the sequence's id alone; newer hubs give the whole sequence.
        if (fields.Object("sequence") is { } sequence)
        {
            SequenceId = sequence.Text("id");
            SequenceName = sequence.Text("name") ?? sequence.Object("config")?.Text("name");
        }
        else
        {
            SequenceId = fields.Text("sequence");
        }

        AppConfig = fields.Plain("appConfig") as OrderedDictionary;
        ArgumentList = (fields.Plain("args") ?? fields.Plain("sequenceArgs")) as object?[] ?? [];
        OutputTopic = Name(fields, "provides") ?? Name(fields, "outputTopic");
        InputTopic = Name(fields, "requires") ?? Name(fields, "inputTopic");
        Created = fields.Time("created");
        Started = fields.Time("started");
        Ended = fields.Time("ended");
        if (fields.Object("terminated") is { } terminated)
        {
            ExitCode = (int?)terminated.Integer("exitcode");
            ExitReason = terminated.Text("reason");
        }

        Limits = fields.Plain("limits") as OrderedDictionary;
        Status = ReadStatus(fields.Text("status"));
        AdditionalData = fields.Rest();
    }

    /// <summary>The id, 36 characters.</summary>
    public string Id { get; }

    /// <summary>The id of its sequence.</summary>
    public string? SequenceId { get; internal set; }

    /// <summary>The name of its sequence, where the hub tells it.</summary>
    public string? SequenceName { get; internal set; }

    /// <summary>Where it is in its life. Hubs up to 0.26 don't say; there it follows from the times.</summary>
    public InstanceStatus Status { get; private set; }

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool HasEnded => Status is InstanceStatus.Completed or InstanceStatus.Errored or InstanceStatus.Gone;

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>When it began to run.</summary>
    public DateTimeOffset? Started { get; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; }

    /// <summary>The exit code of its process, once it has ended.</summary>
    public int? ExitCode { get; }

    /// <summary>The hub's words for why it ended.</summary>
    public string? ExitReason { get; }

    /// <summary>The configuration that it was started with.</summary>
    public OrderedDictionary? AppConfig { get; }

    /// <summary>The arguments that it was started with.</summary>
    public IReadOnlyList<object?> ArgumentList { get; }

    /// <summary>The topic that its input comes from.</summary>
    public string? InputTopic { get; }

    /// <summary>The topic that its output goes to.</summary>
    public string? OutputTopic { get; }

    /// <summary>Its limits, such as memory in megabytes.</summary>
    public OrderedDictionary? Limits { get; }

    /// <summary>The id of the hub that it runs on.</summary>
    public string? Hub { get; }

    /// <summary>The id of the space that the hub is in; null for a hub that is used alone.</summary>
    public string? Space { get; }

    /// <summary>The instance's own address.</summary>
    public Uri Uri => Client.Uri;

    /// <summary>The client for this instance.</summary>
    public InstanceClient Client { get; }

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    /// <summary>The same instance, known to have left the hub's list.</summary>
    public Instance AsGone()
    {
        var gone = (Instance)MemberwiseClone();
        gone.Status = InstanceStatus.Gone;
        return gone;
    }

    private InstanceStatus ReadStatus(string? text)
    {
        if (text is not null)
            return Enum.TryParse<InstanceStatus>(text, ignoreCase: true, out var status) && !char.IsDigit(text[0]) ? status : InstanceStatus.Unknown;

        return Ended is not null ? InstanceStatus.Completed
            : Started is not null ? InstanceStatus.Running
            : Created is not null ? InstanceStatus.Starting
            : InstanceStatus.Unknown;
    }

    private static string? Name(JsonFields fields, string field) => fields.Text(field) is { Length: > 0 } name ? name : null;
}
