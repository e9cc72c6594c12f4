using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Threading.Tasks;
using ScramjetPlatform.Quickstart;
using Xunit;

namespace ScramjetPlatform.Pester;

/// <summary>Runs the Pester suite in the real pwsh. Each of its tests is a separate result.</summary>
public sealed class PesterSuite
{
    /// <summary>The time limit of a file. It is long enough for the slowest file on a busy machine.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(20);

    /// <summary>The result of a Pester test.</summary>
    public sealed record Outcome(string Name, string Result, string? Message);

    /// <summary>Runs the suite file by file, each in a separate pwsh, and returns a row for each of its tests.</summary>
    public static async Task<IEnumerable<TheoryDataRow<Outcome>>> Run()
    {
        var rows = new List<TheoryDataRow<Outcome>>();
        foreach (var file in Directory.GetFiles(Value("Suite"), "*.Tests.ps1").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file)[..^".Tests.ps1".Length];
            foreach (var outcome in await RunAsync(file))
            {
                rows.Add(new TheoryDataRow<Outcome>(outcome)
                {
                    TestDisplayName = $"{name}: {outcome.Name}",
                    Label = "",
                    Skip = outcome.Result == "Skipped" ? outcome.Message ?? "Pester skipped it and gave no reason." : null,
                });
            }
        }

        return rows;
    }

    // The rows are known only after the tests have run.
    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Run))]
    public void Passes(Outcome outcome) => Assert.True(outcome.Result == "Passed", $"{outcome.Result}. {outcome.Message}");

    private static async Task<IReadOnlyList<Outcome>> RunAsync(string file)
    {
        var results = Path.GetTempFileName();
        try
        {
            var start = Pwsh.Run(Path.Combine(Value("Suite"), "Invoke-Tests.ps1"), "-Path", file, "-Pester", Value("Pester"), "-ResultPath", results);
            start.Environment["SCRAMJET_TEST_CONFIGURATION"] = Value("Configuration");
            start.Environment["SCRAMJET_TEST_PACKAGES"] = Value("Packages");
            start.Environment.Remove("NO_COLOR");
            start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            var fault = "";
            try
            {
                // Its output ends with the last of its child processes.
                await Task.WhenAll(output, process.WaitForExitAsync()).WaitAsync(TimeLimit);
            }
            catch (TimeoutException)
            {
                fault = $"It, or a process that it started, did not end within {TimeLimit.TotalMinutes} minutes.";
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }

            var text = output.IsCompletedSuccessfully ? string.Concat(await output) : "";
            await using var stream = File.OpenRead(results);
            var outcomes = stream.Length == 0 ? [] : await JsonSerializer.DeserializeAsync<Outcome[]>(stream) ?? [];

            // Pester's exit code is 1 if a test failed, which the test reports itself.
            if (fault.Length == 0 && process.ExitCode != 0 && outcomes.All(o => o.Result is "Passed" or "Skipped"))
                fault = $"pwsh ended with exit code {process.ExitCode}.";
            return fault.Length == 0 ? outcomes : [.. outcomes, new Outcome("the whole file", "Failed", $"{fault}\n{text}")];
        }
        finally
        {
            File.Delete(results);
        }
    }

    private static string Value(string key) => typeof(PesterSuite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
