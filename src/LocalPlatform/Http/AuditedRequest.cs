using System;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Http;

/// <summary>A request that the audit tells of: what it is, and the bytes of the bodies that have passed so far.</summary>
internal sealed class AuditedRequest(string? spaceId, string requestorId, AuditOperation operation)
{
    private long received;
    private long sent;

    public string Id { get; } = Guid.NewGuid().ToString();

    public string? SpaceId => spaceId;

    public string RequestorId => requestorId;

    public AuditOperation Operation => operation;

    public long Received => Interlocked.Read(ref received);

    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Counts a request's bodies from here on.</summary>
    public void Attach(HttpContext context)
    {
        context.Request.Body = new CountedRequest(context.Request.Body, this);
        context.Features.Set<IHttpResponseBodyFeature>(new CountedResponse(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), this));
    }

    private sealed class CountedRequest(Stream inner, AuditedRequest request) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref request.received, count);
            return count;
        }
    }

    private sealed class CountedResponse(IHttpResponseBodyFeature inner, AuditedRequest request) : IHttpResponseBodyFeature
    {
        public Stream Stream { get; } = new CountedStream(inner.Stream, request);

        public PipeWriter Writer => inner.Writer;

        public Task CompleteAsync() => inner.CompleteAsync();

        public void DisableBuffering() => inner.DisableBuffering();

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            inner.SendFileAsync(path, offset, count, cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);
    }

    private sealed class CountedStream(Stream inner, AuditedRequest request) : WriteOnlyStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref request.sent, buffer.Length);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }
}
