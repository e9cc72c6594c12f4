using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Each kind of command with each fault of a server: every command ends, keeps the data before the fault, and reports the error.</summary>
public sealed partial class FaultTableTests
{
    /// <summary>If set to 1, the table in docs/reliability.md is updated.</summary>
    private const string UpdateVariable = "SCRAMJET_UPDATE_FAULT_TABLE";

    /// <summary>A regular expression. Only cells whose fault, kind and command match it are tested, and the table isn't compared.</summary>
    private const string OnlyVariable = "SCRAMJET_FAULTS";

    private const string Begin = "<!-- fault table: written by the tests -->";
    private const string End = "<!-- end of the fault table -->";
    private const string NoError = "no error";

    /// <summary>The number of concurrent commands, which mostly wait.</summary>
    private const int Workers = 64;

    /// <summary>The most cells that are repeated because the table has something else.</summary>
    private const int MostDifferent = 100;

    private static string DocumentPath => Path.Combine(Engine.RepositoryRoot, "docs", "reliability.md");

    [Fact]
    public async Task Every_command_ends_with_an_error_for_every_fault()
    {
        var only = Environment.GetEnvironmentVariable(OnlyVariable);
        var cells = new ConcurrentQueue<(Fault Fault, FaultedCommand Command)>(
            from fault in Fault.All.OrderByDescending(f => f.IsEndless)
            from command in FaultedCommand.All
            where !command.OutlastsIt(fault)
            where only is null || Regex.IsMatch($"{fault.Name} | {command.Kind} | {command.Script} | {command.Route}", only)
            select (fault, command));
        var results = new ConcurrentBag<Cell>();
        using var lag = new LagMeter();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var engine = new Engine();
                while (cells.TryDequeue(out var cell))
                    results.Add(Run(engine, cell.Fault, cell.Command, lag));
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        // With many other commands, a second can pass in which a command sees a pause in a stream. On its own, a command must be correct.
        var judged = results.Select(r => r.Problems.Count == 0 ? r : RunAlone(r, lag)).ToArray();
        if (only is null)
            RunDifferentAlone(judged, lag);
        TryAgain([.. judged.Where(r => r.IsTooLong)], lag);
        var table = Table(judged);
        foreach (var line in table.Concat(Overruns(judged)))
            TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.True(
            judged.All(r => r.Problems.Count == 0),
            string.Join(
                "\n\n",
                judged.Where(r => r.Problems.Count > 0).Select(r =>
                    $"{r.Fault.Name}: {r.Command.Script} ({r.Command.Method} {r.Command.Route}), {r.Outcome}, {r.Seconds:0.0} s\n" +
                    string.Join("\n", r.Problems))));
        if (only is null)
            Compare(table);
    }

    private static Cell RunAlone(Cell cell, LagMeter lag)
    {
        using var engine = new Engine();
        for (var tries = 0; tries < 2 && cell.Problems.Count > 0; tries++)
            cell = Run(engine, cell.Fault, cell.Command, lag);
        return cell;
    }

    /// <summary>
    /// Repeats the commands alone that came to something else than the table says: among many others, a check of a server can take so long that it counts as
    /// unanswered. If there are many, the table is out of date.
    /// </summary>
    private static void RunDifferentAlone(Cell[] cells, LagMeter lag)
    {
        var documented = File.ReadAllLines(DocumentPath);
        var different = cells.GroupBy(c => c.Fault).SelectMany(row =>
        {
            var columns = documented.FirstOrDefault(l => l.StartsWith($"| {row.Key.Name} |", StringComparison.Ordinal))?
                .Split('|', StringSplitOptions.TrimEntries);
            var kinds = FaultedCommand.Kinds.Where((kind, i) => columns?.ElementAtOrDefault(i + 2) != Outcomes([.. row], kind)).ToArray();
            return row.Where(c => kinds.Contains(c.Command.Kind));
        }).ToArray();
        if (different.Length > MostDifferent)
            return;
        using var engine = new Engine();
        foreach (var cell in different)
            cells[Array.IndexOf(cells, cell)] = Run(engine, cell.Fault, cell.Command, lag);
    }

    /// <summary>Repeats a command alone that took too long among others.</summary>
    private static void TryAgain(Cell[] cells, LagMeter lag)
    {
        using var engine = new Engine();
        foreach (var cell in cells)
        {
            var seconds = cell.Seconds;
            for (var tries = 0; tries < 2 && cell.IsTooLong; tries++)
                (cell.Seconds, cell.Lag) = Run(engine, cell.Fault, cell.Command, lag) is var again ? (again.Seconds, again.Lag) : default;
            if (cell.IsTooLong)
                cell.Problems.Add($"It lasted {seconds:0.0} s, and {cell.Seconds:0.0} s by itself, where {cell.Command.Bound(cell.Fault)} s are its bound.");
        }
    }

