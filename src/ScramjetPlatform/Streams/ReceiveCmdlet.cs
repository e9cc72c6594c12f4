using System;
using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that writes what comes out of a stream: as objects, lines, bytes, or straight into a file.</summary>
public abstract class ReceiveCmdlet : ScopedCmdlet
{
    private string? _file;

    /// <summary>
    /// <para type="description">What the stream holds: application/x-ndjson gives objects, text/plain lines, application/octet-stream blocks of bytes. Not given: the first line tells whether it is NDJSON or text.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? ContentType { get; set; }

    /// <summary>
    /// <para type="description">Gives byte[] blocks as they come, without decoding.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>
    /// <para type="description">A file to write the bytes to, without passing them through the pipeline. A file that is there is replaced.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>
    /// <para type="description">Stops after this many objects, lines or blocks.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>
    /// <para type="description">Stops after this many seconds, whatever has come; fractions count. Not given: the stream's end, or Ctrl+C.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(0.001d, 31536000d)]
    public double? TimeoutSec { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (OutFile is not null)
            _file = GetUnresolvedProviderPathFromPSPath(OutFile);
    }

    /// <summary>Opens a stream and writes all that comes out of it.</summary>
    private protected async Task ReceiveAsync(Func<CancellationToken, Task<ApiStream>> open, string name)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        if (TimeoutSec is { } seconds)
            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            using var stream = await open(limit.Token).ConfigureAwait(false);
            if (_file is not null)
                await ToFileAsync(stream, name, limit.Token).ConfigureAwait(false);
            else
                await OutputWriter.WriteAsync(this, stream, AsByteStream ? ContentTypes.Bytes : ContentType, limit.Token, First).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            PostVerbose($"{name}: the time of {TimeoutSec} s is up.");
        }
    }

    private async Task ToFileAsync(ApiStream stream, string name, CancellationToken cancellationToken)
    {
        var progress = new ByteProgress(PostProgress, $"Receiving {name}", null);
        try
        {
            using var file = OpenFile(_file!);
            var block = new byte[OutputWriter.BlockSize];
            var received = 0L;
            int read;
            while ((read = await stream.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                file.Write(block, 0, read);
                progress.Report(received += read);
            }
        }
        finally
        {
            progress.Complete();
        }
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, OutputWriter.BlockSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ScramjetException(ErrorCodes.FileUnreadable, $"'{path}' can't be written: {e.Message}", "Check the path and its permissions.", e);
        }
    }
}
