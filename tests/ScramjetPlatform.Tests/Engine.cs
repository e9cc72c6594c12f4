using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading.Tasks;
using ScramjetPlatform.Quickstart;

namespace ScramjetPlatform.Tests;

/// <summary>A PowerShell session with the module, as a user has it: the real engine and the real manifest.</summary>
public sealed class Engine : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(90);

    private readonly StringWriter _screen = new();
    private readonly TextWriter _shared;
    private readonly PowerShellHost _host;
    private readonly Runspace _runspace;

    static Engine()
    {
        // The tests check the output themselves.
        Environment.SetEnvironmentVariable("NO_COLOR", null);

        // The engine's package has no modules. Microsoft.PowerShell.Utility and the others are those of a complete PowerShell of the same version.
        Environment.SetEnvironmentVariable("PSModulePath", Path.Combine(Pwsh.Folder, "Modules"));
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(Pwsh.Folder, name.Name + ".dll") is var file && File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }

    /// <param name="colors">Whether the host supports colors and moving the cursor.</param>
    public Engine(bool colors = false)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([ManifestPath]);
        state.ThrowOnRunspaceOpenError = true;
        _shared = TextWriter.Synchronized(_screen);
        _host = new PowerShellHost(_shared, colors);
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
    }

    /// <summary>Creates a session that is connected to a server.</summary>
    /// <param name="parameters">The parameters of Connect-ScramjetPlatform.</param>
    public static Engine Connect(string parameters)
    {
        var session = new Engine();
        session.Get("Connect-ScramjetPlatform " + parameters);
        return session;
    }

    /// <summary>Returns the code of an error, such as NOT_FOUND.</summary>
    public static string Code(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    public static string RepositoryRoot { get; } = typeof(Engine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    public static string ManifestPath => Path.Combine(RepositoryRoot, "ScramjetPlatform.psd1");

    /// <summary>Everything that was shown on the host.</summary>
    public string Screen
    {
        get
        {
            // The host's writer is its own lock.
            lock (_shared)
                return _screen.ToString();
        }
    }

    /// <summary>Sets what answers a prompt for a choice: it receives the message, and returns the label of the choice, such as Yes.</summary>
    public Func<string, string>? Answer { set => _host.Answer = value; }

    public void Dispose() => _runspace.Dispose();

    /// <summary>Sets a variable in the session.</summary>
    public void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script to its end and returns its output.</summary>
    public Result Run(string script, params object?[] pipelineInput)
    {
        using var shell = Create(script);
        var call = BeginInvoke(shell, pipelineInput, out var output);
        if (!call.AsyncWaitHandle.WaitOne(TimeLimit))
        {
            shell.Stop();
            throw new TimeoutException($"This did not end within {TimeLimit.TotalSeconds} s: {script}");
        }

        return End(shell, call, output);
    }

    /// <summary>Runs a script that must write no error.</summary>
    public IReadOnlyList<PSObject> Get(string script, params object?[] pipelineInput)
    {
        var result = Run(script, pipelineInput);
        if (result.Errors.Count > 0)
        {
            var errors = result.Errors.Select(e => $"{e.FullyQualifiedErrorId}: {e} {e.Exception.InnerException?.Message}");
            throw new InvalidOperationException($"This wrote errors: {script}\n{string.Join("\n", errors)}");
        }

        return result.Output;
    }

    /// <summary>Runs a script and returns the single object that it writes.</summary>
    public PSObject Single(string script, params object?[] pipelineInput)
    {
        var output = Get(script, pipelineInput);
        return output.Count == 1 ? output[0] : throw new InvalidOperationException($"{output.Count} objects, not one, came from: {script}");
    }

    /// <summary>Runs a script and returns its single error, terminating or not.</summary>
    public ErrorRecord Error(string script, params object?[] pipelineInput)
    {
        var result = Run(script, pipelineInput);
        return result.Errors.Count == 1
            ? result.Errors[0]
            : throw new InvalidOperationException(
                $"{result.Errors.Count} errors instead of one: {script}\n" +
                string.Join("\n", result.Errors.Select(e => $"{e.FullyQualifiedErrorId}: {e}")));
    }

    /// <summary>Starts a script, waits, presses Ctrl+C, and returns the time until the engine stopped.</summary>
    public async Task<TimeSpan> StopAfterAsync(string script, TimeSpan wait, Func<Task>? until = null)
    {
        using var shell = Create(script);
        var call = BeginInvoke(shell, [], out _);
        await Task.Delay(wait);
        if (until is not null)
            await until();
        if (call.IsCompleted)
            throw new InvalidOperationException($"This ended before it could be stopped: {script}\n{string.Join("\n", shell.Streams.Error)}");

        var clock = Stopwatch.StartNew();
        await Task.Run(shell.Stop).WaitAsync(TimeLimit);
        return clock.Elapsed;
    }

    /// <summary>Returns the output of a command as text, as the console shows it.</summary>
    public string Render(string script)
    {
        var before = Screen.Length;
        using var shell = Create(script);
        shell.AddCommand("Out-Default");
        shell.Invoke();
        return Screen[before..];
    }

    private PowerShell Create(string script)
    {
        var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        return shell;
    }

    private static IAsyncResult BeginInvoke(PowerShell shell, object?[] pipelineInput, out PSDataCollection<PSObject> output)
    {
        var input = new PSDataCollection<object?>(pipelineInput);
        input.Complete();
        output = [];
        return shell.BeginInvoke(input, output);
    }

    private static Result End(PowerShell shell, IAsyncResult call, PSDataCollection<PSObject> output)
    {
        ErrorRecord? terminating = null;
        try
        {
            shell.EndInvoke(call);
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }

        var errors = shell.Streams.Error.ToList();
        if (terminating is not null && errors.All(e => e.FullyQualifiedErrorId != terminating.FullyQualifiedErrorId || e.ToString() != terminating.ToString()))
            errors.Add(terminating);
        return new Result(
            output.ToArray(),
            errors,
            shell.Streams.Warning.Select(w => w.Message).ToArray(),
            shell.Streams.Verbose.Select(v => v.Message).ToArray(),
            shell.Streams.Debug.Select(d => d.Message).ToArray(),
            shell.Streams.Progress.ToArray(),
            terminating is not null);
    }

    public sealed record Result(
        IReadOnlyList<PSObject> Output,
        IReadOnlyList<ErrorRecord> Errors,
        IReadOnlyList<string> Warnings,
        IReadOnlyList<string> Verbose,
        IReadOnlyList<string> Debug,
        IReadOnlyList<ProgressRecord> Progress,
        bool Terminated);
}
