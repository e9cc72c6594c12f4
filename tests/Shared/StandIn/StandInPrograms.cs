using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>
/// The programs that the stand-in can run: those of docs/samples that its tests need, and those of <c>TestPrograms</c>. What it
/// doesn't know waits until it is ended.
/// </summary>
internal static class StandInPrograms
{
    private static readonly Dictionary<string, Func<StandInInstance, Task>> s_programs = new(StringComparer.Ordinal)
    {
        ["echo"] = EchoAsync,
        ["hello"] = HelloAsync,
        ["double"] = DoubleAsync,
        ["count"] = CountAsync,
        ["fail"] = FailAsync,
        ["ping"] = PingAsync,
        ["stdio"] = StdioAsync,
        ["sink"] = SinkAsync,
        ["wait"] = WaitAsync,
        ["end"] = _ => Task.CompletedTask,
        ["begin"] = BeginAsync,
        ["ticks"] = TicksAsync,
    };

    public static Task RunAsync(StandInInstance instance)
    {
        var config = instance.Info["sequence"]!["config"]!;
        return Find((string?)config["name"], Path.GetFileNameWithoutExtension((string?)config["entrypointPath"]))(instance);
    }

    private static Func<StandInInstance, Task> Find(params string?[] names) =>
        names.Select(n => n is null ? null : s_programs.GetValueOrDefault(n)).FirstOrDefault(p => p is not null) ?? WaitAsync;

    private static JToken[] Arguments(StandInInstance instance) => [.. instance.Start["args"] as JArray ?? []];

    private static Task WaitAsync(StandInInstance instance) => Task.Delay(Timeout.Infinite, instance.Ending);

    private static async Task EchoAsync(StandInInstance instance)
    {
        if ((await instance.Input.Type).EndsWith("x-ndjson", StringComparison.Ordinal))
        {
            await foreach (var item in ItemsAsync(instance))
                await instance.Output.WriteAsync(Encoding.UTF8.GetBytes(Write(item) + "\n"));
            return;
        }

        await foreach (var piece in instance.Input.ReadAsync())
            await instance.Output.WriteAsync(piece);
    }

    private static async Task HelloAsync(StandInInstance instance)
    {
        var word = (string?)Arguments(instance).FirstOrDefault() ?? (string?)instance.Start["appConfig"]?["greeting"] ?? "Hello";
        await instance.Input.Type;
        await foreach (var line in LinesAsync(instance))
            await YieldAsync(instance, $"{word}, {line}!");
    }

    private static async Task DoubleAsync(StandInInstance instance)
    {
        await instance.Input.Type;
        await foreach (var item in ItemsAsync(instance))
        {
            item["n"] = (double)item["n"]! * 2 is var n && n == Math.Floor(n) ? (long)n : n;
            await YieldAsync(instance, item);
        }
    }

    private static async Task CountAsync(StandInInstance instance)
    {
        var to = (int?)Arguments(instance).FirstOrDefault() ?? 10;
        for (var n = 1; n <= to; n++)
            await YieldAsync(instance, new JObject { ["n"] = n });
    }

    private static async Task FailAsync(StandInInstance instance)
    {
        await instance.Input.Type;
        var count = 0;
        await foreach (var item in ItemsAsync(instance))
        {
            if (++count == 3)
            {
                instance.Stderr.Write("The third item is one too many.\n");
                throw new Failure("Failed at the third item");
            }

            await YieldAsync(instance, item);
        }
    }

    private static async Task PingAsync(StandInInstance instance)
    {
        instance.Received += (name, message) =>
        {
            if (name != "ping")
                return;
            instance.Log("WARN", "Ping", message ?? JValue.CreateNull());
            instance.Events.Emit("pong", message ?? JValue.CreateNull());
        };
        await instance.StopAsked.WaitAsync(instance.Ending);
    }

    private static async Task StdioAsync(StandInInstance instance)
    {
        await foreach (var piece in instance.Stdin.ReadAsync())
        {
            await instance.Stdout.WriteAsync(piece);
            instance.Stderr.Write($"{Encoding.UTF8.GetCharCount(piece)} characters\n");
        }

        await instance.StopAsked.WaitAsync(instance.Ending);
    }

    private static async Task SinkAsync(StandInInstance instance)
    {
        await instance.Input.Type;
        var count = 0;
        await foreach (var _ in ItemsAsync(instance))
            count++;
        instance.Log("INFO", "Items received", count);
    }

    private static async Task BeginAsync(StandInInstance instance)
    {
        await instance.Output.WriteAsync("0,"u8.ToArray());
        await Task.Delay(Timeout.Infinite, instance.Ending);
    }

    private static async Task TicksAsync(StandInInstance instance)
    {
        for (var n = 0; ; n++)
        {
            await YieldAsync(instance, new JObject { ["n"] = n });
            await Task.Delay(20, instance.Ending);
        }
    }

    private static Task YieldAsync(StandInInstance instance, JToken value) => instance.Output.WriteAsync(Encoding.UTF8.GetBytes(Write(value) + "\n"));

    private static string Write(JToken value) => value.ToString(Formatting.None);

    private static async IAsyncEnumerable<JToken> ItemsAsync(StandInInstance instance)
    {
        await foreach (var line in LinesAsync(instance))
        {
            if (line.Trim().Length > 0)
                yield return JsonConvert.DeserializeObject<JToken>(line, new JsonSerializerSettings { DateParseHandling = DateParseHandling.None })!;
        }
    }

    private static async IAsyncEnumerable<string> LinesAsync(StandInInstance instance)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var rest = "";
        await foreach (var piece in instance.Input.ReadAsync())
        {
            var characters = new char[Encoding.UTF8.GetMaxCharCount(piece.Length)];
            var lines = (rest + new string(characters, 0, decoder.GetChars(piece, characters, flush: false))).Split('\n');
            rest = lines[^1];
            foreach (var line in lines[..^1])
                yield return line;
        }

        if (rest.Length > 0)
            yield return rest;
    }

    /// <summary>What a program fails with.</summary>
    public sealed class Failure(string message) : Exception(message);
}
