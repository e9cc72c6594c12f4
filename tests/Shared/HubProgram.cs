using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace Scramjet.Testing;

/// <summary>A program of its own, which is killed at the end: a platform, or the hub of a 1.0.1 release that SCRAMJET_TEST_HUB_PROGRAM names.</summary>
internal sealed class HubProgram : IAsyncDisposable
{
    /// <summary>The variable with the path of the release's hub.js.</summary>
    public const string Variable = "SCRAMJET_TEST_HUB_PROGRAM";

    private HubProgram(Process process, Uri? baseUri = null)
    {
        Process = process;
        BaseUri = baseUri;
    }

    /// <summary>The path of the release's hub.js; null where none is named.</summary>
    public static string? Path => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : null;

    public Process Process { get; }

    /// <summary>The own address of a hub.</summary>
    public Uri? BaseUri { get; }

    /// <summary>Starts a hub with the options of its own command line.</summary>
    public static HubProgram StartHub(string folder, string id, params string[] options)
    {
        var port = FreePort();
        var sequences = Directory.CreateDirectory(System.IO.Path.Combine(folder, id)).FullName;
        return Start("node", [
            Path!, "--hostname", "127.0.0.1", "--port", port, "--instances-server-port", FreePort(), "--id", id,
            "--no-docker", "--sequences-root", sequences, "--no-telemetry", .. options,
        ], folder, new Uri($"http://127.0.0.1:{port}/api/v1"));
    }

    /// <summary>Starts a platform, as its users do.</summary>
    public static HubProgram StartPlatform(params string[] options) =>
        Start("dotnet", ["exec", System.IO.Path.Combine(AppContext.BaseDirectory, "Scramjet.LocalPlatform.dll"), .. options], AppContext.BaseDirectory);

    public static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Kills the program like a crash.</summary>
    public async Task KillAsync()
    {
        if (!Process.HasExited)
            Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Process.Dispose();
    }

    private static HubProgram Start(string program, IEnumerable<string> arguments, string folder, Uri? baseUri = null)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        process.Start();

        // Nobody reads them, and a full pipe would stop the program.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new HubProgram(process, baseUri);
    }
}
