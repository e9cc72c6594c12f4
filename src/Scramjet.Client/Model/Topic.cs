using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A topic: a named stream on a hub or in a space.</summary>
public sealed class Topic : Resource
{
    private readonly TopicActor[] _actors;

    internal Topic(JsonFields fields, PlaceClient place, string? space, string? hub)
    {
        Place = ApiClient.With(place, null);

        // Hubs use topic or topicName, spaces use name, and the response to a creation uses id.
        Name = fields.Text("topicName") ?? fields.Text("topic") ?? fields.Text("name") ?? fields.RequiredId();
        fields.Skip("topic");
        ContentType = fields.Text("contentType") is { Length: > 0 } contentType ? contentType : null;
        LocalProvider = fields.Text("localProvider") is { Length: > 0 } provider ? provider : null;
        State = fields.Text("state");
        _actors = fields.Objects("actors").Select(static actor => new TopicActor(actor)).ToArray();
        Space = space;
        Hub = hub;
        AdditionalData = fields.Rest();
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The content type of its data; null for a topic that an instance has left, as hubs of 1.0 list it, until something else sets it.</summary>
    public string? ContentType { get; }

    /// <summary>The state of the stream, if the hub reports it.</summary>
    public string? State { get; }

    /// <summary>The provider of its data on the hub.</summary>
    public string? LocalProvider { get; }

    /// <summary>The hubs that provide data, for a topic of a space.</summary>
    public IReadOnlyList<string> Providers => Hubs("provider");

    /// <summary>The hubs that consume data, for a topic of a space.</summary>
    public IReadOnlyList<string> Consumers => Hubs("consumer");

    /// <summary>Returns the hubs of the topic and their roles, for a topic of a space.</summary>
    public IReadOnlyList<TopicActor> GetActors() => _actors;

    /// <summary>The hub's id; null for a topic of a space.</summary>
    public string? Hub { get; }

    /// <summary>The space's id; null for a standalone hub.</summary>
    public string? Space { get; }

    /// <summary>The client of its hub or space.</summary>
    internal PlaceClient Place { get; }

    private string[] Hubs(string role) => _actors.Where(a => a.Retired != true && a.Role == role).Select(a => a.Hub).OfType<string>().ToArray();

    private protected override string Address => $"{Place.Address}/topic/{System.Uri.EscapeDataString(Name)}";

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}

/// <summary>A hub's role in a topic of a space.</summary>
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

    /// <summary>The type of the actor, such as <c>host</c>.</summary>
    public string? Type { get; }

    /// <summary>The hub's id.</summary>
    public string? Hub { get; }

    /// <summary>Whether its stream is open.</summary>
    public bool? Streaming { get; }

    /// <summary>Whether the hub no longer uses the topic.</summary>
    public bool? Retired { get; }

    /// <summary>The fields of the response that have no property here; null if there are none.</summary>
    public IReadOnlyDictionary<string, object?>? AdditionalData { get; }

    /// <summary>Returns the role and the hub.</summary>
    public override string ToString() => $"{Role} {Hub}";
}
