using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Scramjet.Testing;

/// <summary>Serves the recorded answers of a real hub, byte for byte; what wasn't recorded is the hub's own 404.</summary>
public static class RecordedHub
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "wire");

    /// <summary>All recordings of a hub.</summary>
    /// <param name="version">The folder's name, such as <c>hub-1.0.1</c>.</param>
    internal static Recording[] Read(string version) =>
        [.. Directory.GetFiles(Path.Combine(Folder, version), "*.http").Order(StringComparer.Ordinal).Select(Recording.Read)];

    /// <summary>A server that answers like a recorded hub.</summary>
    /// <param name="version">The folder's name, such as <c>hub-1.0.1</c>.</param>
    /// <param name="instead">Recordings to use where several are of one route, by file name.</param>
    public static FaultServer Start(string version, params string[] instead)
    {
        var recordings = Read(version);
        return new FaultServer(async exchange =>
        {
            var fitting = recordings.Where(r => r.Method == exchange.Method && r.Target == exchange.Target).ToArray();
            await exchange.ReadBodyAsync();
            if (fitting.Length == 0)
            {
                await exchange.AnswerAsync(404, "", null, "Not Found");
                return;
            }

            var recording = fitting.FirstOrDefault(r => instead.Contains(r.Name)) ?? fitting[0];
            if (recording.Head is null)
                await exchange.SilenceAsync();
            else
                await recording.ReplayAsync(exchange);
        });
    }

    /// <summary>A recorded request and its answer.</summary>
    /// <param name="Name">The recording's name.</param>
    /// <param name="Method">The request's method.</param>
    /// <param name="Target">The request's path and query.</param>
    /// <param name="Request">The request's body.</param>
    /// <param name="Head">The answer's status line and headers; null where there was no answer.</param>
    /// <param name="Body">The answer's body.</param>
    internal sealed record Recording(string Name, string Method, string Target, string Request, string[]? Head, string Body)
    {
        private const string Separator = "--- answer\n";

        public static Recording Read(string path)
        {
            var text = File.ReadAllText(path);
            var request = text.Split('\n')[0].Split(' ');
            var sent = text[..text.IndexOf(Separator, StringComparison.Ordinal)].Split("\n\n", 2)[1].Trim('\n');
            var answer = text[(text.IndexOf(Separator, StringComparison.Ordinal) + Separator.Length)..];
            var name = Path.GetFileNameWithoutExtension(path);
            if (!answer.StartsWith("HTTP/", StringComparison.Ordinal))
                return new Recording(name, request[0], request[1], sent, null, "");

            var end = answer.IndexOf("\n\n", StringComparison.Ordinal);
            var head = answer[..end].Split('\n').Where(h => !h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase) && !h.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase));
            return new Recording(name, request[0], request[1], sent, [.. head], answer[(end + 2)..].TrimEnd('\n'));
        }

        /// <summary>Chunked, as the hub sends all that it has no length for.</summary>
        public async Task ReplayAsync(FaultServer.Exchange exchange)
        {
            await exchange.SendAsync(string.Join("\r\n", Head!) + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            if (Body.Length > 0)
                await exchange.SendChunkAsync(Body);
            await exchange.EndChunkedAsync();
        }
    }
}
