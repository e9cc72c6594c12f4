using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.LocalPlatform;

/// <summary>A real hub, in a process and a folder of its own, on a free port of the loopback interface.</summary>
public sealed class LocalHub : IAsyncDisposable
{
    private const int Tries = 5;
    private const string ReadyMark = "{\"port\":";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;

    private LocalHub(string id, Process process, string folder, int port)
    {
        Id = id;
        _process = process;
        _folder = folder;
        BaseUri = new Uri($"http://127.0.0.1:{port}/api/v1");
    }

    /// <summary>The id that it was given.</summary>
    public string Id { get; }

    /// <summary>Its address, like <c>http://127.0.0.1:40123/api/v1</c>.</summary>
    public Uri BaseUri { get; }

    /// <summary>The id of its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Whether its process runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts a hub and waits until it answers; its packages are installed first where they are missing.</summary>
    /// <param name="id">The hub's id.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="InvalidOperationException">It could not be started; the message has the hub's own words.</exception>
    public static async Task<LocalHub> StartAsync(string id = "sth-0", CancellationToken cancellationToken = default)
    {
        await HubPackages.EnsureAsync(cancellationToken);

        // The port for instances is only found free, not held: another program may take it first.
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("scramjet-hub-").FullName;
            try
            {
                return await TryStartAsync(id, folder, cancellationToken);
            }
            catch (InvalidOperationException e)
            {
                Directory.Delete(folder, recursive: true);
                if (attempt == Tries || !e.Message.Contains("EADDRINUSE", StringComparison.Ordinal))
                    throw;
            }
        }
    }

    /// <summary>Kills the hub and its instances, as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends the hub and its instances, and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        await RemoveFolderAsync(_folder);
    }

    private static async Task<LocalHub> TryStartAsync(string id, string folder, CancellationToken cancellationToken)
    {
        var options = new JObject { ["id"] = id, ["folder"] = folder }.ToString(Formatting.None);
        var process = Process.Start(new ProcessStartInfo("node", ["hub.js", options])
        {
            WorkingDirectory = HubPackages.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, e) =>
        {
            lock (errors)
                errors.AppendLine(e.Data);
        };
        // One of the first lines tells the port; all that it prints besides must still be taken off the pipe.
        var readyLine = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null || e.Data.StartsWith(ReadyMark, StringComparison.Ordinal))
                readyLine.TrySetResult(e.Data);
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        try
        {
            var line = await readyLine.Task.WaitAsync(StartTimeout, cancellationToken);
            if (line is null)
            {
                await process.WaitForExitAsync(cancellationToken);
                lock (errors)
                    throw new InvalidOperationException($"The hub '{id}' ended at its start: {errors}");
            }

            return new LocalHub(id, process, folder, (int)JObject.Parse(line)["port"]!);
        }
        catch
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task RemoveFolderAsync(string folder)
    {
        for (var attempt = 0; Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (attempt < 20)
            {
                // The last of its processes may still be writing.
                await Task.Delay(100);
            }
        }
    }
}
