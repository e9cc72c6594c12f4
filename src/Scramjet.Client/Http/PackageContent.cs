using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Http;

/// <summary>A request body that sends a package and reports the progress.</summary>
internal sealed class PackageContent : HttpContent
{
    private const int BlockSize = 64 * 1024;

    private readonly PackageSource _package;
    private readonly IProgress<long> _progress;
    private readonly CancellationToken _cancellationToken;

    public PackageContent(PackageSource package, IProgress<long> progress, CancellationToken cancellationToken)
    {
        _package = package;
        _progress = progress;
        _cancellationToken = cancellationToken;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Returns the time limit of an upload. Its duration depends on the connection, so only the caller can set a short one.</summary>
    public static TimeSpan TimeoutFor(RequestOptions? options, ScramjetTransport transport) =>
        options?.Timeout ?? TimeSpan.FromTicks(Math.Max(transport.Timeout.Ticks, Timings.Upload.Ticks));

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var source = _package.Open();
        var block = new byte[BlockSize];
        var sent = 0L;
        int read;
        while ((read = await source.ReadAsync(block, 0, block.Length, _cancellationToken).ConfigureAwait(false)) > 0)
        {
            await stream.WriteAsync(block, 0, read, _cancellationToken).ConfigureAwait(false);
            sent += read;
            _progress.Report(sent);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _package.Length ?? 0;
        return _package.Length is not null;
    }
}
