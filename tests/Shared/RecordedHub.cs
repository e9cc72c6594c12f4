using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Scramjet.Testing;

/// <summary>Serves the recorded responses of a real hub, byte by byte. For other requests, it responds with the hub's 404.</summary>
public static class RecordedHub
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "wire");

    /// <summary>The recordings of a hub.</summary>
    /// <param name="version">The name of the folder, such as <c>hub-1.0.1</c>.</param>
    internal static Recording[] Read(string version) =>
        [.. Directory.GetFiles(Path.Combine(Folder, version), "*.http").Order(StringComparer.Ordinal).Select(Recording.Read)];

    /// <summary>Starts a server that responds like a recorded hub.</summary>
    /// <param name="version">The name of the folder, such as <c>hub-1.0.1</c>.</param>
    /// <param name="instead">The file names of the recordings to use if a route has several.</param>
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

    /// <summary>A recorded request and its response.</summary>
    /// <param name="Name">The recording's name.</param>
    /// <param name="Method">The method of the request.</param>
    /// <param name="Target">The path and query of the request.</param>
    /// <param name="Request">The body of the request.</param>
    /// <param name="Head">The status line and headers of the response; null if there was none.</param>
    /// <param name="Body">The body of the response.</param>
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
            var head = answer[..end]
                .Split('\n')
                    .Where(
                        h => !h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)
                            && !h.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase));
            return new Recording(name, request[0], request[1], sent, [.. head], answer[(end + 2)..].TrimEnd('\n'));
        }

        /// <summary>Chunked, as the hub sends all responses of unknown length.</summary>
        public async Task ReplayAsync(FaultServer.Exchange exchange)
        {
            await exchange.SendAsync(string.Join("\r\n", Head!) + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            if (Body.Length > 0)
                await exchange.SendChunkAsync(Body);
            await exchange.EndChunkedAsync();
        }
    }
}
