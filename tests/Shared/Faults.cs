using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading.Tasks;

namespace Scramjet.Testing;

/// <summary>The regular response to a request that is affected by a fault.</summary>
/// <param name="Items">The items of a stream before the fault; null for a response that ends.</param>
/// <param name="AskAsync">Executes the request and returns the status and the body of the response.</param>
public sealed record FaultSubject(string? Items, Func<Task<(int Status, byte[] Body)>> AskAsync)
{
    /// <summary>The data before the fault: whole items of a stream, or the first half of a response.</summary>
    public async Task<byte[]> BeginningAsync()
    {
        if (Items is not null)
            return Encoding.UTF8.GetBytes(Items);
        var (_, whole) = await AskAsync();
        return whole.Length < 2 ? "{"u8.ToArray() : whole[..(whole.Length / 2)];
    }

    /// <summary>The whole response.</summary>
    public async Task<(int Status, byte[] Body)> WholeAsync() => Items is null ? await AskAsync() : (200, Encoding.UTF8.GetBytes(Items));
}

/// <summary>A fault of a server.</summary>
/// <param name="Name">A description of the fault.</param>
/// <param name="StrikeAsync">Responds to a request with the fault.</param>
public sealed record Fault(string Name, Func<FaultServer.Exchange, FaultSubject, Task> StrikeAsync)
{
    /// <summary>The token that faults repeat and that must not be shown. It has characters that are escaped in JSON, HTML and addresses.</summary>
    public const string Token = "the-secret/token+of=the-fault/table";

    /// <summary>A text with control characters for terminals.</summary>
    public const string Control = "ab\u001b[2Jcd\u0007ef\u202egh";

    private static readonly byte[] s_page = Encoding.UTF8.GetBytes(
        "<html><head><title>Welcome to the network</title></head><body>Please log in.</body></html>");

    /// <summary>Whether only a time limit of the client ends it.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Whether the hub doesn't respond to other requests either.</summary>
    public bool FreezesHub { get; init; }

    /// <summary>Whether only the first request is affected.</summary>
    public bool IsOnce { get; init; }

    /// <summary>Whether the items of a stream are sent before the fault.</summary>
    public bool GivesItems { get; init; }

    /// <summary>Whether the body of the request isn't read before the fault.</summary>
    public bool LeavesBody { get; init; }

    /// <summary>Whether it is no fault for commands that don't use the response, or that accept any data.</summary>
    public bool IsHarmlessToSome { get; init; }

    /// <summary>The codes of the possible errors.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];

    public override string ToString() => Name;

