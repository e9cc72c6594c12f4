using System;
using System.Collections.Generic;
using System.IO;

namespace Scramjet.Testing;

/// <summary>
/// The programs of test sequences, which real hubs run and the stand-in has its own form of: the samples of docs/samples, and
/// these.
/// </summary>
public static class TestPrograms
{
    /// <summary>The code of those that are no samples, by name.</summary>
    private static readonly Dictionary<string, string> s_code = new(StringComparer.Ordinal)
    {
        // Waits until it is ended.
        ["wait"] = "module.exports = async function() { await new Promise(resolve => setTimeout(resolve, 600000)); };",

        // Ends at once, well.
        ["end"] = "module.exports = async function() { return ''; };",

        // Puts out the beginning of a line, and waits.
        ["begin"] = """
            const { PassThrough } = require("stream");
            module.exports = function() { const output = new PassThrough(); output.write("0,"); return output; };
            """,

        // Puts out an object every 20 ms until it is ended.
        ["ticks"] = """
            module.exports = async function*() {
                for (let n = 0; ; n++) { yield { n }; await new Promise(resolve => setTimeout(resolve, 20)); }
            };
            """,
    };

    /// <summary>The program's JavaScript.</summary>
    /// <param name="name">The name of a sample or of one of these.</param>
    /// <param name="repositoryRoot">Where docs/samples is.</param>
    public static string Code(string name, string repositoryRoot) =>
        s_code.TryGetValue(name, out var code) ? code : File.ReadAllText(Path.Combine(repositoryRoot, "docs", "samples", name, "index.js"));
}
