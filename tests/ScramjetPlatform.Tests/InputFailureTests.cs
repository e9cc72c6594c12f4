using System;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Commands that send and receive at the same time report a failure of the input at once, and write all available output.</summary>
public sealed class InputFailureTests : IDisposable
{
    private const string Numbers = "{\"n\":1}\n{\"n\":2}\n";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    /// <summary>A hub whose instances write two objects, and whose responses to their input are specified.</summary>
    private FaultServer Connect(Func<FaultServer.Exchange, Task> input, bool outputEnds)
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("double"), id: "i");
        hub.Intercept = async (exchange, path) =>
        {
            if (path.EndsWith("/output", StringComparison.Ordinal))
            {
                await exchange.BeginChunkedAsync();
                await exchange.SendChunkAsync(Numbers);
                if (outputEnds)
                    await exchange.EndChunkedAsync();
                else
                    await exchange.SilenceAsync();
                return true;
            }

            if (!path.EndsWith("/input", StringComparison.Ordinal))
                return false;
            await input(exchange);
            return true;
        };
        var server = hub.Serve();
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        return server;
    }

    private static async Task BreakInMidInputAsync(FaultServer.Exchange exchange)
    {
        await foreach (var _ in exchange.ReadBlocksAsync())
            break;
        exchange.Reset();
    }

    private static void AssertKept(Engine.Result result, string code)
    {
        var errors = result.Output.Where(o => o.BaseObject is System.Management.Automation.ErrorRecord).ToArray();
        Assert.Equal([1L, 2L], result.Output.Except(errors).Select(o => o.Properties["n"].Value));
        Assert.Equal(code, Code((System.Management.Automation.ErrorRecord)Assert.Single(errors).BaseObject));
    }

    [Theory]
    [InlineData("Invoke-ScramjetSequence double")]
    [InlineData("Send-ScramjetInput i -ReceiveOutput")]
    public async Task An_interruption_of_the_input_is_an_error_at_once_and_keeps_the_output(string command)
    {
        await using var server = Connect(BreakInMidInputAsync, outputEnds: false);
        AssertKept(RunUntilError(command), "INVALID_RESPONSE");
    }

    /// <summary>Runs a command with a pipeline that continues until the error was written.</summary>
    private Engine.Result RunUntilError(string command)
    {
        var told = false;
        _engine.Set("isTold", (Func<bool>)(() => told));
        _engine.Set("tell", (Action)(() => told = true));
        var result = _engine.Run(
            $"$r = & {{ for ($n = 0; -not $isTold.Invoke(); $n++) {{ @{{ n = $n }} }} }} | {command} 2>&1 | ForEach-Object {{ if ($_ -is "
                + $"[Management.Automation.ErrorRecord]) {{ $tell.Invoke() }}; $_ }}; $r");
        Assert.False(result.Terminated);
        return result;
    }

    [Theory]
    [InlineData("Invoke-ScramjetSequence double", "reset", "INVALID_RESPONSE")]
    [InlineData("Invoke-ScramjetSequence double", "403", "NOT_AUTHORIZED")]
    [InlineData("Invoke-ScramjetSequence double", "500", "SERVER_ERROR")]
    [InlineData("Invoke-ScramjetSequence double", "302", "REDIRECT_REFUSED")]
    [InlineData("Send-ScramjetInput i -ReceiveOutput", "reset", "INVALID_RESPONSE")]
    [InlineData("Send-ScramjetInput i -ReceiveOutput", "403", "NOT_AUTHORIZED")]
    [InlineData("Send-ScramjetInput i -ReceiveOutput", "500", "SERVER_ERROR")]
    [InlineData("Send-ScramjetInput i -ReceiveOutput", "302", "REDIRECT_REFUSED")]
    public async Task A_rejected_input_is_an_error_even_if_the_output_ends_successfully(string command, string how, string code)
    {
        await using var server = Connect(
            async exchange =>
            {
                await exchange.ReadBodyAsync();
                if (how == "reset")
                    exchange.Reset();
                else if (how == "302")
                    await exchange.AnswerAsync(302, "", null, headers: ("Location", "http://127.0.0.1:1/"));
                else
                    await exchange.AnswerAsync(int.Parse(how, System.Globalization.CultureInfo.InvariantCulture), "");
            },
            outputEnds: true);
        var result = _engine.Run($"@{{ n = 1 }} | {command}");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        Assert.Equal(code, Code(Assert.Single(result.Errors)));
        Assert.False(result.Terminated);
    }

    /// <summary>An output that is interrupted while the pipeline still has data to send.</summary>
    [Theory]
    [InlineData("Invoke-ScramjetSequence double")]
    [InlineData("Send-ScramjetInput i -ReceiveOutput")]
    public async Task An_interrupted_output_keeps_the_received_data(string command)
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("double"), id: "i");
        hub.Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/output", StringComparison.Ordinal))
                return false;
            await exchange.BeginChunkedAsync();
            await exchange.SendChunkAsync(Numbers);
            await Task.Delay(200, exchange.Stopped);
            exchange.Reset();
            return true;
        };
        await using var server = hub.Serve();
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        AssertKept(RunUntilError(command), "STREAM_BROKEN");
    }
}
