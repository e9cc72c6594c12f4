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

        // Fails at once, before it has put anything out.
        ["throws"] = "module.exports = async function() { throw new Error('It fails at once'); };",

        // Can't be loaded.
        ["broken"] = "module.exports = function( {",

        // Returns nothing, which hubs put out as the text "undefined".
        ["returns"] = "module.exports = async function() { };",

        // Puts out the bytes that come in as hexadecimal digits: 0.18 spoils bytes that go out.
        ["hex"] = """
            const { PassThrough } = require("stream");
            const copy = async (input, output) => {
                for await (const chunk of input) { output.write(Buffer.from(chunk).toString("hex")); }
                output.end();
            };
            module.exports = input => { const output = new PassThrough(); copy(input, output); return output; };
            """,

        // Answers "ping" with "pong" and logs it, as the sample ping does, and "there?" with "here" once it does so.
        ["events"] = """
            module.exports = async function() {
                this.on("ping", message => { this.logger.warn("Ping", message); this.emit("pong", message); });
                this.on("there?", message => this.emit("here", message));
                await new Promise(resolve => this.addStopHandler(resolve));
            };
            """,

        // Puts out its configuration and its arguments.
        ["told"] = "module.exports = async function*(input, ...args) { yield { config: this.config, args }; };",

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
