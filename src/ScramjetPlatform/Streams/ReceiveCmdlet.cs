using System;
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
    public SwitchParameter Append { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [NoCompletion]
    public int First { get; set; } = int.MaxValue;

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 2147483d)]
    [NoCompletion]
    public double? DurationSec { get; set; }

    private protected override TimeSpan? CallTimeout => StreamTime.CallTimeout(DurationSec);

    private protected override void Begin()
    {
        RequireContentType(ContentType);
        if (OutFile is null)
        {
            if (Append || Force)
                Fail(new ScramjetException(ErrorCodes.BadParameters, $"-{(Append ? nameof(Append) : nameof(Force))} is about a file, and there is no -OutFile.", "Give -OutFile."));
            return;
        }

        if (Append && Force)
            Fail(new ScramjetException(ErrorCodes.BadParameters, "-Force replaces a file, and -Append adds to it.", "Give one of them."));
        if (First != int.MaxValue)
            Fail(new ScramjetException(ErrorCodes.BadParameters, "-First counts objects, lines or blocks, and -OutFile takes bytes as they come.", "Give one of them."));
        _file = FullPath(OutFile);
    }

    /// <summary>Opens a stream and writes all that comes out of it.</summary>
    /// <param name="open">Opens the stream, within a time; null for as long as its hub lives.</param>
    /// <param name="name">What it is, in words.</param>
    private protected async Task ReceiveAsync(Func<TimeSpan?, CancellationToken, Task<ApiStream>> open, string name)
    {
        var time = new StreamTime(DurationSec, StopToken);
        var ended = _file is not null
            ? await ToFileAsync(_file, time, open, name).ConfigureAwait(false)
            : await time.ReadAsync(open, (stream, token) => OutputWriter.WriteAsync(this, stream, AsByteStream ? ContentTypes.Bytes : ContentType ?? stream.ContentType, token, First)).ConfigureAwait(false);
        if (!ended)
            PostVerbose($"{name}: the time of {DurationSec} s is up.");
    }

    private async Task<bool> ToFileAsync(string path, StreamTime time, Func<TimeSpan?, CancellationToken, Task<ApiStream>> open, string name)
    {
        if (Interlocked.Exchange(ref _fileTaken, 1) != 0)
            throw new ScramjetException(ErrorCodes.BadParameters, $"'{path}' can't take {name} too: it takes one stream.", "Give each stream a file of its own.");
        if (!await ConfirmAsync(path, $"{(Append ? "Append" : "Write")} {name}").ConfigureAwait(false))
            return true;

        // What a stream has given is gone: a file that can't be written must show before it is asked for anything.
        using var file = ReceivedFile.Open(path, Append, Force);
        var progress = new ByteProgress(PostProgress, $"Receiving {name}", null);
        try
        {
            var ended = await time.ReadAsync(open, (stream, token) => file.ReceiveAsync(stream, progress, token)).ConfigureAwait(false);
            file.Complete();
            return ended;
        }
        catch (ScramjetException) when (file.Partial is { } partial)
        {
            PostWarning($"What came of {name} is in '{partial}'.");
            throw;
        }
        finally
        {
            progress.Complete();
        }
    }
}
