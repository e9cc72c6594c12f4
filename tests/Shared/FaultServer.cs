using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Testing;

/// <summary>
/// An HTTP server over sockets, for what a real server can't be made to do: closing a connection in the middle of a response, wrong bytes, or no response. Its
/// handler determines the responses. It records the requests.
/// </summary>
public sealed class FaultServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Exchange, Task> _handler;
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly Task _accepting;

    public FaultServer(Func<Exchange, Task> handler)
    {
        _handler = handler;
        _listener.Start(512);
        Origin = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = AcceptAsync();
    }

    public string Origin { get; }

    public string BaseUri => Origin + "/api/v1";

    /// <summary>The requests so far, in order.</summary>
    public ConcurrentQueue<Exchange> Requests { get; } = new();

    /// <summary>The number of open connections.</summary>
    public int OpenConnections => _open.Count;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var socket in _open.Keys)
            socket.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                _open[socket] = true;
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The server was disposed of. A listener that was stopped between two connections throws this.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var input = new BufferedStream(stream);
            while (await ReadHeadAsync(input) is { } head)
            {
                var exchange = new Exchange(head, input, stream, socket, _stop.Token);
                Requests.Enqueue(exchange);
                await _handler(exchange);
                if (exchange.Closed)
                    return;
                await exchange.ReadBodyAsync();
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client disconnected, or the server was disposed of.
        }
        finally
        {
            _open.TryRemove(socket, out _);
        }
    }

    private static async Task<string[]?> ReadHeadAsync(Stream input)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync(input);
            if (line is null)
                return null;
            if (line.Length == 0)
                return lines.Count == 0 ? null : [.. lines];
            lines.Add(line);
        }
    }

    private static async Task<string?> ReadLineAsync(Stream input)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (await input.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
            bytes.Add(one[0]);
        }

        return null;
    }

    /// <summary>A request, and the ways to respond to it.</summary>
    public sealed class Exchange
    {
        private static readonly Regex s_wordBorder = new("(?<=[a-z])(?=[A-Z])");

        private readonly Stream _input;
        private readonly Stream _output;
        private readonly Socket _socket;
        private byte[]? _body;
        private IAsyncEnumerator<byte[]>? _blocks;

        internal Exchange(string[] head, Stream input, Stream output, Socket socket, CancellationToken stopped)
        {
            var parts = head[0].Split(' ');
            Method = parts[0];
            Target = parts[1];
            Headers = head.Skip(1).Select(h => h.Split(':', 2)).ToDictionary(h => h[0].Trim(), h => h[1].Trim(), StringComparer.OrdinalIgnoreCase);
            _input = input;
            _output = output;
            _socket = socket;
            Stopped = stopped;
        }

        public string Method { get; }

        /// <summary>The encoded path and query.</summary>
        public string Target { get; }

        public IReadOnlyDictionary<string, string> Headers { get; }

        public CancellationToken Stopped { get; }

        public bool Closed { get; private set; }

        /// <summary>Reads the body of the request to its end.</summary>
        public async Task<byte[]> ReadBodyAsync()
        {
            if (_body is not null)
                return _body;

            var body = new MemoryStream();
            await foreach (var block in ReadBlocksAsync())
                body.Write(block);
            return _body = body.ToArray();
        }

        /// <summary>Reads the body of the request as it arrives. Another call continues after the last one.</summary>
        public async IAsyncEnumerable<byte[]> ReadBlocksAsync()
        {
            _blocks ??= ReadAllBlocksAsync().GetAsyncEnumerator();
            while (await _blocks.MoveNextAsync())
                yield return _blocks.Current;
        }

        private async IAsyncEnumerable<byte[]> ReadAllBlocksAsync()
        {
            if (Headers.TryGetValue("Content-Length", out var length))
            {
                var left = long.Parse(length, CultureInfo.InvariantCulture);
                while (left > 0)
                {
                    var block = new byte[Math.Min(left, 65536)];
                    var read = await _input.ReadAsync(block);
                    if (read == 0)
                        throw new IOException("The body broke off.");
                    left -= read;
                    yield return block[..read];
                }
            }
            else if (Headers.TryGetValue("Transfer-Encoding", out var encoding) && encoding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            {
                while (true)
                {
                    var size = int.Parse(
                        (await ReadLineAsync(_input) ?? throw new IOException("The body broke off.")).Split(';')[0],
                        NumberStyles.HexNumber,
                        CultureInfo.InvariantCulture);
                    var block = new byte[size];
                    await _input.ReadExactlyAsync(block);
                    await ReadLineAsync(_input);
                    if (size == 0)
                        break;
                    yield return block;
                }
            }

            _body ??= [];
        }

        /// <summary>Responds with a status, headers and a body.</summary>
        public Task AnswerAsync(
            int status,
            string body,
            string? contentType = "application/json",
            string? reason = null,
            params (string Name, string Value)[] headers)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            var head = new StringBuilder($"HTTP/1.1 {status} {reason ?? Reason(status)}\r\nContent-Length: {bytes.Length}\r\n");
            if (contentType is not null)
                head.Append($"Content-Type: {contentType}\r\n");
            foreach (var (name, value) in headers)
                head.Append($"{name}: {value}\r\n");
            byte[] answer = [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. bytes];
            return SendAsync(answer);
        }

        /// <summary>Returns the reason phrase of a status, such as "Not Found".</summary>
        private static string Reason(int status) => s_wordBorder.Replace(((HttpStatusCode)status).ToString(), " ");

        /// <summary>Begins a chunked response.</summary>
        public Task BeginChunkedAsync(int status = 200, string contentType = "application/octet-stream") =>
            SendAsync($"HTTP/1.1 {status} OK\r\nContent-Type: {contentType}\r\nTransfer-Encoding: chunked\r\n\r\n");

        public async Task SendChunkAsync(ReadOnlyMemory<byte> data)
        {
            await SendAsync($"{data.Length:x}\r\n");
            await SendAsync(data);
            await SendAsync("\r\n");
        }

        public Task SendChunkAsync(string text) => SendChunkAsync(Encoding.UTF8.GetBytes(text));

        public Task EndChunkedAsync() => SendAsync("0\r\n\r\n");

        /// <summary>Sends bytes without encoding.</summary>
        public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

        public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _output.WriteAsync(bytes, Stopped);

        /// <summary>Closes the connection without an error.</summary>
        public void Close()
        {
            Closed = true;
            _socket.Shutdown(SocketShutdown.Both);
            _socket.Dispose();
        }

        /// <summary>Resets the connection.</summary>
        public void Reset()
        {
            Closed = true;
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Dispose();
        }

        /// <summary>Completes when the client has closed the connection.</summary>
        public async Task ClosedAsync()
        {
            try
            {
                while (await _input.ReadAsync(new byte[1], Stopped) > 0)
                {
                    // A client that waits for a response sends nothing.
                }
            }
            catch (IOException)
            {
                // The connection was reset.
            }
        }

        /// <summary>Completes when the client has closed the connection, and doesn't read what it sends.</summary>
        public async Task LeftAsync()
        {
            try
            {
                // The available data is the next request.
                if (await _socket.ReceiveAsync(new byte[1], SocketFlags.Peek, Stopped) > 0)
                    await SilenceAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The connection was reset.
            }
        }

        /// <summary>Allows a client to send its body if it waits for that.</summary>
        public Task ContinueAsync() => Headers.TryGetValue("Expect", out var expect) && expect.Equals("100-continue", StringComparison.OrdinalIgnoreCase)
            ? SendAsync("HTTP/1.1 100 Continue\r\n\r\n")
            : Task.CompletedTask;

        /// <summary>Never responds.</summary>
        public Task SilenceAsync() => Task.Delay(Timeout.Infinite, Stopped);
    }
}
