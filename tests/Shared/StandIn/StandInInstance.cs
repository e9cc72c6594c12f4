using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>An instance of the stand-in: a program that runs, and what the hub says of it.</summary>
internal sealed class StandInInstance
{
    private readonly FakeHub _hub;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _noExtension = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ended;

    public StandInInstance(FakeHub hub, string id, JObject info, JObject start)
    {
        _hub = hub;
        Id = id;
        Info = info;
        Start = start;
        Input = new StandInInput(this, "/input");
        Stdin = new StandInInput(this, "/stdin");
    }

    public string Id { get; }

    /// <summary>What the hub answers for it.</summary>
    public JObject Info { get; }

    /// <summary>What it was started with.</summary>
    public JObject Start { get; }

    public StandInInput Input { get; }

    public StandInInput Stdin { get; }

    public StandInStream Output { get; } = new();

    public StandInStream Stdout { get; } = new();

    public StandInStream Stderr { get; } = new();

    public StandInStream LogStream { get; } = new();

    public StandInEvents Events { get; } = new();

    /// <summary>Events that the program receives.</summary>
    public event Action<string, JToken?>? Received;

    /// <summary>Whether the 15 s after its end have passed.</summary>
    public bool IsFinalizing { get; set; }

    /// <summary>Completes when it isn't to be listed longer than it must.</summary>
    public Task NoExtension => _noExtension.Task;

    /// <summary>Completes when the hub has forgotten it.</summary>
    public Task Gone { get; private set; } = Task.CompletedTask;

    /// <summary>Completes when the program is asked to stop.</summary>
    public Task StopAsked => _stopAsked.Task;

    /// <summary>Cancelled when it is killed.</summary>
    public CancellationToken Ending => _ending.Token;

    public static string Now() => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public void Log(string level, string message, params object[] data) => _hub.Log(level, message, "Sequence", Id, data);

    public async Task RunAsync()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Gone = gone.Task;
        try
        {
            // An instance that is made in another state than running does nothing.
            if ((string?)Info["status"] == "running")
            {
                await StandInPrograms.RunAsync(this);
                Output.End();
                await Task.WhenAny(_hub.After(10), Task.Delay(Timeout.Infinite, Ending));
                End("completed", -1, "Instance completed");
            }
            else
            {
                await Task.Delay(Timeout.Infinite, Ending);
            }
        }
        catch (OperationCanceledException)
        {
            // It was stopped or killed.
        }
        catch (StandInPrograms.Failure failure)
        {
            _hub.Log("ERROR", "Error occurred during Sequence execution: ", "Runner", Id, failure.Message);
            End("errored", 23, "Sequence failed during execution");
        }

        await _hub.ForgetAsync(this);
        gone.TrySetResult();
    }

    /// <summary>Asks the program to stop; the hub says that it is stopping, whatever it is.</summary>
    public void Stop()
    {
        Set("stopping");
        _stopAsked.TrySetResult();
    }

    /// <summary>Ends what was asked to stop.</summary>
    public void Stopped() => Soon("completed", 138, "Instance stopped");

    /// <summary>Kills it; the hub says that it is killing, whatever it is.</summary>
    public void Kill(bool removeImmediately)
    {
        bool again;
        lock (Info)
            again = (string?)Info["status"] == "killing";
        if (again)
            return;
        Set("killing");
        if (removeImmediately)
            _noExtension.TrySetResult();
        Soon("completed", 137, "Instance killed");
    }

    private void Set(string status)
    {
        lock (Info)
            Info["status"] = status;
    }

    private void Soon(string status, int exitCode, string reason) => _ = Task.Run(async () =>
    {
        // The answer to the request goes out before the program has ended.
        await Task.Delay(20);
        End(status, exitCode, reason);
        await _ending.CancelAsync();
    });

    private void End(string status, int exitCode, string reason)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        lock (Info)
        {
            Info["ended"] = Now();
            Info["status"] = status;
            Info["terminated"] = new JObject { ["exitcode"] = exitCode, ["reason"] = reason };
        }

        Input.End();
        Stdin.End();
        Output.End();
        Stdout.End();
        Stderr.End();
    }

    public void Receive(string name, JToken? message) => Received?.Invoke(name, message);
}
