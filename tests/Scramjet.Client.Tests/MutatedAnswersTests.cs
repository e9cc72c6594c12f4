using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Api;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Testing;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>
/// Responses of real hubs with changed bytes, lines and values. Each results in an object or a typed error, and never in another exception.
/// SCRAMJET_FUZZ_CASES sets the number of cases, SCRAMJET_FUZZ_SEED the seed. The message of a failure contains the seed.
/// </summary>
public sealed class MutatedAnswersTests
{
    private static readonly string[] s_values = [
        "null", "true", "-1", "1e999", "\"\"", "[]", "{}", "[[[]]]", "\"\\u001b[2J\\u202e\"", "99999999999999999999999999", "0.1e-9999",
        "{\"id\":{\"id\":1}}", "\"\\ud800\""];

    private static int Cases => int.TryParse(Environment.GetEnvironmentVariable("SCRAMJET_FUZZ_CASES"), out var cases) ? cases : 2000;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("SCRAMJET_FUZZ_SEED"), out var seed) ? seed : Environment.TickCount & 0xFFFFFF;

    private static readonly (string Name, string Recording, Func<HubClient, CancellationToken, Task> Call)[] s_calls =
    [
        ("version", "version", (hub, c) => hub.GetVersionAsync(c)),
        ("hub version", "version", (hub, c) => hub.GetHubVersionAsync(c)),
        ("info", "config", (hub, c) => hub.GetInfoAsync(c)),
        ("status", "status", (hub, c) => hub.GetStatusAsync(c)),
        ("config", "config", (hub, c) => hub.GetConfigAsync(c)),
        ("load", "load-check", (hub, c) => hub.GetLoadAsync(c)),
        ("sequences", "sequences", (hub, c) => hub.ListSequencesAsync(c)),
        ("instances", "instances", (hub, c) => hub.ListInstancesAsync(c)),
        ("entities", "entities", (hub, c) => hub.ListEntitiesAsync(c)),
        ("topics", "topics", (hub, c) => hub.ListTopicsAsync(c)),
        ("topic", "topic-create", (hub, c) => hub.CreateTopicAsync("x", "text/plain", c)),
        ("instance", "instance", (hub, c) => hub.GetInstanceAsync("x", c)),
        ("sequence", "sequence", (hub, c) => hub.GetSequenceAsync("x", c)),
        ("health", "instance-health", (hub, c) => hub.GetInstanceClient("x").GetHealthAsync(c)),
        ("start", "sequence-start", (hub, c) => hub.GetSequenceClient("x").StartAsync(cancellationToken: c)),
        ("kill", "instance-kill", (hub, c) => hub.GetInstanceClient("x").KillAsync(cancellationToken: c)),
        ("event", "instance-event-last", (hub, c) => hub.GetInstanceClient("x").GetEventAsync("e", c)),
        ("instances of a sequence", "sequence-instances", (hub, c) => hub.GetSequenceClient("x").ListInstancesAsync(c)),
        ("space", "status", (hub, c) => hub.GetSpaceClientAsync(c)),
    ];

    [Fact]
    public async Task Mutated_responses_result_in_objects_or_typed_errors()
    {
        var seed = Seed;
        var random = new Random(seed);
        var corpus = Directory.GetFiles(RecordedHub.Folder, "*.http", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => (Name: Path.GetFileNameWithoutExtension(f), Text: File.ReadAllText(f)))
                .Where(r => r.Text.Contains("--- answer\nHTTP/", StringComparison.Ordinal))
            .Select(r => (r.Name, Text: r.Text[(r.Text.IndexOf("--- answer\n", StringComparison.Ordinal) + 11)..]))
            .Select(
                r => (
                    r.Name,
                    Head: r.Text[..r.Text.IndexOf("\n\n", StringComparison.Ordinal)],
                    Body: r.Text[(r.Text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]))
            .Where(r => r.Body.Length < 20_000)
            .ToArray();
        var answer = Array.Empty<byte>();
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.ReadBodyAsync();
            await exchange.SendAsync(answer);
            exchange.Close();
        });
        for (var i = 0; i < Cases; i++)
        {
            var (name, recording, call) = s_calls[random.Next(s_calls.Length)];
            var fitting = random.Next(4) == 0 ? corpus : Array.FindAll(corpus, r => r.Name == recording);
            var (_, head, body) = fitting[random.Next(fitting.Length)];
            var mutated = Encoding.Latin1.GetBytes(Mutate(body, random));
            var lines = head.Split('\n')
                .Where(
                    h => !h.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase)
                        && !h.StartsWith("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)).ToList();
            if (random.Next(4) > 0)
                lines[0] = "HTTP/1.1 200 OK";
            answer =
            [
                .. Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + $"\r\nConnection: close\r\nContent-Length: {mutated.Length}\r\n\r\n"),
                .. mutated,
            ];
            using var transport = new ScramjetTransport(new Uri(server.BaseUri), new TransportOptions { Timeout = TimeSpan.FromSeconds(30), MaxRetries = 0 });
            try
            {
                await call(new HubClient(transport), TestContext.Current.CancellationToken);
            }
            catch (ScramjetException e)
            {
                Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}]", e.Message);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Assert.Fail($"Seed {seed}, case {i}, {name}: {e}\n{Encoding.Latin1.GetString(answer)}");
            }
        }
    }

    [Fact]
    public void Mutated_lines_result_in_entries()
    {
        var seed = Seed;
        var random = new Random(seed);
        var lines = Directory.GetFiles(RecordedHub.Folder, "*log*.http", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(RecordedHub.Folder, "audit.http", SearchOption.AllDirectories))
            .SelectMany(File.ReadAllLines).Where(l => l.StartsWith('{')).Take(200).ToArray();
        Assert.NotEmpty(lines);
        for (var i = 0; i < 10 * Cases; i++)
        {
            var line = Mutate(lines[random.Next(lines.Length)], random);
            try
            {
                Assert.NotNull(LogEntry.Parse(line).ToString());
                AuditEntry.Parse(line)?.ToString();
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Seed {seed}, case {i}: {e}\n{line}");
            }
        }
    }

    private static string Mutate(string text, Random random)
    {
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
        {
            var at = random.Next(text.Length + 1);
            var length = random.Next(0, Math.Min(12, text.Length - at) + 1);
            text = random.Next(7) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text.Insert(at, ((char)random.Next(256)).ToString()),
                3 => text[..at],
                4 => Replace(text, random, "\"[^\"]*\"", s_values[random.Next(s_values.Length)]),
                5 => Replace(text, random, @":\s*[^,{}\[\]]+", ":" + s_values[random.Next(s_values.Length)]),
                _ => text.Insert(at, new string("[{"[random.Next(2)], random.Next(1, 600))),
            };
        }

        return text;
    }

    private static string Replace(string text, Random random, string pattern, string value)
    {
        var matches = System.Text.RegularExpressions.Regex.Matches(text, pattern);
        return matches.Count == 0 ? text : matches[random.Next(matches.Count)] is var m ? text[..m.Index] + value + text[(m.Index + m.Length)..] : text;
    }
}
