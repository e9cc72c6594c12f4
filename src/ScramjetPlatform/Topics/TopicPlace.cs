using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Pipeline;

/// <summary>Where a topic is: on a hub, or across a space.</summary>
internal sealed class TopicPlace
{
    private readonly PlaceClient _client;

    private TopicPlace(string name, PlaceClient client)
    {
        Name = name;
        _client = client;
    }

    /// <summary>The id of the hub or the space.</summary>
    public string Name { get; }

    public static TopicPlace Of(HubClient hub) => new(hub.HubId, hub);

    public static TopicPlace Of(SpaceClient space) => new(space.SpaceId, space);

    public Task SendAsync(string topic, StreamBody body, bool endStream, CancellationToken cancellationToken) => _client.SendTopicDataAsync(topic, body, endStream, cancellationToken);

    /// <summary>Opens a topic's data; where no content type is given, as the one that the topic has.</summary>
    public async Task<ApiStream> OpenAsync(CommandContext context, string topic, string? contentType, TimeSpan? openingTime, CancellationToken cancellationToken)
    {
        contentType ??= await _client.GetTopicTypeAsync(topic, cancellationToken).ConfigureAwait(false);
        var stream = await context.Own(_client, openingTime).GetTopicStreamAsync(topic, contentType ?? ContentTypes.NdJson, cancellationToken).ConfigureAwait(false);
        stream.ContentType = contentType;
        return stream;
    }
}
