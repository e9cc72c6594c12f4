using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>What a listener is for: everything, or one hub that names no space.</summary>
/// <param name="NeedsKeys">Whether hubs need a key to join.</param>
/// <param name="Hub">The hub that the listener is for.</param>
internal sealed record ListenerInfo(bool NeedsKeys, HubOrigin? Hub);

/// <summary>
/// Takes the connections of hubs out of those that come to a listener, before HTTP is read from them: a hub's CONNECT names a path, which web
/// servers don't accept, and what follows isn't HTTP.
/// </summary>
internal sealed class HubGate(IHubRegister register, ListenerInfo listener)
{
    // A client may open a connection before it has a request.
    private static readonly TimeSpan FirstTimeout = TimeSpan.FromSeconds(130);
    private static readonly byte[] Method = "CONNECT "u8.ToArray();

    /// <summary>Serves a connection.</summary>
    public async Task HandleAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        string? head = null;
        bool isHub;
        using (var bound = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed))
        {
            try
            {
                bound.CancelAfter(FirstTimeout);
                isHub = await IsHubAsync(connection, bound.Token).ConfigureAwait(false);
                if (isHub)
                    head = await RequestHead.ReadAsync(connection.Transport.Input, bound.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException)
            {
                return;
            }
        }

        if (!isHub)
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        var greeting = head is null ? null : HubGreeting.Parse(head);
        var refusal = greeting is null ? "400 Bad Request" : await register.CheckAsync(greeting, listener).ConfigureAwait(false);
        if (refusal is not null)
        {
            await WriteAsync(connection, $"HTTP/1.1 {refusal}\r\nConnection: close\r\n\r\n").ConfigureAwait(false);
            return;
        }

        await WriteAsync(connection, "HTTP/1.1 200 \r\n\r\n").ConfigureAwait(false);
        await register.ServeAsync(greeting!, connection, listener).ConfigureAwait(false);
    }

    private static async Task WriteAsync(ConnectionContext connection, string text)
    {
        await connection.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).ConfigureAwait(false);
    }

    // Leaves what it has read to the next one.
    private static async Task<bool> IsHubAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var start = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, Method.Length)).ToArray();
            var differs = !start.AsSpan().SequenceEqual(Method.AsSpan(0, start.Length));
            if (differs || start.Length == Method.Length || result.IsCompleted)
            {
                input.AdvanceTo(result.Buffer.Start);
                return !differs && start.Length == Method.Length;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
