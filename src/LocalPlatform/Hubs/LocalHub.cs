using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform;

/// <summary>A real Scramjet hub (0.18.7) as a child process: it ends with this object, and with this process however that ends.</summary>
public sealed class LocalHub : IAsyncDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly WorkingFolder folder;
    private readonly OutputTail errors = new();

    private LocalHub(string id, Process process, WorkingFolder folder)
    {
        Id = id;
        Process = process;
        this.folder = folder;
    }

    /// <summary>The hub's id.</summary>
    public string Id { get; }

    /// <summary>The base of its API, e.g. http://127.0.0.1:41234/api/v1.</summary>
    public Uri BaseUri { get; private set; } = null!;

    /// <summary>The hub's process. Its instances are children of it.</summary>
    public Process Process { get; }

    /// <summary>The folder with its sequences and hub.log.</summary>
    public string Folder => folder.Path;

    /// <summary>Starts a hub and returns when it responds. Installs its npm packages first if they aren't installed.</summary>
    /// <exception cref="LocalPlatformException">The hub could not be started.</exception>
    public static async Task<LocalHub> StartAsync(LocalHubOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalHubOptions();
        CheckFolder(options.WorkingFolder ?? Path.GetTempPath());
        var modules = await NpmInstall.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var node = await NodeTools.NodeAsync(cancellationToken).ConfigureAwait(false);
        var folder = new WorkingFolder(options.WorkingFolder);
        LocalHub? hub = null;
        try
        {
            hub = new LocalHub(options.Id, Launch(node, modules, folder, options), folder);
            await hub.WaitUntilReadyAsync(options.StartTimeout, cancellationToken).ConfigureAwait(false);
            return hub;
        }
        catch
        {
            if (hub is null)
                folder.Dispose();
            else
                await hub.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Kills the hub and its instances immediately, like a crash.</summary>
    public async Task KillAsync()
    {
        Kill();
        await Process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the hub and its instances.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            Process.StandardInput.Close();
            using var ending = new CancellationTokenSource(EndTimeout);
            await Process.WaitForExitAsync(ending.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            await KillAsync().ConfigureAwait(false);
        }

        Process.Dispose();
        folder.Dispose();
    }

    // A 0.18 hub unpacks packages with a shell and doesn't quote the path.
    private static void CheckFolder(string path)
    {
        if (Path.GetFullPath(path).Any(letter => !char.IsLetterOrDigit(letter) && !"/\\:._-+,@~".Contains(letter, StringComparison.Ordinal)))
        {
            throw new LocalPlatformException(
                $"A hub can't work in {path}: the path can have letters, digits and a few characters such as - and _, but no spaces.");
        }
    }

    private static Process Launch(string node, string modules, WorkingFolder folder, LocalHubOptions options)
    {
        var settings = new JsonObject
        {
            ["id"] = options.Id,
            ["port"] = options.Port,
            ["instancesServerPort"] = options.InstancesServerPort,
            ["space"] = options.Space,
            ["folder"] = folder.Path,
            ["modules"] = modules,
        };
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(node, [Path.Combine(NpmInstall.SourceFolder, "hub.js"), settings.ToJsonString()])
            {
                WorkingDirectory = folder.Path,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                CreateNoWindow = true,
            },
        };
        process.Start();
        return process;
    }

    private async Task WaitUntilReadyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Process.ErrorDataReceived += (_, line) => errors.Add(line.Data);
        Process.BeginErrorReadLine();
        try
        {
            var line = await Process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
            if (line is null)
            {
                await Process.WaitForExitAsync(cancellationToken).WaitAsync(EndTimeout, cancellationToken).ConfigureAwait(false);
                throw new LocalPlatformException($"The hub {Id} ended while it started.{errors}");
            }

            var port = (int)JsonNode.Parse(line)!["port"]!;
            BaseUri = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api/v1"));
        }
        catch (TimeoutException error)
        {
            throw new LocalPlatformException($"The hub {Id} did not respond within {timeout.TotalSeconds} s.{errors}", error);
        }
        catch (JsonException error)
        {
            throw new LocalPlatformException($"The hub {Id} did not start as expected.{errors}", error);
        }
    }

    private void Kill()
    {
        try
        {
            Process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    // The last lines of the hub's error output, for the message when it doesn't start.
    private sealed class OutputTail
    {
        private const int Kept = 20;
        private readonly Queue<string> lines = new();

        public void Add(string? line)
        {
            if (line is null)
                return;

            lock (lines)
            {
                lines.Enqueue(line);
                if (lines.Count > Kept)
                    lines.Dequeue();
            }
        }

        public override string ToString()
        {
            lock (lines)
                return lines.Count == 0 ? "" : Environment.NewLine + string.Join(Environment.NewLine, lines);
        }
    }
}
