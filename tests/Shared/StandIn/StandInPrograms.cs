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

/// <summary>A program that the stand-in can run.</summary>
/// <param name="RunAsync">The function of the program.</param>
internal sealed record StandInProgram(Func<StandInInstance, Task> RunAsync)
{
    /// <summary>Whether the program returns its output at once, like a generator. Otherwise it is a function that runs to its end.</summary>
    public bool Streams { get; init; }

    /// <summary>The output of the hub for the return value.</summary>
    public string? Returns { get; init; }

    /// <summary>The topic that the program declares for its input.</summary>
    public string? Requires { get; init; }

    /// <summary>The topic that the program declares for its output.</summary>
    public string? Provides { get; init; }

    /// <summary>The content type of the declared topic.</summary>
    public string? ContentType { get; init; }
}

/// <summary>The error of a program.</summary>
internal sealed class StandInFailure(string message) : Exception(message)
{
    /// <summary>Whether the program's code could be loaded.</summary>
    public bool Loaded { get; init; } = true;

    /// <summary>Whether the program's function has thrown the error, which the runner logs with its stack.</summary>
    public bool IsThrown { get; init; }

    /// <summary>Whether the program failed while it wrote output.</summary>
    public bool Streaming { get; init; }

    /// <summary>The exit code that the hub tells.</summary>
    public int ExitCode { get; init; } = 23;

    /// <summary>The reason that the hub tells.</summary>
    public string Reason { get; init; } = "Sequence failed during execution";
}

/// <summary>
/// The programs that the stand-in can run: those of docs/samples, and those of <see cref="TestPrograms"/>. An unknown program waits until it is ended.
/// </summary>
internal static class StandInPrograms
{
    private const string Objects = "application/x-ndjson";

    private static readonly Dictionary<string, StandInProgram> s_programs = new(StringComparer.Ordinal)
    {
        ["echo"] = new(EchoAsync) { Streams = true },
        ["logs"] = new(LogsAsync),
        ["hello"] = new(HelloAsync) { Streams = true },
        ["grep"] = new(GrepAsync) { Streams = true },
        ["double"] = new(DoubleAsync) { Streams = true },
        ["count"] = new(CountAsync) { Streams = true },
        ["fail"] = new(FailAsync) { Streams = true },
        ["ping"] = new(PingAsync) { Returns = "undefined" },
        ["events"] = new(PingAsync) { Returns = "undefined" },
        ["stdio"] = new(StdioAsync) { Returns = "undefined" },
        ["sink"] = new(SinkAsync) { Returns = "" },
        ["topic-reader"] = new(TopicReaderAsync) { Streams = true, Requires = "cities", ContentType = Objects },
        ["topic-writer"] = new(TopicWriterAsync) { Streams = true, Provides = "cities", ContentType = Objects },
        ["wait"] = new(WaitAsync) { Returns = "undefined" },
        ["end"] = new(_ => Task.CompletedTask) { Returns = "" },
        ["throws"] = new(_ => throw new StandInFailure("It fails at once") { IsThrown = true }),
        ["broken"] = new(_ => throw new StandInFailure("Sequence syntax error.") { Loaded = false, ExitCode = 22, Reason = "Sequence failed on start" }),
        ["begin"] = new(BeginAsync) { Streams = true },
        ["ticks"] = new(TicksAsync) { Streams = true },
        ["hex"] = new(HexAsync) { Streams = true },
        ["returns"] = new(_ => Task.CompletedTask) { Returns = "undefined" },
        ["told"] = new(ToldAsync) { Streams = true },
        ["twice"] = new(TwiceAsync) { Streams = true },
        ["late"] = new(LateAsync) { Streams = true },
    };

    /// <summary>Returns the program of a package.</summary>
    /// <param name="name">The name of the package.</param>
    /// <param name="main">The main file, whose name is used if the package's name isn't that of a program.</param>
    public static StandInProgram Find(string? name, string? main) =>
        new[] { name, Path.GetFileNameWithoutExtension(main) }.Select(n => n is null ? null : s_programs.GetValueOrDefault(n))
            .FirstOrDefault(p => p is not null) ?? s_programs["wait"];

    private static JToken[] Arguments(StandInInstance instance) => [.. instance.Start["args"] as JArray ?? []];

    private static Task WaitAsync(StandInInstance instance) => Task.Delay(Timeout.Infinite, instance.Ending);

    private static async Task EchoAsync(StandInInstance instance)
    {
        switch (await instance.Input.Type)
        {
            case "application/octet-stream":
                await foreach (var piece in instance.Input.ReadAsync())
                    await instance.Output.WriteAsync(piece, instance.Ending);
                break;
            case "text/plain":
                await foreach (var text in instance.Input.ReadTextAsync())
                    await instance.Output.WriteAsync(Encoding.UTF8.GetBytes(text), instance.Ending);
                break;
            default:
                await foreach (var item in ItemsAsync(instance))
                    await YieldAsync(instance, item);
                break;
        }
    }