    private static Cell Run(Engine engine, Fault fault, FaultedCommand command, LagMeter lag)
    {
        var cell = new Cell(fault, command);
        try
        {
            using var place = FaultPlace.Open(fault, command, engine);
            var clock = Stopwatch.StartNew();
            var before = lag.Seconds;
            var result = engine.Run(command.Script + " -Verbose");
            cell.Seconds = clock.Elapsed.TotalSeconds;
            cell.Lag = lag.Seconds - before;
            cell.Judge(result, place.Strikes);
        }
        catch (TimeoutException e)
        {
            cell.Problems.Add(e.Message);
        }

        return cell;
    }

    private static IReadOnlyList<string> Table(Cell[] cells)
    {
        var kinds = FaultedCommand.Kinds;
        var lines = new List<string>
        {
            $"{cells.Length} cells: {cells.Select(c => c.Fault).Distinct().Count()} faults, each against {cells.Select(c => c.Command).Distinct().Count()} "
                + $"commands of {kinds.Length} kinds. A number is how many commands of the kind come to that.",
            "",
            $"| The server ... | {string.Join(" | ", kinds.Select(k => $"{k} ({FaultedCommand.All.Count(c => c.Kind == k)})"))} |",
            $"|---|{string.Concat(Enumerable.Repeat("---|", kinds.Length))}",
        };
        foreach (var fault in Fault.All)
        {
            var row = cells.Where(c => c.Fault == fault).ToArray();
            if (row.Length > 0)
                lines.Add(Row(fault, row));
        }

        return lines;
    }

    private static string Row(Fault fault, Cell[] row) => $"| {fault.Name} | {string.Join(" | ", FaultedCommand.Kinds.Select(k => Outcomes(row, k)))} |";

