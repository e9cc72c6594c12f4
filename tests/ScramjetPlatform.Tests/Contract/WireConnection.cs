using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>An HTTP/1.1 connection to a hub over a socket, for tests that depend on the bytes in each packet and on their timing.</summary>
internal sealed class WireConnection : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly MemoryStream _received = new();
    private readonly MemoryStream _body = new();
    private readonly Uri _hub;
    private int _taken;

    private WireConnection(Uri hub) => _hub = hub;

    /// <summary>The status and headers of the response, after they were received.</summary>
    public string? Head { get; private set; }

    public int Status => Head is null ? 0 : int.Parse(Head.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>The received part of the response's body.</summary>
    public byte[] Body => _body.ToArray();

    public long Length => _body.Length;

    public string Text => Encoding.UTF8.GetString(Body);

    public IReadOnlyList<string> Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Returns the complete lines that were received since the last call.</summary>
    public string[] TakeLines()
    {
        var body = _body.GetBuffer().AsSpan(_taken, (int)_body.Length - _taken);
        var whole = body.LastIndexOf((byte)'\n') + 1;
        _taken += whole;
        return Encoding.UTF8.GetString(body[..whole]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Whether the last chunk of the body was received.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the hub has closed the connection.</summary>
    public bool IsClosed { get; private set; }

    public static async Task<WireConnection> OpenAsync(string baseUri)
    {
        var connection = new WireConnection(new Uri(baseUri));
        await connection._socket.ConnectAsync(connection._hub.Host, connection._hub.Port);
        return connection;
    }

    /// <summary>Opens a connection and sends a GET.</summary>
    public static async Task<WireConnection> GetAsync(string baseUri, string path, string? contentType = null)
    {
        var connection = await OpenAsync(baseUri);
        await connection.SendAsync(connection.Request("GET", path, contentType is null ? [] : [("Content-Type", contentType)]));
        return connection;
    }

    /// <summary>Returns the bytes of a request's line and headers.</summary>
    public byte[] Request(string method, string path, params (string Name, string Value)[] headers) => Encoding.ASCII.GetBytes(
        $"{method} {_hub.AbsolutePath}{path} HTTP/1.1\r\nHost: {_hub.Authority}\r\n{string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}\r\n");

    /// <summary>Returns the bytes of a chunk of a request's body, or of the last one if there is no data.</summary>
    public static byte[] Chunk(byte[] data) => [.. Encoding.ASCII.GetBytes($"{data.Length:x}\r\n"), .. data, .. "\r\n"u8];

    /// <summary>Sends the bytes at once, if possible in one packet.</summary>
    public async Task SendAsync(params byte[][] parts)
    {
        byte[] all = [.. parts.SelectMany(p => p)];
        for (var sent = 0; sent < all.Length;)
            sent += await _socket.SendAsync(all.AsMemory(sent));
    }

    /// <summary>Receives until a condition is true, and fails if that takes too long.</summary>
    public async Task UntilAsync(Func<bool> isSo, string what)
    {
        if (!await WithinAsync(s_patience, isSo))
            throw new TimeoutException($"{what} did not come to be. What had come at last: {Head}\n{Text[Math.Max(0, Text.Length - 2000)..]}");
    }

    /// <summary>Receives until the body contains a text, regardless of the length of the body.</summary>
    public async Task SeesAsync(string text)
    {
        var sought = Encoding.UTF8.GetBytes(text);
        var looked = 0;
        var found = false;
        bool Sees()
        {
            var body = _body.GetBuffer().AsSpan(looked, (int)_body.Length - looked);
            looked += Math.Max(0, body.Length - sought.Length);
            return found |= body.IndexOf(sought) >= 0;
        }

        await UntilAsync(Sees, $"'{text}'");
    }

    /// <summary>Receives until a condition is true or the time is over, and returns whether it is true.</summary>
    public async Task<bool> WithinAsync(TimeSpan time, Func<bool> isSo)
    {
        using var stop = new CancellationTokenSource(time);
        var buffer = new byte[65536];
        try
        {
            while (!isSo())
            {
                if (IsClosed)
                    return false;
                var read = await _socket.ReceiveAsync(buffer.AsMemory(), stop.Token);
                IsClosed = read == 0;
                _received.Write(buffer, 0, read);
                Parse();
            }
        }
        catch (OperationCanceledException)
        {
            return isSo();
        }
        catch (SocketException)
        {
            IsClosed = true;
        }

        return isSo();
    }

    /// <summary>Returns the head of the response.</summary>
    public Task HeadAsync() => UntilAsync(() => Head is not null, "The answer's head");

    /// <summary>Returns the complete response.</summary>
    public Task EndAsync() => UntilAsync(() => HasEnded, "The answer's end");

    public void Dispose() => _socket.Dispose();

    private void Parse()
    {
        var all = _received.GetBuffer().AsSpan(0, (int)_received.Length);
        if (Head is null)
        {
            var end = all.IndexOf("\r\n\r\n"u8);
            if (end < 0)
                return;
            var head = Encoding.UTF8.GetString(all[..end]);
            Drop(end + 4);
            if (!head.StartsWith("HTTP/1.1 100", StringComparison.Ordinal))
                Head = head;
            Parse();
            return;
        }

        if (Head.Contains("content-length:", StringComparison.OrdinalIgnoreCase))
        {
            var length = int.Parse(
                Head.Split('\n').First(h => h.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1],
                CultureInfo.InvariantCulture);
            _body.Write(all);
            Drop(all.Length);
            HasEnded = _body.Length >= length;
            return;
        }

        var at = 0;
        while (!HasEnded)
        {
            var line = all[at..].IndexOf("\r\n"u8);
            if (line < 0)
                break;
            var size = int.Parse(Encoding.ASCII.GetString(all.Slice(at, line)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (all.Length < at + line + 2 + size + 2)
                break;
            _body.Write(all.Slice(at + line + 2, size));
            at += line + 2 + size + 2;
            HasEnded = size == 0;
        }

        Drop(at);
    }

    private void Drop(int count)
    {
        if (count == 0)
            return;
        var rest = _received.ToArray()[count..];
        _received.SetLength(0);
        _received.Write(rest);
    }
}
