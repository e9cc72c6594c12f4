using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform;

/// <summary>Finds node and npm on the PATH and runs them.</summary>
internal static class NodeTools
{
    private const int OldestNode = 16;

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static string? node;

    /// <summary>The path of a node that is new enough.</summary>
    public static async Task<string> NodeAsync(CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return node ??= await CheckedNodeAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>The path of npm.</summary>
    public static string Npm() =>
        Find("npm") ?? throw new LocalPlatformException("npm was not found on the PATH. It comes with Node.js: https://nodejs.org.");

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                CreateNoWindow = true,
            },
        };
        process.Start();
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode, (await output.ConfigureAwait(false) + await errors.ConfigureAwait(false)).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<string> CheckedNodeAsync(CancellationToken cancellationToken)
    {
        var path = Find("node") ?? throw new LocalPlatformException(
            $"node was not found on the PATH. A hub needs Node.js {OldestNode} or newer: https://nodejs.org.");
        var (_, version) = await RunAsync(path, ["--version"], Path.GetTempPath(), cancellationToken).ConfigureAwait(false);
        return Version.TryParse(version.TrimStart('v'), out var number) && number.Major >= OldestNode
            ? path
            : throw new LocalPlatformException($"A hub needs Node.js {OldestNode} or newer, but the version of node on the PATH is '{version}'.");
    }

    private static string? Find(string name)
    {
        string[] names = OperatingSystem.IsWindows() ? [name + ".exe", name + ".cmd"] : [name];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(_ => names, (folder, file) => Path.Combine(folder.Trim('"'), file)).FirstOrDefault(File.Exists);
    }
}
