using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Scramjet.LocalPlatform.Http;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>The audit entries of all spaces: the recent ones first for whoever reads, then those that come.</summary>
internal sealed class AuditLog : IAsyncDisposable
{
    private const int MostKept = 1000;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<(string? SpaceId, byte[] Line)> recent = new();
    private readonly HashSet<(string? SpaceId, Channel<byte[]> Lines)> readers = [];
    private readonly HashSet<AuditedRequest> open = [];
    private readonly CancellationTokenSource ending = new();
    private readonly Task beating;

    public AuditLog() => beating = BeatAsync();

    /// <summary>Notes that a request starts.</summary>
    public void Start(AuditedRequest request)
    {
        lock (gate)
        {
            open.Add(request);
            Add(request, "START", keep: true);
        }
    }

    /// <summary>Notes that a request has ended.</summary>
    public void End(AuditedRequest request)
    {
        lock (gate)
        {
            open.Remove(request);
            Add(request, "END", keep: true);
        }
    }

    /// <summary>Reads the entries of a space, or of all where none is named.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync(string? spaceId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = (SpaceId: spaceId, Lines: Channel.CreateUnbounded<byte[]>());
        lock (gate)
        {
            foreach (var (space, line) in recent)
            {
                if (spaceId is null || spaceId == space)
                    reader.Lines.Writer.TryWrite(line);
            }

            readers.Add(reader);
        }

        try
        {
            await foreach (var line in reader.Lines.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return line;
        }
        finally
        {
            lock (gate)
                readers.Remove(reader);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        await beating.ConfigureAwait(false);
        ending.Dispose();
    }

    // Requests that last show that they do.
    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Heartbeat);
        try
        {
            while (await timer.WaitForNextTickAsync(ending.Token).ConfigureAwait(false))
            {
                lock (gate)
                {
                    foreach (var request in open)
                        Add(request, "ACTIVE", keep: false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The platform ends.
        }
    }

    private void Add(AuditedRequest request, string state, bool keep)
    {
        var entry = new JsonObject { ["opState"] = state, ["opCode"] = request.Operation.Code, ["requestId"] = request.Id };
        if (request.Operation.ObjectId is { } objectId)
            entry["objectId"] = objectId;
        entry["requestorId"] = request.RequestorId;
        entry["rx"] = request.Received;
        entry["tx"] = request.Sent;
        entry["receivedAt"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        var line = Answer.Serialize(entry, line: true);
        if (keep)
        {
            recent.Enqueue((request.SpaceId, line));
            if (recent.Count > MostKept)
                recent.Dequeue();
        }

        foreach (var (space, lines) in readers)
        {
            if (space is null || space == request.SpaceId)
                lines.Writer.TryWrite(line);
        }
    }
}
