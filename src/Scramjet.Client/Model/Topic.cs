using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A topic: a named stream in a hub, or across a space.</summary>
public sealed class Topic : Resource
{
    private readonly PlaceClient _place;
    private readonly TopicActor[] _actors;

    internal Topic(JsonFields fields, PlaceClient place, string? space, string? hub)
    {
        _place = place;

        // Hubs say topic and topicName, spaces name, an answer to a creation id.
        Name = fields.Text("topicName") ?? fields.Text("topic") ?? fields.Text("name") ?? fields.RequiredId();
        fields.Token("topic");
        ContentType = fields.Text("contentType");
        LocalProvider = fields.Text("localProvider") is { Length: > 0 } provider ? provider : null;
        State = fields.Text("state");
        _actors = (fields.Token("actors") as JArray)?.OfType<JObject>().Select(o => new TopicActor(new JsonFields(o))).ToArray() ?? [];
        Space = space;
        Hub = hub;
        AdditionalData = fields.Rest();
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The content type that all of its data has.</summary>
    public string? ContentType { get; }

    /// <summary>Whether it flows, where the hub tells it.</summary>
    public string? State { get; }

    /// <summary>Who provides its data on the hub.</summary>
    public string? LocalProvider { get; }

    /// <summary>The hubs that provide its data, for a space's topic.</summary>
    public IReadOnlyList<string> Providers => Hubs("provider");

    /// <summary>The hubs that take its data, for a space's topic.</summary>
    public IReadOnlyList<string> Consumers => Hubs("consumer");

    /// <summary>The hubs that take part in it, and how, for a space's topic.</summary>
    public IReadOnlyList<TopicActor> GetActors() => _actors;

    /// <summary>The hub's id; null for a topic as its space tells of it.</summary>
    public string? Hub { get; }

    /// <summary>The space's id; null for a hub that is used alone.</summary>
    public string? Space { get; }

    private string[] Hubs(string role) => _actors.Where(a => a.Retired != true && a.Role == role).Select(a => a.Hub).OfType<string>().ToArray();

    private protected override string Address => $"{_place.Address}/topic/{System.Uri.EscapeDataString(Name)}";

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>A hub's part in a space's topic.</summary>
public sealed class TopicActor
{
    internal TopicActor(JsonFields fields)
    {
        Role = fields.Text("role");
        Hub = fields.Text("hostId");
        Streaming = fields.Flag("stream");
        Retired = fields.Flag("retired");
        Type = fields.Text("type");
        AdditionalData = fields.RestOrNull();
    }

    /// <summary><c>consumer</c> or <c>provider</c>.</summary>
    public string? Role { get; }

    /// <summary>What it is, like <c>host</c>.</summary>
    public string? Type { get; }

    /// <summary>The hub's id.</summary>
    public string? Hub { get; }

    /// <summary>Whether its stream is open.</summary>
    public bool? Streaming { get; }

    /// <summary>Whether it takes part no more.</summary>
    public bool? Retired { get; }

    /// <summary>The fields of the answer that have no property here; null where there are none.</summary>
    public IReadOnlyDictionary<string, object?>? AdditionalData { get; }

    /// <summary>The role and the hub.</summary>
    public override string ToString() => $"{Role} {Hub}";
}
