using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using System.Threading.Tasks;

namespace ScramjetPlatform.Quickstart;

/// <summary>Shows commands as they are typed, and what PowerShell makes of them: in pwsh where it is, else in the engine hosted here.</summary>
internal sealed class Session(string folder, string manifest, string uri, string token)
{
    private const string Prompt = "PS> ";

    /// <summary>Runs the commands; false if one of them wrote an error.</summary>
    public async Task<bool> RunAsync(string[] commands)
    {
        var pwsh = FindPwsh();
        Console.WriteLine(pwsh is null ? "PowerShell's engine is hosted here: there is no pwsh on the PATH." : $"In {pwsh}:");
        Console.WriteLine();
        return pwsh is null ? RunHosted(commands) : await RunInPwshAsync(pwsh, commands);
    }

    private static string? FindPwsh() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(p => p.Length > 0)
        .Select(p => Path.Combine(p, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh"))
        .FirstOrDefault(File.Exists);

    private bool RunHosted(string[] commands)
    {
        Environment.CurrentDirectory = folder;
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([manifest]);
        using var runspace = RunspaceFactory.CreateRunspace(new PowerShellHost(Console.Out, colours: !Console.IsOutputRedirected), state);
        runspace.Open();
        runspace.SessionStateProxy.SetVariable("uri", uri);
        runspace.SessionStateProxy.SetVariable("token", token);

        var ok = true;
        foreach (var command in commands)
        {
            Console.WriteLine(Prompt + command);
            using var shell = PowerShell.Create(runspace);
            shell.AddScript(command).AddCommand("Out-Default").Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
            try
            {
                shell.Invoke();
                ok &= !shell.HadErrors;
            }
            catch (RuntimeException e)
            {
                Console.WriteLine("ERROR: " + e.Message);
                ok = false;
            }

            Console.WriteLine();
        }

        return ok;
    }

    private async Task<bool> RunInPwshAsync(string pwsh, string[] commands)
    {
        var script = new StringBuilder();
        script.AppendLine("$uri = $env:SCRAMJET_QUICKSTART_URI; $token = $env:SCRAMJET_QUICKSTART_TOKEN; $ProgressPreference = 'SilentlyContinue'");
        script.AppendLine($"Import-Module '{manifest.Replace("'", "''", StringComparison.Ordinal)}'");
        foreach (var command in commands)
        {
            script.AppendLine($"Write-Host '{(Prompt + command).Replace("'", "''", StringComparison.Ordinal)}'");
            script.AppendLine($"{command} | Out-Default; Write-Host");
        }

        script.AppendLine("exit [int]($Error.Count -gt 0)");
        // A file, not -EncodedCommand: with that, pwsh takes its output for a program's.
        var file = Path.Combine(Path.GetTempPath(), $"scramjet-quickstart-{Guid.NewGuid():N}.ps1");
        await File.WriteAllTextAsync(file, script.ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var start = new ProcessStartInfo(pwsh, ["-NoProfile", "-NonInteractive", "-File", file]) { WorkingDirectory = folder };
        start.Environment["SCRAMJET_QUICKSTART_URI"] = uri;
        start.Environment["SCRAMJET_QUICKSTART_TOKEN"] = token;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        File.Delete(file);
        return process.ExitCode == 0;
    }
}