    private static string Outcomes(Cell[] row, string kind) => string.Join("<br>", row
        .Where(c => c.Command.Kind == kind)
        .GroupBy(c => c.Outcome)
        .OrderByDescending(g => g.Count())
        .ThenBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => $"{g.Key} {g.Count()}"));

    /// <summary>Measures by how much commands exceed their time limits on this machine.</summary>
    private static IEnumerable<string> Overruns(Cell[] cells) => cells
        .Where(c => c.Fault.IsEndless)
        .GroupBy(c => c.Command.Kind)
        .Select(g => (Kind: g.Key, Worst: g.MaxBy(c => c.Seconds - c.Command.Bound(c.Fault))!))
        .Select(
            w => string.Create(
                CultureInfo.InvariantCulture,
                $"{w.Kind}: at most {w.Worst.Seconds - w.Worst.Command.Bound(w.Worst.Fault):0.0} s beyond the bound, {w.Worst.Command.Script}, of a server "
                    + $"that {w.Worst.Fault.Name}"));

    private static void Compare(IReadOnlyList<string> table)
    {
        var text = File.ReadAllText(DocumentPath).ReplaceLineEndings("\n");
        var start = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        var now = $"\n\n{string.Join("\n", table)}\n\n";
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(DocumentPath, text[..start] + now + text[end..]);
        else
        {
            Assert.True(
                text[start..end] == now,
                $"The table in docs/reliability.md isn't what was found. {UpdateVariable}=1 updates it. "
                    + $"Found:\n{string.Join("\n", table.Except(text[start..end].Split('\n')))}");
        }
    }

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\u2028\u2029-[\t\r\n]]")]
    private static partial Regex Unshowable();

    /// <summary>Adds up the delays of work on an overloaded machine.</summary>
    private sealed class LagMeter : IDisposable
    {
        private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

        private readonly CancellationTokenSource _stop = new();
        private long _ticks;

        public LagMeter() => _ = MeasureAsync();

        public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

        public void Dispose() => _stop.Cancel();

        private async Task MeasureAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                var clock = Stopwatch.StartNew();
                await Task.Delay(s_step);
                Interlocked.Add(ref _ticks, (clock.Elapsed - s_step).Ticks);
            }
        }
    }

    private sealed record Cell(Fault Fault, FaultedCommand Command)
    {
        public string Outcome { get; private set; } = "no end";

        public double Seconds { get; set; }

        /// <summary>The part of it that the machine caused.</summary>
        public double Lag { get; set; }

        public List<string> Problems { get; } = [];

        /// <summary>Whether it lasted more than half a second longer than its time limit.</summary>
        public bool IsTooLong => Fault.IsEndless && Seconds > Command.Bound(Fault) + 0.5 + Lag;

        public void Judge(Engine.Result result, int strikes)
        {
            var codes = result.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]).Distinct().Order(StringComparer.Ordinal).ToArray();

            // How many records instances had taken when the last of them failed depends on the machine.
            if (Command.Instances > 1 && codes.Length > 1)
                codes = [.. codes.Where(c => c != "GONE")];
            Outcome = codes.Length == 0 ? NoError : string.Join(" and ", codes);

            // How much a command has done when its time limit ends it depends on the machine.
            if (Fault.FreezesHub && (Command.Items is not null || Command.Kind == FaultedCommand.Filter) && codes.Length > 0
                && codes.All(c => c is "TIMEOUT" or "STREAM_BROKEN"))
                Outcome = "TIMEOUT or STREAM_BROKEN";

            // Whether a stream has begun when its length turns out to be wrong, too.
            if (Fault.Name == "gives two lengths" && Command.Items is not null && codes is ["INVALID_RESPONSE" or "STREAM_BROKEN"])
                Outcome = "INVALID_RESPONSE or STREAM_BROKEN";

            // A filter compares the output with what the hub's log says of it, if that comes in time.
            if (Fault.Name == "gives two lengths" && Command is { Items: not null, Kind: FaultedCommand.Filter }
                && codes.All(c => c is "INVALID_RESPONSE" or "STREAM_BROKEN"))
                Outcome = $"{NoError}, INVALID_RESPONSE or STREAM_BROKEN";

            // This includes whether the command still needs the response.
            if (Command.Exception(Fault) is "")
                Outcome = $"{NoError} or {Fault.Codes[0]}";

            if (strikes == 0)
                Problems.Add("The fault did not strike.");
            if (!Command.MayRepeat && strikes > Command.Instances)
                Problems.Add($"It was sent {strikes} times.");
            if (result.Terminated && Command.Kind != FaultedCommand.Connect)
                Problems.Add("The error ended the command.");
            Problems.AddRange(
                result.Errors.Where(e => !e.Exception.GetType().FullName!.StartsWith("Scramjet.Client.Scramjet", StringComparison.Ordinal))
                    .Select(e => $"A raw error: {e.Exception}"));
            JudgeCodes(codes, result.Errors);
            if (Fault.GivesItems && Command is { Items: not null, GivesItemsElsewhere: false } && result.Output.Count < 2)
                Problems.Add($"Items were lost: {result.Output.Count} of 2 came. {string.Join("; ", result.Errors)}");
            JudgeTexts(result);
        }

        private void JudgeCodes(string[] codes, IReadOnlyList<ErrorRecord> errors)
        {
            var allowed = Command.Exception(Fault) is { } exception ? [.. Fault.Codes, exception] : Fault.Codes;
            if (codes.Length == 0 && !Fault.IsHarmlessToSome && !allowed.Contains(""))
                Problems.Add("There is no error.");
            foreach (var code in codes.Except(allowed))
                Problems.Add($"{code} is not the code: {errors.First(e => e.FullyQualifiedErrorId.StartsWith(code, StringComparison.Ordinal))}");
            Problems.AddRange(errors.Where(e => string.IsNullOrEmpty(e.Exception.Message)).Select(_ => "An error says nothing."));
        }

        private void JudgeTexts(Engine.Result result)
        {
            string[] shown =
            [
                .. result.Errors.SelectMany(e => new[]
                {
                    e.ToString(), e.Exception.Message, e.ErrorDetails?.Message, e.ErrorDetails?.RecommendedAction, e.CategoryInfo.ToString(),
                }).OfType<string>(),
                .. result.Warnings, .. result.Verbose, .. result.Debug, .. result.Progress.Select(p => p.ToString()),
            ];
            Problems.AddRange(shown.Where(t => Unshowable().IsMatch(t)).Select(t => $"Control characters: {t}"));
            foreach (var text in shown.Concat(result.Errors.SelectMany(e => new[] { e.Exception.ToString(), e.TargetObject?.ToString() ?? "" })))
            {
                if (Forms(text).Any(f => f.Contains(Fault.Token, StringComparison.OrdinalIgnoreCase)))
                    Problems.Add($"The token: {text}");
            }
        }

        /// <summary>Returns a text, and its forms after unescaping.</summary>
        private static IEnumerable<string> Forms(string text) =>
        [
            text,
            Regex.Replace(text, @"\\u([0-9a-fA-F]{4})", m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString()),
            text.Replace("\\/", "/", StringComparison.Ordinal),
            System.Net.WebUtility.HtmlDecode(text),
            Uri.UnescapeDataString(text),
        ];
    }
}
