using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// A cmdlet that sends the pipeline, or a file, into a stream. The request is open while the pipeline produces: nothing is collected, and a far end
/// that takes its time slows the pipeline down.
/// </summary>
public abstract class SendCmdlet : ScopedCmdlet
{
    private readonly BodyPipe _pipe = new();
    private BodyEncoder? _encoder;
    private Task? _sending;
    private Exception? _failure;
    private string? _file;
    private long _sent;

    [Parameter(Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public override object? InputObject { get; set; }

    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    public override ScramjetConnection? Connection { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public override SpaceReference[]? Space { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public override HubReference[]? Hub { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? ContentType { get; set; }

    /// <summary>A file to send; none to send the pipeline.</summary>
    private protected virtual (string? Path, string? LiteralPath) FileToSend => default;

    /// <summary>Whether a file is sent, and not the pipeline.</summary>
    private protected bool SendsFile => FileToSend is not (null, null);

    private protected override bool TakesData => true;

    /// <summary>Whether the pipeline carries what is sent to, rather than what is sent.</summary>
    private protected virtual bool TargetsArePiped => false;

    /// <summary>How many objects, lines or blocks of the pipeline have been sent.</summary>
    private protected long Sent => Interlocked.Read(ref _sent);

    /// <summary>Where errors of the whole are about.</summary>
    private protected abstract object Target { get; }

    /// <summary>Sends the body, and does all that goes with it.</summary>
    private protected abstract Task SendAsync(StreamBody body);

    /// <summary>Made on the pipeline thread before anything is sent.</summary>
    private protected virtual void Prepare()
    {
    }

    private protected override void Begin()
    {
        RequireContentType(ContentType);
        if (SendsFile)
        {
            if (IsOnCommandLine(nameof(InputObject)) || (MyInvocation.ExpectingInput && !TargetsArePiped))
                Fail(new ScramjetException(ErrorCodes.BadParameters, $"Both {(FileToSend.Path is null ? "-LiteralPath" : "-Path")} and {(IsOnCommandLine(nameof(InputObject)) ? "-InputObject" : "the pipeline")} have something to send.", "Give one of them."));
            _file = OnePath(FileToSend.Path, FileToSend.LiteralPath);
        }

        Prepare();
    }

    private protected override void Process()
    {
        if (_file is not null || (!MyInvocation.ExpectingInput && !MyInvocation.BoundParameters.ContainsKey(nameof(InputObject))))
            return;

        foreach (var item in MyInvocation.ExpectingInput ? [InputObject] : ItemsOf(InputObject))
            SendOne(item);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!TargetsArePiped)
        {
            if (_file is not null)
                Begin(() => SendFileAsync(_file, SendAsync));
            else if (_sending is null)
                BeginPipe(ContentType ?? ContentTypes.Text);
        }

        _pipe.Complete();
        base.EndProcessing();
        if (_failure is not null)
            WriteError(ErrorRecords.From(_failure, Target));
    }

    /// <summary>A list that was given as a parameter is sent item by item, as the pipeline would; bytes stay together.</summary>
    private static object?[] ItemsOf(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) as object?[] ?? [value];

    /// <summary>Sends the file, or a value as the pipeline would have it, by a call of its own.</summary>
    private protected Task SendToAsync(object? value, Func<StreamBody, Task> send)
    {
        if (_file is not null)
            return SendFileAsync(_file, send);

        var items = ItemsOf(value);
        var encoder = new BodyEncoder(ContentType ?? BodyEncoder.TypeFor(items.FirstOrDefault()));
        var bytes = items.SelectMany(encoder.Encode).ToArray();
        return send(StreamBody.From(new MemoryStream(bytes), encoder.ContentType, isAscii: encoder.IsAscii));
    }

    private void SendOne(object? value)
    {
        if (_sending is null)
            BeginPipe(ContentType ?? BodyEncoder.TypeFor(value));

        if (IsOver())
            return;

        byte[] bytes;
        try
        {
            bytes = _encoder!.Encode(value);
        }
        catch (ScramjetException e)
        {
            WriteError(ErrorRecords.From(e, value));
            return;
        }

        _pipe.Write(bytes, 0, bytes.Length);
        Interlocked.Increment(ref _sent);

        // What has come back meanwhile goes out, and a full pipe is waited for.
        PumpUntil(Task.WhenAny(_pipe.WaitForRoomAsync(), _sending!));
        IsOver();
    }

    /// <summary>Whether nothing more is taken, as from an instance that has ended; a failure ends the command.</summary>
    private bool IsOver()
    {
        if (!_sending!.IsCompleted)
            return false;
        if (_failure is { } failure)
            Fail(failure, Target);
        return true;
    }

    private void BeginPipe(string contentType)
    {
        _encoder = new BodyEncoder(contentType);
        Begin(() => SendAsync(StreamBody.From(_pipe, contentType, _encoder.IsAscii)));
    }

    private void Begin(Func<Task> send) => _sending = StartWork(async () =>
    {
        try
        {
            await send().ConfigureAwait(false);
        }
        catch (Exception e) when (!StopToken.IsCancellationRequested)
        {
            _failure = e;
        }
    });

    private async Task SendFileAsync(string path, Func<StreamBody, Task> send)
    {
        using var file = LocalFile.OpenRead(path);
        var progress = new ByteProgress(PostProgress, $"Sending {path}", file.Length);
        try
        {
            await send(StreamBody.From(file, ContentType ?? TypeOf(path), progress)).ConfigureAwait(false);
        }
        finally
        {
            progress.Complete();
        }
    }

    private static string TypeOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".ndjson" or ".jsonl" => ContentTypes.NdJson,
        ".txt" or ".csv" or ".log" => ContentTypes.Text,
        _ => ContentTypes.Bytes,
    };
}
