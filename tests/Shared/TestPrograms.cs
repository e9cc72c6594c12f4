using System;
using System.Collections.Generic;
using System.IO;

namespace Scramjet.Testing;

/// <summary>
/// The programs of test sequences, which real hubs run, and for which the stand-in has its own implementations: those of docs/samples, and those here.
/// </summary>
public static class TestPrograms
{
    /// <summary>The code of the programs that aren't samples, by name.</summary>
    private static readonly Dictionary<string, string> s_code = new(StringComparer.Ordinal)
    {
        // Waits until it is ended.
        ["wait"] = "module.exports = async function() { await new Promise(resolve => setTimeout(resolve, 600000)); };",

        // Ends successfully at once.
        ["end"] = "module.exports = async function() { return ''; };",

        // Writes the beginning of a line, and waits.
        ["begin"] = """
            const { PassThrough } = require("stream");
            module.exports = function() { const output = new PassThrough(); output.write("0,"); return output; };
            """,

        // Fails at once, before it has written anything.
        ["throws"] = "module.exports = async function() { throw new Error('It fails at once'); };",

        // Can't be loaded.
        ["broken"] = "module.exports = function( {",

        // Returns nothing, which hubs write as the text "undefined".
        ["returns"] = "module.exports = async function() { };",

        // Writes the bytes of its input as hexadecimal digits, because 0.18 changes bytes in the output.
        ["hex"] = """
            const { PassThrough } = require("stream");
            const copy = async (input, output) => {
                for await (const chunk of input) { output.write(Buffer.from(chunk).toString("hex")); }
                output.end();
            };
            module.exports = input => { const output = new PassThrough(); copy(input, output); return output; };
            """,

        // Responds to "ping" with "pong" and logs it, like the sample ping, and to "there?" with "here" when it is ready.
        ["events"] = """
            module.exports = async function() {
                this.on("ping", message => { this.logger.warn("Ping", message); this.emit("pong", message); });
                this.on("there?", message => this.emit("here", message));
                await new Promise(resolve => this.addStopHandler(resolve));
            };
            """,

        // Logs as many lines as its argument says and "ready", sends the event "ready", and logs the message of each event "log".
        ["logs"] = """
            module.exports = async function(input, count = 0) {
                for (let n = 0; n < count; n++) { this.logger.info("line " + n); }
                this.on("log", message => this.logger.warn(message));
                this.logger.info("ready");
                this.emit("ready", count);
                await new Promise(resolve => this.addStopHandler(resolve));
            };
            """,

        // Puts out its configuration and its arguments.
        ["told"] = "module.exports = async function*(input, ...args) { yield { config: this.config, args }; };",

        // Returns each object with the id of its process. It waits for each as many ms as its first argument says, or as its third one says in the first
        // instance that creates the file of the second one. An object kills the process, with "dies" only if that file can be created.
        ["worker"] = """
            const fs = require("fs");
            const isFirst = file => { try { fs.writeFileSync(file, "", { flag: "wx" }); return true; } catch { return false; } };
            module.exports = async function*(input, ms = 0, file = "", slow = 0) {
                const wait = file && isFirst(file) ? slow : ms;
                for await (const item of input) {
                    if (item.kills || (item.dies && isFirst(item.dies))) { process.kill(process.pid, "SIGKILL"); }
                    if (wait) { await new Promise(resolve => setTimeout(resolve, wait)); }
                    yield { n: item.n, pid: process.pid };
                }
            };
            """,

        // Returns each object, and throws at the one with the number of its argument.
        ["throws-at"] = """
            module.exports = async function*(input, n) {
                for await (const item of input) {
                    if (item.n === n) { throw new Error("It fails at " + n); }
                    yield { n: item.n };
                }
            };
            """,

        // Returns each two objects when it has both. An object that can create the file in "dies" kills the process.
        ["pairs"] = """
            const fs = require("fs");
            const isFirst = file => { try { fs.writeFileSync(file, "", { flag: "wx" }); return true; } catch { return false; } };
            module.exports = async function*(input) {
                const items = [];
                for await (const item of input) {
                    if (item.dies && isFirst(item.dies)) { process.kill(process.pid, "SIGKILL"); }
                    if (items.push({ n: item.n }) === 2) { yield* items.splice(0); }
                }
                yield* items;
            };
            """,

        // Returns each object, and writes a line to its standard error and to its log for it.
        ["notes"] = """
            module.exports = async function*(input) {
                for await (const item of input) {
                    console.error("stderr " + item.n);
                    this.logger.info("logged " + item.n);
                    yield item;
                }
            };
            """,

        // Returns each object twice.
        ["twice"] = "module.exports = async function*(input) { for await (const item of input) { yield item; yield item; } };",

        // Returns the objects when the input has ended.
        ["late"] = """
            module.exports = async function*(input) {
                const items = [];
                for await (const item of input) { items.push(item); }
                yield* items;
            };
            """,

        // Writes an object every 20 ms until it is ended.
        ["ticks"] = """
            module.exports = async function*() {
                for (let n = 0; ; n++) { yield { n }; await new Promise(resolve => setTimeout(resolve, 20)); }
            };
            """,
    };

    /// <summary>Returns the JavaScript of a program.</summary>
    /// <param name="name">The name of a sample, or of one of these programs.</param>
    /// <param name="repositoryRoot">The folder that contains docs/samples.</param>
    public static string Code(string name, string repositoryRoot) =>
        s_code.TryGetValue(name, out var code) ? code : File.ReadAllText(Path.Combine(repositoryRoot, "docs", "samples", name, "index.js"));
}
