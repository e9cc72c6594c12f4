using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform;

/// <summary>The hub's npm packages: installed once, by whoever needs them first.</summary>
public static class HubPackages
{
    private const int OldestNode = 16;
    private const string StampName = ".installed";

    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(200);

    /// <summary>The folder with the hub's launcher and its packages.</summary>
    public static string Folder { get; } = typeof(HubPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "HubFolder").Value!;

    /// <summary>Installs the packages with <c>npm ci</c>, unless what the lock file says is there already.</summary>
    /// <exception cref="InvalidOperationException">Node.js or npm is missing or too old, or npm failed; the message says what to do.</exception>
    public static async Task EnsureAsync(CancellationToken cancellationToken = default)
    {
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Folder, "package-lock.json"), cancellationToken)));
        var stamp = Path.Combine(Folder, "node_modules", StampName);
        if (IsInstalled(stamp, wanted))
            return;

        await CheckNodeAsync(cancellationToken);
        using var exclusive = await LockAsync(cancellationToken);
        if (IsInstalled(stamp, wanted))
            return;

        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var (code, output) = await RunAsync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cancellationToken);
        if (code != 0)
            throw new InvalidOperationException($"npm could not install the hub's packages in {Folder}: {output}");
        await File.WriteAllTextAsync(stamp, wanted, cancellationToken);
    }

    private static bool IsInstalled(string stamp, string wanted) => File.Exists(stamp) && File.ReadAllText(stamp) == wanted;

    private static async Task CheckNodeAsync(CancellationToken cancellationToken)
    {
        var (code, output) = await RunAsync("node", ["--version"], cancellationToken);
        var major = output.TrimStart('v').Split('.')[0];
        if (code != 0 || !int.TryParse(major, CultureInfo.InvariantCulture, out var number) || number < OldestNode)
            throw new InvalidOperationException($"Node.js {OldestNode} or newer is needed to run a hub; 'node --version' says: {output}");
    }

    /// <summary>One installation at a time, over all processes.</summary>
    private static async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder, ".lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && Directory.Exists(Folder))
            {
                await Task.Delay(LockRetry, cancellationToken);
            }
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"'{program}' was not found. Install Node.js {OldestNode} or newer, with npm, and have it on the PATH.", e);
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, (await output + await errors).Trim());
        }
    }
}
