using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Streams;

/// <summary>The streams that the records of a command lead to. Lines are merged, so all streams must be known before the first line is written.</summary>
/// <param name="context">The command.</param>
internal sealed class RecordReads(CommandContext context)
{
    private readonly List<Task> _finding = [];

    /// <summary>Reads the streams of a record once they are found. Call it on the pipeline thread.</summary>
    /// <param name="finding">Finds the streams, each with the object that its errors are about.</param>
    public async Task ReadAsync(Task<IReadOnlyList<(object? Target, Func<Task> ReadAsync)>> finding)
    {
        _finding.Add(finding);
        await Task.WhenAll((await finding.ConfigureAwait(false)).Select(s => context.GuardAsync(s.Target, s.ReadAsync))).ConfigureAwait(false);
    }

    /// <summary>Waits until the streams of all records are found.</summary>
    public Task WhenFoundAsync() => Task.WhenAll(_finding).IgnoreOutcomeAsync();
}
