using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Pipeline;

/// <summary>Where a topic is: on a hub, or across a space.</summary>
internal sealed class TopicPlace
{
    private TopicPlace(string name, Func<string, StreamBody, bool, CancellationToken, Task> send, Func<string, string, CancellationToken, Task<ApiStream>> open)
    {
        Name = name;
        Send = send;
        Open = open;
    }

    /// <summary>The id of the hub or the space.</summary>
    public string Name { get; }

    public Func<string, StreamBody, bool, CancellationToken, Task> Send { get; }

    public Func<string, string, CancellationToken, Task<ApiStream>> Open { get; }

    public static TopicPlace Of(HostClient hub) => new(hub.HubId, hub.SendNamedDataAsync, hub.GetNamedDataAsync);

    public static TopicPlace Of(ManagerClient space) => new(space.SpaceId, space.SendNamedDataAsync, space.GetNamedDataAsync);
}
