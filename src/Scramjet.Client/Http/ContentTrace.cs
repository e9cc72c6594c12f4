using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Http;

/// <summary>
/// Traces the messages of a call with their headers and the beginning of their bodies, without secrets. A whole body is one text; of a stream, each block
/// is one when it comes.
/// </summary>
/// <param name="trace">Receives the texts.</param>
/// <param name="call">The call.</param>
internal sealed class ContentTrace(Action<string> trace, Call call)
{
    /// <summary>The most bytes or characters that are shown of a body.</summary>
    private const int MostOfBody = 4 * 1024;

    private const string Hidden = "***";

    private static readonly UTF8Encoding s_utf8 = new(false, throwOnInvalidBytes: true);

    private long _sent;
    private long _received;

    /// <summary>Traces a request that is about to be sent. Of a body of unknown length, the blocks are traced when they are sent.</summary>
    public async Task TraceRequestAsync(HttpRequestMessage message)
    {
        var lines = new List<string> { $"{message.Method} {message.RequestUri.AbsoluteUri}" };
        AddHeaders(lines, message.Headers, message.Content?.Headers);
        switch (message.Content)
        {
            case StreamingContent streaming:
                streaming.Sent = (block, offset, count) => TraceBlock("Sent to", block, offset, count, ref _sent);
                break;
            case StringContent text:
                AddBody(lines, call.Mask.Apply(await text.ReadAsStringAsync().ConfigureAwait(false)));
                break;
            case PackageContent { Headers.ContentLength: var length }:
                lines.Add(length is null ? "(a package)" : $"({Bytes(length.Value)})");
                break;
        }

        Write(lines);
    }

    /// <summary>Traces a response whose headers have arrived.</summary>
    public void TraceResponse(HttpResponseMessage response, TimeSpan elapsed)
    {
        var lines = new List<string> { $"{(int)response.StatusCode} {response.ReasonPhrase} ({Duration(elapsed)}) {call.Description}" };
        AddHeaders(lines, response.Headers, response.Content.Headers);
        Write(lines);
    }

    /// <summary>Traces the whole body of a response.</summary>
    public void TraceBody(string body)
    {
        if (body.Length == 0)
            return;
        var lines = new List<string> { $"Received from {call.Description}:" };
        if (call.Request.AnswersSecret)
            lines.Add("(hidden: it is a secret)");
        else
            AddBody(lines, call.Mask.Apply(body));
        Write(lines);
    }

    /// <summary>Traces a block of a stream that was received.</summary>
    public void TraceBlock(byte[] block, int offset, int count) => TraceBlock("Received from", block, offset, count, ref _received);

    /// <summary>A duration as it is shown: milliseconds, or seconds from one second on.</summary>
    public static string Duration(TimeSpan elapsed) => elapsed.TotalSeconds < 1
        ? elapsed.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + " ms"
        : elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    private void TraceBlock(string what, byte[] block, int offset, int count, ref long before)
    {
        var from = before;
        before += count;
        if (count == 0 || from >= MostOfBody)
            return;

        var shown = (int)Math.Min(count, MostOfBody - from);
        var text = Text(block, offset, shown);
        var lines = new List<string> { $"{what} {call.Description}, {Bytes(count)}:" };
        lines.Add(text is null ? "(binary)" : SecretFields.Hide(text).TrimEnd('\n'));
        if (before >= MostOfBody)
            lines.Add("(The rest of the stream is not shown.)");
        Write(lines);
    }

    private static string? Text(byte[] block, int offset, int count)
    {
        if (Array.IndexOf(block, (byte)0, offset, count) >= 0)
            return null;
        try
        {
            // A block may end within a character.
            var end = offset + count;
            for (var i = 0; i < 3 && end > offset && (block[end - 1] & 0xC0) == 0x80; i++)
                end--;
            if (end > offset && block[end - 1] >= 0xC0)
                end--;
            return s_utf8.GetString(block, offset, end - offset);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static void AddHeaders(List<string> lines, params HttpHeaders?[] headers)
    {
        foreach (var header in headers.Where(h => h is not null).SelectMany(h => h!))
            lines.Add($"{header.Key}: {(SecretFields.IsSecret(header.Key) ? Hidden : string.Join(header.Key == "User-Agent" ? " " : ", ", header.Value))}");
    }

    private static void AddBody(List<string> lines, string body)
    {
        if (body.Length == 0)
            return;
        if (body.IndexOf('\0') >= 0 || body.IndexOf('\ufffd') >= 0)
        {
            lines.Add($"({Bytes(Encoding.UTF8.GetByteCount(body))})");
            return;
        }

        // Secrets are hidden before the text is cut, because the cut could leave a part of one. A long text is shortened first, to be quick.
        var text = SecretFields.Hide(body.Length > 4 * MostOfBody ? body.Substring(0, 4 * MostOfBody) : body);
        lines.Add(text.Length > MostOfBody ? text.Substring(0, MostOfBody) : text);
        if (text.Length > MostOfBody || body.Length > 4 * MostOfBody)
            lines.Add($"(The first {MostOfBody / 1024} of {Encoding.UTF8.GetByteCount(body) / 1024} KB.)");
    }

    private static string Bytes(long count) => $"{count.ToString(CultureInfo.InvariantCulture)} bytes";

    private void Write(List<string> lines) =>
        trace(string.Join("\n", lines.SelectMany(l => call.Mask.Apply(l).Split('\n')).Select(l => DisplayText.Clean(l.TrimEnd('\r')))));
}
