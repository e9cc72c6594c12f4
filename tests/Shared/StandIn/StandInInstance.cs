using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>An instance of the stand-in: a running program, and what the hub reports about it.</summary>
internal sealed class StandInInstance
{
    /// <summary>The time after which a completed program exits, in the hub's seconds.</summary>
    private const double ExitTimeout = 10;

    private readonly FakeHub _hub;
    private readonly StandInProgram _program;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _noExtension = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public StandInInstance(FakeHub hub, string id, JObject info, JObject start, StandInProgram program)
    {
        _hub = hub;
        _program = program;
        Id = id;
        Info = info;
        Start = start;
        Input = new StandInInput(this, standard: false);
        Stdin = new StandInInput(this, standard: true);
    }

    public string Id { get; }

    /// <summary>The hub's response for the instance. Lock it to read or change it.</summary>
    public JObject Info { get; }

    /// <summary>The options that the instance was started with.</summary>
    public JObject Start { get; }

    public StandInInput Input { get; }

    public StandInInput Stdin { get; }

    public StandInStream Output { get; } = new();

    public StandInStream Stdout { get; } = new();

    public StandInStream Stderr { get; } = new();

    public StandInStream LogStream { get; } = new(diesWithReader: true);

    public StandInEvents Events { get; } = new();

    /// <summary>The events for the program.</summary>
    public event Action<string, JToken?>? Received;

    /// <summary>Whether the 15 s after its end have passed.</summary>
    public bool IsFinalizing { get; set; }

    /// <summary>Completes when the instance must not be listed longer than necessary.</summary>
    public Task NoExtension => _noExtension.Task;

    /// <summary>Completes when the hub no longer lists the instance.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Completes when the program is requested to stop.</summary>
    public Task StopAsked => _stopAsked.Task;

    /// <summary>Canceled when the instance ends.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Whether the input comes from a topic.</summary>
    public bool HasInputTopic => InputTopic is not null;

    /// <summary>The topics of the start request take precedence over those that the program declares.</summary>
    private string? InputTopic => Named("inputTopic") ?? _program.Requires;

    private string? OutputTopic => Named("outputTopic") ?? _program.Provides;

    public static string Now() => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public void Log(string level, string message, params object[] data) => _hub.Log(level, message, "Sequence", Id, data);

    public void Receive(string name, JToken? message) => Received?.Invoke(name, message);

    public async Task RunAsync(bool runs)
    {
        var extension = true;
        try
        {
            // An instance that was created in another state than running does nothing.
            if (runs)
                await RunProgramAsync();
            else
                await Task.Delay(Timeout.Infinite, Ending);
        }
        catch (OperationCanceledException)
        {
            // The instance was stopped or killed.
        }
        catch (StandInFailure failure)
        {
            if (failure.IsThrown)
                _hub.Log("ERROR", "Error occurred during Sequence execution: ", "Runner", Id, $"Error: {failure.Message}\n    at main (index.js:1:1)");
            else
                _hub.Log("ERROR", failure.Message, "Runner", Id);
            extension = failure.Loaded;
            End("errored", failure.ExitCode, failure.Reason, told: failure.Loaded);
        }

        _hub.LeaveTopics(Info["requires"]);
        await _hub.ForgetAsync(this, extension);
        _hub.LeaveTopics(Info["provides"]);
        _gone.TrySetResult();
    }

    /// <summary>Requests the program to stop. The hub reports that it is stopping, whatever its state was.</summary>
    public void Stop()
    {
        Set("stopping");
        _stopAsked.TrySetResult();
    }

    /// <summary>Ends the instance that was requested to stop, and returns the hub's response.</summary>
    public JObject Stopped()
    {
        var answer = Snapshot();
        Soon(138, "Instance stopped");
        return answer;
    }

    /// <summary>Kills the instance and returns the hub's response, which reports that it is being killed, whatever its state was.</summary>
    public JObject Kill(bool removeImmediately)
    {
        bool again;
        lock (Info)
        {
            again = (string?)Info["status"] == "killing";
            Info["status"] = "killing";
        }

        var answer = Snapshot();
        if (again)
        {
            // After a second kill, the program has no time to end by itself.
            End("errored", 213, "Runner failed");
            return answer;
        }

        if (removeImmediately)
            _noExtension.TrySetResult();
        if (StopAsked.IsCompleted)
            Soon(138, "Instance stopped");
        else
            Soon(137, "Instance killed");
        return answer;
    }

    public JObject Snapshot()
    {
        lock (Info)
            return (JObject)Info.DeepClone();
    }

    /// <summary>The log message of the runner when it has read the input's content type.</summary>
    public void LogInputType(string type) => _hub.Log("DEBUG", "Content-Type", "Runner", Id, type);

    private async Task RunProgramAsync()
    {
        await _hub.After(0.05);
        _hub.Log("DEBUG", "Connected to host", "HostClient", Id);
        Tell(null, InputTopic ?? "");
        lock (Info)
        {
            if ((string?)Info["status"] == "starting")
                Info["status"] = "running";
        }

        if (HasInputTopic && _program.Requires is not null)
            Input.TakeTopic(_hub.Topic(InputTopic!, _program.ContentType!));
        if (_program.Streams)
            Tell(OutputTopic ?? "", null);
        if (_program.Provides is not null)
            _ = _hub.Topic(OutputTopic!, _program.ContentType!)?.TakeAsync(give => Output.ReadAsync(give, Task.Delay(Timeout.Infinite, Ending)));
        try
        {
            await _program.RunAsync(this);
            if (_program.Returns is not null)
                await Output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(_program.Returns), Ending);
            Tell(OutputTopic ?? "", null);
            _hub.Log("TRACE", "Sequence completed. Waiting 10000ms with exit.", "Runner", Id);
            Output.End();
            _hub.Log("INFO", "Total data written to instance output", "HostClient", Id, Output.Written + Id.Length + 1);
        }
        catch (StandInFailure e) when (e.Streaming)
        {
            // Only the log shows that a stream has failed, and not why.
            _hub.Log("ERROR", "Error during output data stream", "Runner", Id, new JObject { ["code"] = "ERR_SCRAMJET_GENERAL", ["cause"] = new JObject() });
        }

        await Task.WhenAny(_hub.After(ExitTimeout), Task.Delay(Timeout.Infinite, Ending));
        End("completed", -1, "Instance completed");
    }

    /// <summary>Reports the topics as the program's messages contain them: an empty topic instead of none.</summary>
    private void Tell(string? provides, string? requires)
    {
        lock (Info)
        {
            foreach (var (name, value) in new[] { ("provides", provides), ("requires", requires) })
            {
                if (!string.IsNullOrEmpty((string?)Info[name]))
                    continue;
                if (value is null)
                    Info.Remove(name);
                else
                    Info[name] = value;
            }
        }
    }

    private string? Named(string option) => (string?)Start[option] is { Length: > 0 } topic ? topic : null;

    private void Set(string status)
    {
        lock (Info)
            Info["status"] = status;
    }

    private void Soon(int exitCode, string reason) => _ = Task.Run(async () =>
    {
        await _hub.After(0.1);
        End("completed", exitCode, reason);
    });

    private void End(string status, int exitCode, string reason, bool told = true)
    {
        lock (Info)
        {
            if (_ended)
                return;
            _ended = true;
            if (told)
                Info["ended"] = Now();
            Info["status"] = status;
            Info["terminated"] = new JObject { ["exitcode"] = exitCode, ["reason"] = reason };
        }

        Input.End();
        Stdin.End();
        Output.End();
        Stdout.End();
        Stderr.End();
        _ending.Cancel();
    }
}
