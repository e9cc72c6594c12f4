using System;
using System.IO;
using System.IO.Pipelines;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>The connection that a hub has opened to its space: requests go through it both ways, and control messages.</summary>
internal sealed class HubConnection : HubLink
{
    /// <summary>How long a hub may say nothing, in ticks of a second, before its connection is closed. A hub sends its load every 5 seconds.</summary>
    private const int LongestSilence = 10;

    private const int SilenceBeforeProbe = 6;
    private const int KeepAliveEvery = 30;
    private const int ControlChannel = 0;

    private static readonly Uri ChannelUri = new("http://hub/api/v1");
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DropTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan GreetingPause = TimeSpan.FromMilliseconds(50);

    private readonly Multiplexer multiplexer;
    private readonly HubGreeting greeting;
    private readonly Action<ControlMessage> received;
    private readonly Channel<ControlMessage> outgoing = Channel.CreateUnbounded<ControlMessage>();
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource said = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int silence;

    /// <param name="transport">The connection, after the answer to the hub's request.</param>
    /// <param name="greeting">The hub's request.</param>
    /// <param name="opened">Gets the channels that the hub opens for requests of its own.</param>
    /// <param name="received">Gets the hub's control messages.</param>
    public HubConnection(IDuplexPipe transport, HubGreeting greeting, Action<MultiplexedStream> opened, Action<ControlMessage> received) : base(ChannelUri)
    {
        this.greeting = greeting;
        this.received = received;
        multiplexer = new Multiplexer(transport, Multiplexer.HighChannels, opened);
    }

    /// <summary>What the hub has told of itself.</summary>
    public HubInventory Inventory { get; } = new();

    /// <summary>Whether the hub is of the 0.18 series.</summary>
    public bool IsOlder => greeting.IsOlder;

    /// <summary>Whether the hub sends and fetches topics by itself.</summary>
    public bool SendsTopics => greeting.SendsTopics;

    /// <summary>The access key with which the hub has joined.</summary>
    public string? KeyId => greeting.KeyId;

    /// <summary>Why this side has closed the connection; null where the hub has.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>Whether the hub says something from time to time.</summary>
    public bool IsResponding => Volatile.Read(ref silence) < LongestSilence - 2;

    /// <summary>Serves the connection until it ends. <paramref name="joined"/> is called when the hub is ready for requests.</summary>
    /// <param name="newId">The id for a hub that has come without one.</param>
    /// <param name="joined">Called once.</param>
    public async Task RunAsync(string? newId, Action joined)
    {
        var reading = multiplexer.RunAsync();
        var working = WorkAsync(newId, joined);
        await reading.ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await working.ConfigureAwait(false);
    }

    /// <summary>Tells the hub that it isn't to come again, and closes the connection.</summary>
    public async Task DropAsync(ControlCode code)
    {
        CloseReason ??= "dropped";
        outgoing.Writer.TryWrite(new ControlMessage(code, []));
        outgoing.Writer.TryComplete();
        await Task.WhenAny(said.Task, Task.Delay(DropTime)).ConfigureAwait(false);
        multiplexer.Abort();
    }

    /// <summary>Closes the connection. A hub comes again after a while.</summary>
    public void Close(string reason)
    {
        CloseReason ??= reason;
        multiplexer.Abort();
    }

    /// <summary>Whether the hub answers within a time.</summary>
    public async Task<bool> AnswersAsync(TimeSpan time)
    {
        try
        {
            await using var channel = await multiplexer.OpenAsync().ConfigureAwait(false);
            await channel.Taken.WaitAsync(time, ending.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is IOException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    protected override async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await multiplexer.OpenAsync().ConfigureAwait(false);
    }

    private async Task WorkAsync(string? newId, Action joined)
    {
        try
        {
            // What comes in one piece with the answer to its request is lost to a hub, so the first channel is tried until the hub takes it.
            do
                await Task.Delay(GreetingPause, ending.Token).ConfigureAwait(false);
            while (!await AnswersAsync(Tick).ConfigureAwait(false));

            if (newId is not null)
                outgoing.Writer.TryWrite(new ControlMessage(ControlCode.Id, new JsonObject { ["id"] = newId }));
            joined();
            await Task.WhenAll(WatchAsync(), IsOlder ? ControlOlderAsync() : ControlAsync()).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    // A hub that is frozen, or cut off, keeps its connection.
    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Tick);
        var last = multiplexer.Received;
        for (var ticks = 1; await timer.WaitForNextTickAsync(ending.Token).ConfigureAwait(false); ticks++)
        {
            silence = multiplexer.Received == last ? silence + 1 : 0;
            last = multiplexer.Received;
            if (silence >= LongestSilence)
                Close("not_responding");
            else if (silence == SilenceBeforeProbe)
                _ = AnswersAsync(Tick * LongestSilence);
            if (ticks % KeepAliveEvery == 0)
                _ = KeepAliveAsync();
        }
    }

    private async Task KeepAliveAsync()
    {
        try
        {
            await multiplexer.KeepAliveAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The connection has ended.
        }
    }

    // 0.18: both ways in a channel of its own.
    private async Task ControlOlderAsync()
    {
        try
        {
            await using var channel = await multiplexer.OpenAsync(ControlChannel).ConfigureAwait(false);
            var sending = SendAsync(channel, ending.Token);
            await ReceiveAsync(channel).ConfigureAwait(false);
            await sending.ConfigureAwait(false);
        }
        catch (IOException error)
        {
            Close(error.Message);
        }
    }

    // The hub's messages are the answer to a request, and the space's are its body.
    private async Task ControlAsync()
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Address("platform")) { Content = new ControlContent(this) };
                using var response = await Client.SendAsync(request, ending.Token).ConfigureAwait(false);
                await using var messages = await response.Content.ReadAsStreamAsync(ending.Token).ConfigureAwait(false);
                await ReceiveAsync(messages).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or HttpRequestException)
            {
                // The request ended, or the connection did.
            }

            await Task.Delay(Tick, ending.Token).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(Stream messages)
    {
        using var lines = new StreamReader(messages);
        while (await lines.ReadLineAsync(ending.Token).ConfigureAwait(false) is { } line)
        {
            if (ControlMessage.Parse(line) is { } message)
            {
                Inventory.Take(message);
                received(message);
            }
        }
    }

    private async Task SendAsync(Stream target, CancellationToken cancellationToken)
    {
        await foreach (var message in outgoing.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await target.WriteAsync(message.ToLine(), cancellationToken).ConfigureAwait(false);
            await target.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        said.TrySetResult();

        // The connection is closed by the one that has completed the messages.
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
    }

    private sealed class ControlContent : HttpContent
    {
        private readonly HubConnection connection;

        public ControlContent(HubConnection connection)
        {
            this.connection = connection;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken) =>
            connection.SendAsync(stream, connection.ending.Token);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
