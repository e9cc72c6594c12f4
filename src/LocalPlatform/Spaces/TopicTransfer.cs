using System;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.LocalPlatform.Connections;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>
/// The way of a topic's data between the space and one hub, for as long as it is needed. A hub that requires the topic keeps its place while it is
/// away: its data waits.
/// </summary>
internal sealed class TopicTransfer : IDisposable
{
    private const int BlockSize = 16 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SpaceTopic topic;
    private readonly string hubId;
    private readonly SpaceTopic.TopicReader? reader;
    private readonly CancellationTokenSource ending = new();
    private readonly Lock gate = new();
    private HubConnection? connection;
    private Task running = Task.CompletedTask;
    private CancellationTokenSource? current;

    /// <param name="topic">The topic.</param>
    /// <param name="hubId">The hub.</param>
    /// <param name="sends">Whether data goes to the hub; otherwise it comes from it.</param>
    public TopicTransfer(SpaceTopic topic, string hubId, bool sends)
    {
        this.topic = topic;
        this.hubId = hubId;
        Sends = sends;
        if (sends)
            reader = topic.Open(hubId, lasting: true);
    }

    /// <summary>Whether data goes to the hub.</summary>
    public bool Sends { get; }

    /// <summary>Goes on with a connection of the hub, or waits where there is none.</summary>
    public void Use(HubConnection? next)
    {
        lock (gate)
        {
            if (connection == next || ending.IsCancellationRequested)
                return;

            current?.Cancel();
            connection = next;
            if (next is null)
                return;

            current = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            running = RunAsync(running, next, current.Token);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (ending.IsCancellationRequested)
                return;

            ending.Cancel();
        }

        _ = CloseAsync();

        async Task CloseAsync()
        {
            // What the hub has been sent it should get, if it takes it.
            await Task.WhenAny(running, Task.Delay(Pause)).ConfigureAwait(false);
            reader?.Dispose();
        }
    }

    private async Task RunAsync(Task before, HubConnection hub, CancellationToken cancellationToken)
    {
        // Not in the caller's lock.
        await Task.Yield();
        await before.ConfigureAwait(false);
        try
        {
            while (true)
            {
                try
                {
                    await (reader is null ? FetchAsync(hub, cancellationToken) : SendAsync(hub, reader, cancellationToken)).ConfigureAwait(false);
                }
                catch (Exception error) when (error is IOException or HttpRequestException)
                {
                    // The hub is going, or it refuses the topic; the first ends this.
                }

                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The hub has gone, or the transfer isn't needed any longer.
        }
    }

    private HttpRequestMessage Request(HttpMethod method, HubConnection hub)
    {
        var request = new HttpRequestMessage(method, hub.Address("topic/" + Uri.EscapeDataString(topic.Name)));

        // Without it, the hub would announce the space as one that requires or provides the topic.
        request.Headers.Add("cpm", "space");
        return request;
    }

    private async Task FetchAsync(HubConnection hub, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, hub);
        request.Content = new ByteArrayContent([]) { Headers = { ContentType = MediaTypeHeaderValue.Parse(topic.ContentType) } };
        using var response = await hub.Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            return;

        await using var data = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[BlockSize];
        for (int count; (count = await data.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            await topic.SendAsync(buffer[..count], hubId, ending.Token).ConfigureAwait(false);
    }

    private async Task SendAsync(HubConnection hub, SpaceTopic.TopicReader source, CancellationToken cancellationToken)
    {
        // Not before there is something to send: a hub takes one sender of a topic after the other.
        if (await source.ReadAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
            return;
        }

        using var request = Request(HttpMethod.Post, hub);
        request.Content = new ReaderContent(source, topic.ContentType, cancellationToken);

        // When the transfer ends, so does the request, and the hub answers. Only a broken connection breaks it off.
        using var response = await hub.Client.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
        await response.Content.CopyToAsync(Stream.Null, CancellationToken.None).ConfigureAwait(false);
    }

    private sealed class ReaderContent : HttpContent
    {
        private readonly SpaceTopic.TopicReader source;
        private readonly CancellationToken ending;

        public ReaderContent(SpaceTopic.TopicReader source, string contentType, CancellationToken ending)
        {
            this.source = source;
            this.ending = ending;
            Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            try
            {
                while (await source.ReadAsync(ending).ConfigureAwait(false) is { } block)
                {
                    await stream.WriteAsync(block, CancellationToken.None).ConfigureAwait(false);
                    source.Done();
                }
            }
            catch (OperationCanceledException)
            {
                // That is the end of the request.
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
