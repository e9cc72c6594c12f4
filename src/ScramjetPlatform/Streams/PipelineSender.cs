using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.View;

namespace ScramjetPlatform.Streams;

/// <summary>
/// Sends the pipeline, or a file, to a stream. The request is open while the pipeline produces objects. Nothing is collected, so a slow receiver slows the
/// pipeline down.
/// </summary>
/// <param name="context">The command's context.</param>
/// <param name="contentType">The content type; null to detect it from the first object or the file's extension.</param>
/// <param name="target">The target of errors.</param>
internal sealed class PipelineSender(CommandContext context, string? contentType, object target)
{
    private readonly BodyPipe _pipe = new();
    private BodyEncoder? _encoder;
    private Task? _sending;
    private Exception? _failure;

    /// <summary>The file to send; null to send the pipeline.</summary>
    public string? File { get; init; }

    /// <summary>Whether the command writes output at the same time, so that a failure must not end the pipeline.</summary>
    public bool HasOutput { get; init; }

    /// <summary>Starts work in the background of the command.</summary>
    public Func<Func<Task>, Task> Start { get; init; } = null!;

    /// <summary>Sends the body with a request.</summary>
    public Func<StreamBody, Task> Send { get; init; } = null!;

    /// <summary>Receives the records of the pipeline instead of one body; null for one body.</summary>
    public RecordDeal? Deal { get; init; }

    /// <summary>Runs what takes the records of the deal.</summary>
    public Func<Task> RunDeal { get; init; } = null!;

    /// <summary>Sends the value of -InputObject for one record: an item of the pipeline, or a list on the command line.</summary>
    public async Task SendRecordAsync(CommandLine line, object? input)
    {
        if (File is not null || (!line.ExpectsInput && !line.Has("InputObject")))
            return;
        foreach (var item in line.ExpectsInput ? [input] : ItemsOf(input))
            await SendItemAsync(item).ConfigureAwait(false);
    }

    /// <summary>Ends the body, and waits until everything has been sent. A failure is one error.</summary>
    public async Task EndAsync()
    {
        if (File is not null)
            Begin(() => SendFileAsync(Send));
        else if (_sending is null)
            BeginPipe(contentType ?? ContentTypes.Text);

        _pipe.Complete();
        Deal?.Complete();
        await _sending!.ConfigureAwait(false);
        ReportFailure();
    }

    /// <summary>Sends the file, or a value, in a separate request.</summary>
    public Task SendValueAsync(object? value, Func<StreamBody, Task> send)
    {
        if (File is not null)
            return SendFileAsync(send);

        var items = ItemsOf(value);
        var encoder = new BodyEncoder(contentType ?? BodyEncoder.TypeFor(items.FirstOrDefault()));
        var bytes = items.SelectMany(encoder.Encode).ToArray();
        return send(StreamBody.From(new MemoryStream(bytes), encoder.ContentType, isAscii: encoder.IsAscii));
    }

    /// <summary>Returns the items of a list, which are sent one by one, as from the pipeline. A byte array is one item.</summary>
    private static object?[] ItemsOf(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) as object?[] ?? [value];

    private async Task SendItemAsync(object? value)
    {
        if (PipedKinds.Of(PipedKinds.Unwrap(value)) == PipedKind.Connection)
            throw TerminatingError.BadParameters("A connection from the pipeline can't be sent as data.", "Use -Connection to specify another connection.");
        if (value is null && _sending is null && contentType is null)
        {
            // A null doesn't determine the content type.
            Skip(BodyEncoder.NullError(null), value);
            return;
        }

        if (_sending is null)
            BeginPipe(contentType ?? BodyEncoder.TypeFor(value));
        if (IsOver())
        {
            Deal?.Refuse();
            return;
        }

        byte[] bytes;
        try
        {
            bytes = _encoder!.Encode(value);
        }
        catch (ScramjetException e)
        {
            Skip(e, value);
            return;
        }

        Deal?.Write(bytes, value);
        if (Deal is null)
            _pipe.Write(bytes, 0, bytes.Length);

        // The command waits here while the pipe is full, and writes the output that has arrived.
        var room = Deal?.WaitForRoomAsync() ?? _pipe.WaitForRoomAsync();
        if (!room.IsCompleted)
            await Task.WhenAny(room, _sending!).ConfigureAwait(false);
        IsOver();
    }

    private void Skip(ScramjetException error, object? value)
    {
        Deal?.Skip();
        context.Report(error, value);
    }

    /// <summary>
    /// Returns whether the receiver accepts no more data, for example because the instance has ended. A failure ends the command, unless output would be lost.
    /// </summary>
    private bool IsOver()
    {
        if (!_sending!.IsCompleted)
            return false;
        if (_failure is { } failure && !HasOutput)
            throw new TerminatingError(failure, target);
        ReportFailure();
        return true;
    }

    private void ReportFailure()
    {
        if (_failure is { } failure)
            context.Report(failure, target);
        _failure = null;
    }

    private void BeginPipe(string type)
    {
        _encoder = new BodyEncoder(type);
        Deal?.Begin(type, _encoder.IsAscii);
        Begin(Deal is null ? () => Send(StreamBody.From(_pipe, type, _encoder.IsAscii)) : RunDeal);
    }

    private void Begin(Func<Task> send) => _sending = Start(async () =>
    {
        try
        {
            await send().ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Cancellation.IsCancellationRequested)
        {
            _failure = e;
        }
    });

    private Task SendFileAsync(Func<StreamBody, Task> send)
    {
        var file = LocalFile.OpenRead(File!);
        return ByteProgress.ShowAsync(context.Output.PostProgress, $"Sending {File}", file.Length, async progress =>
        {
            using (file)
                await send(StreamBody.From(file, contentType ?? TypeOf(File!), progress)).ConfigureAwait(false);
            return true;
        });
    }

    private static string TypeOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".ndjson" or ".jsonl" => ContentTypes.NdJson,
        ".txt" or ".csv" or ".log" => ContentTypes.Text,
        _ => ContentTypes.Bytes,
    };
}
