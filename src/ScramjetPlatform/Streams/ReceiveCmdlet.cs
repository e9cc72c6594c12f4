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
    private int _fileTaken;

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? ContentType { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [NoCompletion]
    public int First { get; set; } = int.MaxValue;

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 2147483d)]
    [NoCompletion]
    public double? DurationSec { get; set; }

    private protected override void Begin()
    {
        RequireContentType(ContentType);
        if (OutFile is null)
            return;
        if (First != int.MaxValue)
            Fail(new ScramjetException(ErrorCodes.BadParameters, "-First counts objects, lines or blocks, and -OutFile takes bytes as they come.", "Give one of them."));
        _file = FullPath(OutFile);
    }

    /// <summary>Opens a stream and writes all that comes out of it.</summary>
    private protected async Task ReceiveAsync(Func<CancellationToken, Task<ApiStream>> open, string name)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        if (DurationSec is { } seconds)
            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            // What a stream has given is gone: a file that can't be written must show before it is asked for anything.
            using var file = _file is null ? null : OpenFile(_file, name);
            using var stream = await open(limit.Token).ConfigureAwait(false);
            if (file is not null)
                await ToFileAsync(stream, file, name, limit.Token).ConfigureAwait(false);
            else
                await OutputWriter.WriteAsync(this, stream, AsByteStream ? ContentTypes.Bytes : ContentType ?? stream.ContentType, limit.Token, First).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            PostVerbose($"{name}: the time of {DurationSec} s is up.");
        }
    }

    private async Task ToFileAsync(ApiStream stream, FileStream file, string name, CancellationToken cancellationToken)
    {
        var progress = new ByteProgress(PostProgress, $"Receiving {name}", null);
        try
        {
            // A device has no length to set.
            if (file.CanSeek && file.Length > 0)
                file.SetLength(0);
            var block = new byte[OutputWriter.BlockSize];
            var received = 0L;
            int read;
            while ((read = await stream.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                file.Write(block, 0, read);
                progress.Report(received += read);
            }

            file.Flush();
        }
        catch (IOException e)
        {
            throw Unwritable(file.Name, e);
        }
        finally
        {
            progress.Complete();
        }
    }

    private FileStream OpenFile(string path, string name)
    {
        if (Interlocked.Exchange(ref _fileTaken, 1) != 0)
            throw new ScramjetException(ErrorCodes.BadParameters, $"'{path}' can't take {name} too: it takes one stream.", "Give each stream a file of its own.");

        try
        {
            // Without a buffer of its own: one that can't be written would fail again when the file is closed.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unwritable(path, e);
        }
    }

    private static ScramjetException Unwritable(string path, Exception e) =>
        new(ErrorCodes.FileUnwritable, $"'{path}' can't be written: {e.Message}", "Check the path, its permissions, and the disk.", e);
}
