using System.Collections.Generic;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>A log that every reader receives from its beginning, and that never ends.</summary>
internal sealed class StandInLog
{
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Write(JObject entry)
    {
        lock (_lines)
        {
            _lines.Add(entry.ToString(Formatting.None) + "\n");
            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async Task ServeAsync(FaultServer.Exchange exchange)
    {
        await exchange.BeginChunkedAsync();
        var left = exchange.LeftAsync();
        var read = 0;
        while (!left.IsCompleted)
        {
            string[] lines;
            Task more;
            lock (_lines)
            {
                lines = [.. _lines[read..]];
                more = _more.Task;
            }

            foreach (var line in lines)
                await exchange.SendChunkAsync(line);
            read += lines.Length;
            await Task.WhenAny(more, left);
        }

        exchange.Reset();
    }
}
