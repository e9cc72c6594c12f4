using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading.Tasks;

namespace ScramjetPlatform.Quickstart;

/// <summary>Shows commands as they are typed, and what PowerShell makes of them.</summary>
internal sealed class Session(string folder, string manifest, string uri, string token)
{
    private const string Prompt = "PS> ";

    /// <summary>Runs the commands; false if one of them wrote an error.</summary>
    public async Task<bool> RunAsync(string[] commands)
    {
        var script = new StringBuilder();
        script.AppendLine("$uri = $env:SCRAMJET_QUICKSTART_URI; $token = $env:SCRAMJET_QUICKSTART_TOKEN; $ProgressPreference = 'SilentlyContinue'");
        script.AppendLine("if ([Console]::IsOutputRedirected) { $PSStyle.OutputRendering = 'PlainText' }");
        script.AppendLine($"Import-Module {Quoted(manifest)}");
        script.AppendLine("Write-Host \"PowerShell $($PSVersionTable.PSVersion):`n\"");
        foreach (var command in commands)
        {
            script.AppendLine($"Write-Host {Quoted(Prompt + command)}");
            script.AppendLine($"{command} | Out-Default; Write-Host");
        }

        script.AppendLine("exit [int]($Error.Count -gt 0)");
        var file = Path.Combine(Path.GetTempPath(), $"scramjet-quickstart-{Guid.NewGuid():N}.ps1");
        await File.WriteAllTextAsync(file, script.ToString());
        try
        {
            var start = Pwsh.Run(file);
            start.WorkingDirectory = folder;
            start.Environment["SCRAMJET_QUICKSTART_URI"] = uri;
            start.Environment["SCRAMJET_QUICKSTART_TOKEN"] = token;
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
