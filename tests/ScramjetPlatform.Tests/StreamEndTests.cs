using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>The end of streams: by a time limit, by the server, or by a failure of the server; and the file that is written then.</summary>
public sealed class StreamEndTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scramjet-out-");

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Delete(recursive: true);
    }

    private string File(string name) => Path.Combine(_folder.FullName, name);

    private string[] Files() => [.. _folder.GetFiles().Select(f => f.Name).Order(StringComparer.Ordinal)];

    /// <summary>A hub whose instance has the specified output and log.</summary>
    private FaultServer Connect(Func<FaultServer.Exchange, Task> stream, int timeoutSec = 100)
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        var server = hub.Serve();
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri} -TimeoutSec {timeoutSec}");
        hub.Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/output", StringComparison.Ordinal) && path != "/log" && path != "/audit"
                && !path.StartsWith("/topic/", StringComparison.Ordinal))
                return false;
            await stream(exchange);
            return true;
        };
        return server;
    }

    private static async Task TwoLinesAsync(FaultServer.Exchange exchange)
    {
        await exchange.BeginChunkedAsync();
        await exchange.SendChunkAsync("one\ntwo\n");
    }

    [Theory]
    [InlineData("Receive-ScramjetOutput i -DurationSec 3")]
    [InlineData("Receive-ScramjetTopicData t -DurationSec 3")]
    [InlineData("Get-ScramjetLog")]
    [InlineData("Get-ScramjetAudit")]
    public async Task A_server_that_requests_too_long_a_wait_is_an_error_and_not_an_empty_result(string script)
    {
        await using var server = Connect(exchange => exchange.AnswerAsync(503, "", null, headers: ("Retry-After", "20")));
        var error = _engine.Error(script);
        Assert.Equal("SERVER_ERROR", Code(error));
        Assert.Contains("503", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Receive-ScramjetOutput i -DurationSec 1")]
    [InlineData("Receive-ScramjetTopicData t -DurationSec 1")]
    [InlineData("Get-ScramjetLog")]
    public async Task A_stream_that_does_not_begin_is_empty_if_the_hub_responds(string script)
    {
        await using var server = Connect(exchange => exchange.SilenceAsync());
        Assert.Empty(_engine.Get(script));
    }

    [Theory]
    [InlineData("Get-ScramjetLog")]
    [InlineData("Get-ScramjetAudit")]
    public async Task Reading_a_log_that_never_pauses_ends(string script)
    {
        await using var server = Connect(async exchange =>
        {
            await exchange.BeginChunkedAsync();
            while (true)
            {
                var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                await exchange.SendChunkAsync(
                    $$"""{"level":"INFO","msg":"busy","ts":{{now}},"opState":"ACTIVE","opCode":0,"requestorId":"x","receivedAt":{{now}}}""" + "\n");
                await Task.Delay(20, exchange.Stopped);
            }
        });
        Assert.NotEmpty(_engine.Get(script));
    }

    [Fact]
    public async Task The_last_entries_are_written_when_a_log_is_interrupted()
    {
        await using var server = Connect(async exchange =>
        {
            await TwoLinesAsync(exchange);
            exchange.Close();
        });
        var result = _engine.Run("Get-ScramjetLog -Tail 1");
        Assert.Equal("two", Assert.Single(result.Output).Properties["Message"].Value);
        Assert.Equal("STREAM_BROKEN", Code(Assert.Single(result.Errors)));
    }

    [Fact]
    public async Task A_server_that_reports_no_version_is_not_a_hub()
    {
        await using var server = new FaultServer(exchange => exchange.AnswerAsync(200, """{"name":"something else"}"""));
        Assert.Equal("INVALID_RESPONSE", Code(_engine.Error($"Connect-ScramjetPlatform -HubUri {server.BaseUri}")));
    }

    [Fact]
    public async Task A_file_gets_its_name_when_the_stream_is_complete()
    {
        var go = new TaskCompletionSource();
        await using var server = Connect(async exchange =>
        {
            await TwoLinesAsync(exchange);
            await go.Task;
            await exchange.EndChunkedAsync();
        });
        var receiving = Task.Run(() => _engine.Get($"Receive-ScramjetOutput i -OutFile '{File("out")}'"));
        while (!Files().Contains("out.partial") || new FileInfo(File("out.partial")).Length < 8)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(["out.partial"], Files());
        go.SetResult();
        await receiving;
        Assert.Equal(["out"], Files());
        Assert.Equal("one\ntwo\n", await System.IO.File.ReadAllTextAsync(File("out"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_received_part_of_an_interrupted_stream_is_kept_in_a_partial_file()
    {
        await using var server = Connect(async exchange =>
        {
            await TwoLinesAsync(exchange);
            exchange.Close();
        });
        var result = _engine.Run($"Receive-ScramjetOutput i -OutFile '{File("out")}'");
        Assert.Equal("STREAM_BROKEN", Code(Assert.Single(result.Errors)));
        Assert.Contains("out.partial", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(["out.partial"], Files());

        // It isn't replaced either without -Force.
        Assert.Equal("ALREADY_EXISTS", Code(_engine.Error($"Receive-ScramjetOutput i -OutFile '{File("out")}'")));
        Assert.Equal("STREAM_BROKEN", Code(_engine.Error($"Receive-ScramjetOutput i -OutFile '{File("out")}' -Force")));
    }

    [Fact]
    public async Task A_rejected_stream_leaves_no_file()
    {
        await using var server = Connect(exchange => exchange.AnswerAsync(500, ""));
        Assert.Equal("SERVER_ERROR", Code(_engine.Error($"Receive-ScramjetOutput i -OutFile '{File("out")}'")));
        Assert.Empty(Files());
    }

    [Fact]
    public async Task The_file_is_complete_at_the_time_limit()
    {
        await using var server = Connect(async exchange =>
        {
            await TwoLinesAsync(exchange);
            await exchange.SilenceAsync();
        });
        _engine.Get($"Receive-ScramjetOutput i -OutFile '{File("out")}' -DurationSec 1");
        Assert.Equal(["out"], Files());
    }

    [Fact]
    public async Task An_existing_file_is_kept_replaced_or_appended_to_as_requested()
    {
        var asked = 0;
        await using var server = Connect(async exchange =>
        {
            Interlocked.Increment(ref asked);
            await exchange.AnswerAsync(200, "new", null);
        });
        await System.IO.File.WriteAllTextAsync(File("out"), "old", TestContext.Current.CancellationToken);
        string Text() => System.IO.File.ReadAllText(File("out"));

        Assert.Equal("ALREADY_EXISTS", Code(_engine.Error($"Receive-ScramjetOutput i -OutFile '{File("out")}'")));
        _engine.Get($"Receive-ScramjetOutput i -OutFile '{File("out")}' -Force -WhatIf");
        _engine.Get($"Receive-ScramjetOutput i -OutFile '{File("other")}' -WhatIf");
        Assert.Equal(("old", 0), (Text(), asked));

        _engine.Get($"Receive-ScramjetOutput i -OutFile '{File("out")}' -Append");
        Assert.Equal("oldnew", Text());
        _engine.Get($"Receive-ScramjetOutput i -OutFile '{File("out")}' -Force");
        Assert.Equal("new", Text());
        Assert.Equal(["out"], Files());
    }

    [Theory]
    [InlineData("-Append")]
    [InlineData("-Force")]
    [InlineData("-OutFile x -Append -Force")]
    public async Task Switches_for_a_file_require_one_and_exclude_each_other(string parameters)
    {
        await using var server = Connect(exchange => exchange.AnswerAsync(200, "", null));
        Assert.Equal("BAD_PARAMETERS", Code(_engine.Error($"Receive-ScramjetOutput i {parameters}")));
    }

    [Fact]
    public async Task A_folder_is_rejected_and_a_link_is_followed()
    {
        await using var server = Connect(exchange => exchange.AnswerAsync(200, "new", null));
        Assert.Equal("FILE_UNWRITABLE", Code(_engine.Error($"Receive-ScramjetOutput i -OutFile '{_folder.FullName}' -Force")));
        if (OperatingSystem.IsWindows())
            Assert.Skip("Links need special rights on Windows.");
        await System.IO.File.WriteAllTextAsync(File("target"), "old", TestContext.Current.CancellationToken);
        System.IO.File.CreateSymbolicLink(File("link"), "target");
        _engine.Get($"Receive-ScramjetOutput i -OutFile '{File("link")}' -Force");
        Assert.Equal("target", new FileInfo(File("link")).LinkTarget);
        Assert.Equal("new", await System.IO.File.ReadAllTextAsync(File("target"), TestContext.Current.CancellationToken));
    }
}