    /// <summary>All faults.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. Of(Silence, "TIMEOUT", "STREAM_BROKEN"),
        .. Of(Breaks, "INVALID_RESPONSE", "STREAM_BROKEN"),
        .. Of(NotHttp, "INVALID_RESPONSE", "STREAM_BROKEN"),
        .. Of(Statuses, "SERVER_ERROR"),
        .. Of(Redirects, "REDIRECT_REFUSED"),
        .. Of(Bodies, "INVALID_RESPONSE", "STREAM_BROKEN"),
        .. Of(Secrets, "SERVER_ERROR", "INVALID_RESPONSE", "STREAM_BROKEN", "REDIRECT_REFUSED"),
    ];

    private static IEnumerable<Fault> Of(Fault[] faults, params string[] codes) => faults.Select(f => f.Codes.Count > 0 ? f : f with { Codes = codes });

    private static Fault[] Silence =>
    [
        new("never answers; the hub does otherwise", (e, _) => e.SilenceAsync()) { IsEndless = true, IsHarmlessToSome = true },
        new("freezes before the answer", (e, _) => e.SilenceAsync()) { IsEndless = true, FreezesHub = true },
        new("freezes before it has read the request", (e, _) => e.SilenceAsync()) { IsEndless = true, FreezesHub = true, LeavesBody = true },
        new("freezes within the status line", (e, _) => ThenSilence(e, "HTTP/1.1 20")) { IsEndless = true, FreezesHub = true },
        new(
            "freezes within the headers",
            (e, _) => ThenSilence(e, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")) { IsEndless = true, FreezesHub = true },
        new(
            "freezes behind the headers, with a length",
            (e, _) => ThenSilence(e, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")) { IsEndless = true, FreezesHub = true },
        new(
            "freezes behind the headers, in chunks",
            (e, _) => ThenSilence(e, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")) { IsEndless = true, FreezesHub = true },
        new("freezes in mid-stream", async (e, s) =>
        {
            await e.BeginChunkedAsync();
            await e.SendChunkAsync(await s.BeginningAsync());
            await e.SilenceAsync();
        }) { IsEndless = true, FreezesHub = true, GivesItems = true },
        new(
            "gives the status line a byte at a time, without end",
            (e, _) => DripAsync(e, "HTTP/1.1 200 OK\r\nX-Slow: "u8.ToArray(), (byte)'x')) { IsEndless = true, IsHarmlessToSome = true },
        new("gives the body a byte at a time, without end", async (e, s) =>
        {
            await e.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            await DripAsync(e, await s.BeginningAsync(), (byte)' ');
        }) { IsEndless = true, GivesItems = true, IsHarmlessToSome = true },
        new("continues (100) again and again", async (e, _) =>
        {
            while (true)
            {
                await e.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
                await Task.Delay(50, e.Stopped);
            }
        }) { IsEndless = true, IsHarmlessToSome = true },
        new("never ends the body", async (e, s) =>
        {
            await e.BeginChunkedAsync();
            await e.SendChunkAsync(await s.BeginningAsync());
            var block = new string(' ', 64 * 1024);
            while (true)
            {
                await e.SendChunkAsync(block);
                await Task.Delay(50, e.Stopped);
            }
        }) { IsEndless = true, GivesItems = true, IsHarmlessToSome = true },
    ];

    private static Fault[] Breaks =>
    [
        new("closes before the answer", (e, _) => Then(e.Close)),
        new("resets before the answer", (e, _) => Then(e.Reset)),
        new("resets before it has read the request", (e, _) => Then(e.Reset)) { LeavesBody = true },
        new("closes within the headers", (e, _) => ThenClose(e, "HTTP/1.1 200 OK\r\nContent-Ty")),
        new("closes behind the headers, with a length", (e, _) => ThenClose(e, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")),
        new("closes within the body, with a length", async (e, s) =>
        {
            await BeginAsync(e, s, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            e.Close();
        }) { GivesItems = true },
        new("resets within the body, with a length", async (e, s) =>
        {
            await BeginAsync(e, s, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            await ResetLaterAsync(e);
        }) { GivesItems = true },
        new("closes within the body, with neither length nor chunks", async (e, s) =>
        {
            await BeginAsync(e, s, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            e.Close();
        }) { GivesItems = true, IsHarmlessToSome = true },
        new("closes within a chunk", async (e, s) =>
        {
            await e.BeginChunkedAsync();
            await e.SendChunkAsync(await s.BeginningAsync());
            await ThenClose(e, "100\r\nhalf");
        }) { GivesItems = true },
        new("closes between chunks", async (e, s) =>
        {
            await e.BeginChunkedAsync();
            await e.SendChunkAsync(await s.BeginningAsync());
            e.Close();
        }) { GivesItems = true },
        new("resets between chunks", async (e, s) =>
        {
            await e.BeginChunkedAsync();
            await e.SendChunkAsync(await s.BeginningAsync());
            await ResetLaterAsync(e);
        }) { GivesItems = true },
    ];

    private static Fault[] NotHttp =>
    [
        new("gives a chunk a size that is no number", async (e, s) =>
        {
            await e.BeginChunkedAsync();
            await e.SendChunkAsync(await s.BeginningAsync());
            await ThenClose(e, "zz\r\nrest\r\n0\r\n\r\n");
        }),
        new("gives a chunk a size beyond all bounds", async (e, s) =>
        {
            await e.BeginChunkedAsync();
            await e.SendChunkAsync(await s.BeginningAsync());
            await ThenClose(e, "FFFFFFFFFFFFFFFF\r\n{}\n");
        }) { GivesItems = true },
        new("puts no line end behind a chunk", async (e, s) =>
        {
            await e.BeginChunkedAsync();
            await e.SendChunkAsync(await s.BeginningAsync());
            await ThenClose(e, "2\r\n{}{}{}0\r\n\r\n");
        }),
        new("speaks SSH", (e, _) => ThenClose(e, "SSH-2.0-OpenSSH_9.6\r\n")),
        new("speaks TLS", async (e, _) =>
        {
            await e.SendAsync(new byte[] { 0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46 });
            e.Close();
        }),
        new("answers without a status line", (e, _) => ThenClose(e, "{}\n")),
        new("gives a status that is no number", (e, _) => ThenClose(e, "HTTP/1.1 abc OK\r\n\r\n")),
        new("gives a status beyond all", (e, _) => AnswerAsync(e, 999, "{}")) { Codes = ["SERVER_ERROR"] },
        new("gives a header without a colon", (e, _) => ThenClose(e, "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n")),
        new("gives a negative length", (e, _) => ThenClose(e, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}")) { IsHarmlessToSome = true },
        new("gives two lengths", (e, _) => ThenClose(e, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")) { IsHarmlessToSome = true },
        new("gives 200 KB of headers", async (e, _) =>
        {
            var headers = string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: {new string('x', 1000)}\r\n"));
            await e.SendAsync($"HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\n{{}}");
            e.Close();
        }),
        new("switches protocols (101)", (e, _) => ThenClose(e, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")),
    ];

    private static Fault[] Statuses =>
    [
        Status(400, """{"error":"Bad parameters"}"""),
        Status(401, """{"message":"Unauthorized"}"""),
        Status(403, """{"message":"Forbidden"}"""),
        Status(404, """{"error":"Not Found"}"""),
        Status(405, ""),
        Status(409, """{"error":"Conflict"}"""),
        Status(410, ""),
        Status(419, """{"error":"Insufficient resources"}"""),
        Status(422, """{"error":{"code":"PRERUNNER_ERROR","data":"x"}}"""),
        Status(429, "", ("Retry-After", "0")),
        Status(500, """{"error":"on fire"}"""),
        Status(500, "", name: "500 without a body"),
        Status(501, ""),
        new("502 with an HTML page", (e, _) => e.AnswerAsync(502, Encoding.UTF8.GetString(s_page), "text/html")),
        Status(503, "", ("Retry-After", "86400"), name: "503, Retry-After: 86400"),
        Status(503, "", ("Retry-After", "1"), name: "503, Retry-After: 1, each time"),
        Status(503, "", ("Retry-After", "1"), name: "503, Retry-After: 1, once") with { IsOnce = true, IsHarmlessToSome = true },
        Status(503, "", ("Retry-After", "soon"), name: "503, Retry-After: soon"),
        Status(504, ""),
        new("500 whose body falls silent", (e, _) => ThenSilence(e, "HTTP/1.1 500 Oops\r\nContent-Length: 100000\r\n\r\nthe first words")),
        new("500 whose body never ends", async (e, _) =>
        {
            await e.BeginChunkedAsync(500, "text/plain");
            while (true)
                await e.SendChunkAsync(new string('x', 16 * 1024));
        }),
        new("500 before it has read the request, and closes", async (e, _) =>
        {
            await e.AnswerAsync(500, """{"error":"on fire"}""", headers: ("Connection", "close"));
            await ResetLaterAsync(e);
        }) { LeavesBody = true },
        new("resets the first time only", (e, _) => Then(e.Reset)) { IsOnce = true, Codes = ["INVALID_RESPONSE"] },
    ];

    private static Fault[] Redirects =>
    [
        new("redirects to another origin", (e, _) => RedirectAsync(e, 302, "http://127.0.0.1:1/api/v1/elsewhere")),
        new("redirects to itself without end", (e, _) => RedirectAsync(e, 307, e.Target)),
        new("redirects to nowhere", (e, _) => e.AnswerAsync(302, "", null)),
        new("redirects to what isn't http", (e, _) => RedirectAsync(e, 301, "file:///etc/passwd")),
        new("redirects to what isn't an address", (e, _) => RedirectAsync(e, 308, "http://[")),
    ];

    private static Fault[] Bodies =>
    [
        new("answers with an HTML page", (e, _) => AnswerAsync(e, 200, s_page, "text/html; charset=utf-8")),
        new("answers with nothing", (e, _) => e.AnswerAsync(200, "", null)) { IsHarmlessToSome = true },
        new("answers 204", (e, _) => e.SendAsync("HTTP/1.1 204 No Content\r\n\r\n")) { IsHarmlessToSome = true },
        new(
            "answers with bytes",
            (e, _) => AnswerAsync(e, 200, [.. Enumerable.Range(0, 512).Select(i => (byte)i)], "application/octet-stream")) { IsHarmlessToSome = true },
        new("compresses the answer (gzip)", async (e, s) =>
        {
            var (status, body) = await s.WholeAsync();
            await AnswerAsync(e, status, Compress(body), "application/json", ("Content-Encoding", "gzip"));
        }) { GivesItems = true, IsHarmlessToSome = true },
        new("cuts a compressed answer", async (e, s) =>
        {
            var (status, body) = await s.WholeAsync();
            await AnswerAsync(e, status, Compress(body)[..^12], "application/json", ("Content-Encoding", "gzip"));
        }),
        new("says gzip and isn't", (e, _) => AnswerAsync(e, 200, "[]"u8.ToArray(), "application/json", ("Content-Encoding", "gzip"))),
        new("encodes in an unknown way", (e, _) => AnswerAsync(e, 200, "[]"u8.ToArray(), "application/json", ("Content-Encoding", "zstd"))),
        new("answers with another JSON object", (e, _) => AnswerAsync(e, 200, """{"unexpected":{"id":5}}""")) { IsHarmlessToSome = true },
        new("answers with an array of other things", (e, _) => AnswerAsync(e, 200, """[1,null,"x",[],{"id":null}]""")) { IsHarmlessToSome = true },
        new("answers with null", (e, _) => AnswerAsync(e, 200, "null")) { IsHarmlessToSome = true },
        new("answers with a text", (e, _) => AnswerAsync(e, 200, "\"ok\"")) { IsHarmlessToSome = true },
        new(
            "answers with half of the JSON",
            async (e, s) => await AnswerAsync(e, 200, await s.BeginningAsync(), "application/json")) { GivesItems = true, IsHarmlessToSome = true },
        new("answers with JSON of 100,000 levels", (e, _) => AnswerAsync(e, 200, new string('[', 100_000))) { IsHarmlessToSome = true },
        new(
            "announces 10 GB",
            (e, _) => ThenSilence(e, "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")) { IsEndless = true, IsHarmlessToSome = true },
        new(
            "answers with JSON in UTF-16",
            (e, _) => AnswerAsync(e, 200, Encoding.Unicode.GetBytes("[{\"id\":\"x\"}]"), "application/json; charset=utf-16")) { IsHarmlessToSome = true },
    ];

    private static Fault[] Secrets =>
    [
        Echo("as it is", t => t),
        Echo("in JSON escapes", t => string.Concat(t.Select(c => $"\\u{(int)c:x4}"))),
        Echo("in HTML entities", t => string.Concat(t.Select(c => $"&#{(int)c};"))),
        Echo("in percent signs", t => string.Concat(t.Select(c => $"%{(int)c:X2}"))),
        new("repeats the token in the reason phrase", (e, _) => e.AnswerAsync(500, "", null, $"No {Token}")),
        new("repeats the token in a broken header", (e, _) => ThenClose(e, $"HTTP/1.1 200 OK\r\n{Token} is no header\r\n\r\n")),
        new("repeats the token in a redirect", (e, _) => RedirectAsync(e, 302, $"http://127.0.0.1:1/?token={Uri.EscapeDataString(Token)}")),
        new("repeats the token in an answer of another form", (e, _) => AnswerAsync(e, 200, $$"""{"token":"{{Token}}"}""")) { IsHarmlessToSome = true },
        new("repeats the token in a wrong chunk", async (e, _) =>
        {
            await e.BeginChunkedAsync();
            await ThenClose(e, $"{Token}\r\n");
        }),
        new("puts control characters into an error", (e, _) => e.AnswerAsync(500, $$"""{"error":"{{Escaped(Control)}}"}""", reason: "ab\u001b[2Jcd")),
        new("puts control characters into what isn't JSON", (e, _) => AnswerAsync(e, 200, $"<{Control}")) { IsHarmlessToSome = true },
    ];

    private static Fault Status(int status, string body, (string Name, string Value)? header = null, string? name = null) =>
        new(
            name ?? $"{status}{(header is { } h ? $", {h.Name}: {h.Value}" : "")}",
            (e, _) => header is { } one ? e.AnswerAsync(status, body, headers: one) : e.AnswerAsync(status, body))
        {
            Codes =
            [
                status switch
                {
                    400 => "BAD_PARAMETERS",
                    401 => "NEED_AUTHENTICATION",
                    403 => "NOT_AUTHORIZED",
                    404 => "NOT_FOUND",
                    410 => "GONE",
                    419 => "INSUFFICIENT_RESOURCES",
                    422 => "UNPROCESSABLE_ENTITY",
                    >= 500 => "SERVER_ERROR",
                    _ => "REQUEST_ERROR",
                },
            ],
        };

    private static Fault Echo(string how, Func<string, string> form) =>
        new($"repeats the token in an error, {how}", (e, _) => e.AnswerAsync(500, $$"""{"error":"{{form(Token)}}"}"""));

    private static string Escaped(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"\\u{(int)c:x4}"));

    private static Task Then(Action end)
    {
        end();
        return Task.CompletedTask;
    }

    private static async Task ThenClose(FaultServer.Exchange exchange, string text)
    {
        await exchange.SendAsync(text);
        exchange.Close();
    }

    private static async Task ThenSilence(FaultServer.Exchange exchange, string text)
    {
        await exchange.SendAsync(text);
        await exchange.SilenceAsync();
    }

    private static async Task BeginAsync(FaultServer.Exchange exchange, FaultSubject subject, string head)
    {
        await exchange.SendAsync(head);
        await exchange.SendAsync(await subject.BeginningAsync());
    }

    /// <summary>A reset discards the data that the other side hasn't read.</summary>
    private static async Task ResetLaterAsync(FaultServer.Exchange exchange)
    {
        await Task.Delay(200, exchange.Stopped);
        exchange.Reset();
    }

    private static async Task DripAsync(FaultServer.Exchange exchange, byte[] beginning, byte then)
    {
        await exchange.SendAsync(beginning);
        while (true)
        {
            await exchange.SendAsync(new[] { then });
            await Task.Delay(50, exchange.Stopped);
        }
    }

    private static Task RedirectAsync(FaultServer.Exchange exchange, int status, string location) =>
        exchange.AnswerAsync(status, "", null, null, ("Location", location));

    private static Task AnswerAsync(FaultServer.Exchange exchange, int status, string body) => exchange.AnswerAsync(status, body);

    private static async Task AnswerAsync(
        FaultServer.Exchange exchange,
        int status,
        byte[] body,
        string contentType,
        (string Name, string Value)? header = null)
    {
        await exchange.SendAsync(
            $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nContent-Type: {contentType}\r\nContent-Length: "
                + $"{body.Length}\r\n{(header is { } h ? $"{h.Name}: {h.Value}\r\n" : "")}\r\n");
        await exchange.SendAsync(body);
    }

    private static byte[] Compress(byte[] body)
    {
        using var target = new MemoryStream();
        using (var stream = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(body);
        return target.ToArray();
    }
}
