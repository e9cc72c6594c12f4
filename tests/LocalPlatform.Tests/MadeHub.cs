using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.LocalPlatform.Connections;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Tests;

/// <summary>The connection of a hub in the form of 1.0.1, for what real hubs are too large for, or too well-behaved.</summary>
internal sealed class MadeHub : IAsyncDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly ConcurrentQueue<string> _control = new();
    private readonly CancellationTokenSource _ending = new();
    private Multiplexer? _multiplexer;
    private Task _running = Task.CompletedTask;
    private readonly TaskCompletionSource _controlling = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MultiplexedStream? _controlChannel;

    private MadeHub(string id) => Id = id;

    public string Id { get; }

    /// <summary>The status that the space answered with.</summary>
    public int Status { get; private set; }

    /// <summary>What the space has said in the control channel.</summary>
    public string Control => string.Concat(_control);

    /// <summary>The head of the last request that sent the data of a topic.</summary>
    public string? TopicHead { get; private set; }

    /// <summary>Completes when the connection has ended, and what it brought was read.</summary>
    public Task Closed => Task.WhenAll(_running, _controlling.Task);

    /// <summary>Opens the connection.</summary>
    public static async Task<MadeHub> JoinAsync(Uri platform, string space, string id, string? key = null)
    {
        var hub = new MadeHub(id);
        await hub._client.ConnectAsync(platform.Host, platform.Port);
        var stream = hub._client.GetStream();
        var proof = key is null ? "" : $"Authorization: Digest cnonce=\"{Proof(key)}\"\r\n";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"CONNECT /api/v1//{space}/ HTTP/1.1\r\nHost: space\r\nx-sth-id: {id}\r\nx-manager-id: {space}\r\nx-sth-tags: "
                    + $"[\"made\"]\r\n{proof}Connection: close\r\n\r\n"));
        var input = PipeReader.Create(stream);
        var head = await RequestHead.ReadAsync(input, CancellationToken.None) ?? "";
        hub.Status = int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture);
        if (hub.Status == 200)
        {
            hub._multiplexer = new Multiplexer(new Transport(input, PipeWriter.Create(stream)), 0, channel => _ = hub.ServeAsync(channel));
            hub._running = hub._multiplexer.RunAsync();
        }

        return hub;
    }

    /// <summary>Says something in the control channel.</summary>
    public Task SayAsync(string message) => SendChunkAsync(_controlChannel!, message + "\n");

    /// <summary>A request to the space, through the connection.</summary>
    public async Task<string> RequestAsync(string request)
    {
        await using var channel = await _multiplexer!.OpenAsync();
        await channel.WriteAsync(Encoding.ASCII.GetBytes(request + "\r\nHost: space/with/a/path\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(channel);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _multiplexer?.Abort();
        await _running;
        _client.Dispose();
        _ending.Dispose();
    }

    private static string Proof(string key)
    {
        var session = Convert.ToBase64String(RandomNumberGenerator.GetBytes(12)) + key[..16];
        return session + Convert.ToBase64String(Scrypt.Derive(session, key));
    }

    private static async Task SendChunkAsync(MultiplexedStream channel, string text) =>
        await channel.WriteAsync(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n"));

    private async Task ServeAsync(MultiplexedStream channel)
    {
        try
        {
            var input = PipeReader.Create(channel);
            if (await RequestHead.ReadAsync(input, _ending.Token) is not { } head)
                return;

            var path = head.Split(' ')[1];
            if (path == "/api/v1/platform")
                await ControlAsync(channel, input);
            else if (path == "/api/v1/stream")
            {
                await StreamAsync(
                    channel,
                    long.Parse(Regex.Match(head, "x-bytes: ([0-9]+)", RegexOptions.IgnoreCase).Groups[1].Value, CultureInfo.InvariantCulture));
            }
            else if (path.StartsWith("/api/v1/topic/", StringComparison.Ordinal))
            {
                TopicHead = head;
                await UntilEndAsync(input);
                await AnswerAsync(channel, "{}");
            }
            else
                await AnswerAsync(channel, path is "/api/v1/sequences" or "/api/v1/instances" or "/api/v1/topics" ? "[]" : """{"version":"1.0.1"}""");
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    private static async Task UntilEndAsync(PipeReader input)
    {
        while (true)
        {
            var result = await input.ReadAsync();
            var all = Encoding.ASCII.GetString(result.Buffer);
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (all.EndsWith("0\r\n\r\n", StringComparison.Ordinal) || result.IsCompleted)
                return;
        }
    }

    private static async Task AnswerAsync(MultiplexedStream channel, string body)
    {
        await channel.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        await channel.DisposeAsync();
    }

    private static async Task StreamAsync(MultiplexedStream channel, long bytes)
    {
        await channel.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n"));
        var block = Enumerable.Range(0, 64 * 1024).Select(i => (byte)i).ToArray();
        for (var left = bytes; left > 0; left -= Math.Min(left, block.Length))
            await channel.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)));
        await channel.DisposeAsync();
    }

    private async Task ControlAsync(MultiplexedStream channel, PipeReader input)
    {
        await channel.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
        _controlChannel = channel;
        await SendChunkAsync(channel, """[7001,{"avgLoad":0.1}]""" + "\n");
        try
        {
            using var reader = new StreamReader(input.AsStream());
            while (await reader.ReadLineAsync(_ending.Token) is { } line)
                _control.Enqueue(line);
        }
        finally
        {
            _controlling.TrySetResult();
        }
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