    private static async Task HexAsync(StandInInstance instance)
    {
        await instance.Input.Type;
        await foreach (var piece in instance.Input.ReadAsync())
            await instance.Output.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(piece)), instance.Ending);
    }

    private static async Task HelloAsync(StandInInstance instance)
    {
        var word = (string?)Arguments(instance).FirstOrDefault() ?? (string?)instance.Start["appConfig"]?["greeting"] ?? "Hello";
        await instance.Input.Type;
        await foreach (var line in LinesAsync(instance))
            await YieldAsync(instance, $"{word}, {line}!");
    }

    private static async Task GrepAsync(StandInInstance instance)
    {
        var text = (string?)Arguments(instance).FirstOrDefault() ?? "";
        await instance.Input.Type;
        await foreach (var line in LinesAsync(instance))
        {
            if (line.Contains(text, StringComparison.Ordinal))
                await YieldAsync(instance, line);
        }
    }

    private static async Task DoubleAsync(StandInInstance instance)
    {
        await instance.Input.Type;
        await foreach (var item in ItemsAsync(instance))
        {
            var n = (double)item["n"]! * 2;
            item["n"] = n == Math.Floor(n) ? new JValue((long)n) : new JValue(n);
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
                throw new StandInFailure("Failed at the third item") { Streaming = true };
            }

            await YieldAsync(instance, item);
        }
    }

    private static async Task LogsAsync(StandInInstance instance)
    {
        var count = (int?)Arguments(instance).FirstOrDefault() ?? 0;
        for (var n = 0; n < count; n++)
            instance.Log("INFO", $"line {n}");
        instance.Received += (name, message) =>
        {
            if (name == "log")
                instance.Log("WARN", (string?)message ?? "");
        };
        instance.Log("INFO", "ready");
        instance.Events.Emit("ready", count);
        await instance.StopAsked.WaitAsync(instance.Ending);
    }

    private static async Task PingAsync(StandInInstance instance)
    {
        instance.Received += (name, message) =>
        {
            if (name == "there?")
                instance.Events.Emit("here", message);
            if (name != "ping")
                return;
            instance.Log("WARN", "Ping", message ?? JValue.CreateNull());
            instance.Events.Emit("pong", message);
        };
        await instance.StopAsked.WaitAsync(instance.Ending);
    }

    private static async Task StdioAsync(StandInInstance instance)
    {
        async Task CopyAsync()
        {
            await foreach (var piece in instance.Stdin.ReadAsync())
            {
                instance.Stdout.Write(piece);
                instance.Stderr.Write($"{Encoding.UTF8.GetCharCount(piece)} characters\n");
            }
        }

        _ = CopyAsync();
        await instance.StopAsked.WaitAsync(instance.Ending);
    }

    private static async Task SinkAsync(StandInInstance instance)
    {
        var objects = (await instance.Input.Type).EndsWith("x-ndjson", StringComparison.Ordinal);
        var count = 0;
        if (objects)
        {
            await foreach (var _ in ItemsAsync(instance))
                count++;
        }
        else
        {
            await foreach (var _ in instance.Input.ReadAsync())
                count++;
        }

        instance.Log("INFO", "Items received", count);
    }

    private static async Task TopicReaderAsync(StandInInstance instance)
    {
        await instance.Input.Type;
        await foreach (var item in ItemsAsync(instance))
            await YieldAsync(instance, $"Hello, {item["city"]}!");
    }

    private static async Task TopicWriterAsync(StandInInstance instance)
    {
        foreach (var city in new[] { "Gdańsk", "Sopot", "Gdynia" })
            await YieldAsync(instance, new JObject { ["city"] = city });
        await WaitAsync(instance);
    }

    private static async Task BeginAsync(StandInInstance instance)
    {
        await instance.Output.WriteAsync("0,"u8.ToArray(), instance.Ending);
        await WaitAsync(instance);
    }

    private static async Task TicksAsync(StandInInstance instance)
    {
        for (var n = 0; ; n++)
        {
            await YieldAsync(instance, new JObject { ["n"] = n });
            await Task.Delay(20, instance.Ending);
        }
    }

    private static Task ToldAsync(StandInInstance instance) =>
        YieldAsync(instance, new JObject { ["config"] = instance.Start["appConfig"] ?? new JObject(), ["args"] = new JArray(Arguments(instance)) });

    private static async Task TwiceAsync(StandInInstance instance)
    {
        await instance.Input.Type;
        await foreach (var item in ItemsAsync(instance))
        {
            await YieldAsync(instance, item);
            await YieldAsync(instance, item);
        }
    }

    private static async Task LateAsync(StandInInstance instance)
    {
        await instance.Input.Type;
        var items = new List<JToken>();
        await foreach (var item in ItemsAsync(instance))
            items.Add(item);
        foreach (var item in items)
            await YieldAsync(instance, item);
    }

    private static Task YieldAsync(StandInInstance instance, JToken value) =>
        instance.Output.WriteAsync(Encoding.UTF8.GetBytes(value.ToString(Formatting.None) + "\n"), instance.Ending);

    private static async IAsyncEnumerable<JToken> ItemsAsync(StandInInstance instance)
    {
        var settings = new JsonSerializerSettings { DateParseHandling = DateParseHandling.None };
        await foreach (var line in LinesAsync(instance))
        {
            if (line.Trim().Length == 0)
                continue;

            var item = JsonConvert.DeserializeObject<JToken>(line, settings)!;
            yield return item.Type != JTokenType.Null
                ? item
                : throw new StandInFailure("Error during input data stream") { ExitCode = 101, Reason = "Runner failed" };
        }
    }

    private static async IAsyncEnumerable<string> LinesAsync(StandInInstance instance)
    {
        var rest = "";
        await foreach (var text in instance.Input.ReadTextAsync())
        {
            var lines = (rest + text).Split('\n');
            rest = lines[^1];
            foreach (var line in lines[..^1])
                yield return line;
        }

        if (rest.Length > 0)
            yield return rest;
    }
}
