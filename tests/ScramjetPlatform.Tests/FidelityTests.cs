using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Data is received as it was sent, completely. Otherwise, there is an error.</summary>
public sealed class FidelityTests(RealPlatform real)
{
    private const string NoEnd = "{\"n\":1}\n{\"n\":2}\n";

    private static readonly string s_text = string.Concat(Enumerable.Repeat("🚀漢字żółw€𝄞\n", 2_000));

    private static readonly int[] s_sizes = [100, 4096, 100 * 1024];

    [Fact]
    public async Task Objects_are_sent_with_all_of_their_properties()
    {
        var hub = new FakeHub("sth-1");
        var instance = hub.AddInstance(hub.AddSequence("echo"));
        var bodies = new ConcurrentQueue<string>();
        hub.Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/input", StringComparison.Ordinal))
                return false;
            bodies.Enqueue(Encoding.UTF8.GetString(await exchange.ReadBodyAsync()));
            await exchange.AnswerAsync(200, "{}");
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();

        // Properties of all kinds, and of types that sessions extend. The first is of the kind that is sent without PSObject.Properties.
        session.Get("""
            Update-TypeData -TypeName Extended -MemberType ScriptProperty -MemberName Twice -Value { 2 * $this.a }
            $objects = @(
                [pscustomobject]@{
                    a = 1; B = 'x"é'; c = 1.0; d = $null; e = @(); f = 1, 'b'; g = [pscustomobject]@{ h = $true }
                    'i j' = 10000000000; k = 1.5d; l = [single]0.1
                }
                [pscustomobject]@{ a = 1 } | Add-Member twice { 2 * $this.a } -MemberType ScriptProperty -PassThru
                [pscustomobject]@{ a = 1 } | Add-Member b a -MemberType AliasProperty -PassThru | Add-Member m { 3 } -MemberType ScriptMethod -PassThru
                [pscustomobject]@{ PSTypeName = 'Extended'; a = 4 }
                [pscustomobject]@{ PSTypeName = 'Other'; a = 5 }
                [pscustomobject]@{ a = 6; b = 7 } | Select-Object a, @{ n = 'c'; e = { $_.b + 1 } }
                'a,b', '9,y' | ConvertFrom-Csv
                [pscustomobject]@{}
                [ordered]@{ b = 1; A = [version]'1.2'; n = @{ x = @{} } }
                @{ 1 = 'one' }
                [version]'1.2.3'
                [datetimeoffset]'2026-11-24T01:00:00+01:00'
                [System.DayOfWeek]::Friday
                [bigint]::Parse('123456789012345678901234567890')
                [byte]7
                [timespan]'0:01:00'
            )
            """);
        session.Get($"$objects | Send-ScramjetInput {instance} -ContentType application/x-ndjson -KeepOpen");
        Assert.Equal(
            """
            {"a":1,"B":"x\"\u00e9","c":1.0,"d":null,"e":[],"f":[1,"b"],"g":{"h":true},"i j":10000000000,"k":1.5,"l":0.1}
            {"a":1,"twice":2}
            {"a":1,"b":1}
            {"a":4,"Twice":8}
            {"a":5}
            {"a":6,"c":8}
            {"a":"9","b":"y"}
            {}
            {"b":1,"A":"1.2","n":{"x":{}}}
            {"1":"one"}
            "1.2.3"
            "2026-11-24T01:00:00.0000000+01:00"
            "Friday"
            123456789012345678901234567890
            7
            "00:01:00"

            """,
            string.Concat(bodies));

        // A value that can't be sent leaves nothing of itself in the next one.
        var result = session.Run(
            $"[pscustomobject]@{{ a = 1; s = [securestring]::new() }}, @{{ n = 1 }} | Send-ScramjetInput {instance} -ContentType application/x-ndjson");
        Assert.Equal("BAD_PARAMETERS", Code(Assert.Single(result.Errors)));
        Assert.EndsWith("\"00:01:00\"\n{\"n\":1}\n", string.Concat(bodies), StringComparison.Ordinal);
    }

    /// <summary>Hubs of 1.0, each way to send bytes to an instance, and sizes.</summary>
    public static IEnumerable<TheoryDataRow<TestHub, string, int>> Bytes() =>
        from hub in HubUnderTest.InTheFormOf10()
        from way in new[] { "path", "pipeline", "receive", "receive-path", "invoke" }
        from size in s_sizes
        select new TheoryDataRow<TestHub, string, int>(hub.Data, way, size);

    /// <summary>The real 0.18.7 hub decodes all input as UTF-8 text, so it isn't used for random bytes.</summary>
    [Theory]
    [MemberData(nameof(Bytes))]
    public async Task Bytes_are_received_as_they_were_sent(TestHub which, string way, int size)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        using var reader = hub.Connect();
        var sequence = hub.Sequence("echo");
        var (source, target) = (Path.Combine(sequence.Folder, "in.bin"), Path.Combine(sequence.Folder, "out.bin"));
        var bytes = RandomNumberGenerator.GetBytes(size);
        await File.WriteAllBytesAsync(source, bytes, TestContext.Current.CancellationToken);
        session.Set("s", session.Single($"Publish-ScramjetSequence '{sequence.Folder}'"));
        session.Set("bytes", bytes);
        if (way == "invoke")
        {
            Assert.Equal(bytes, Join(session.Get(", $bytes | Invoke-ScramjetSequence $s -OutputContentType application/octet-stream")));
            return;
        }

        var instance = session.Single("$s | Start-ScramjetSequence -Wait");
        session.Set("i", instance);
        if (way.StartsWith("receive", StringComparison.Ordinal))
        {
            var send = way == "receive" ? ", $bytes | Send-ScramjetInput $i" : $"Send-ScramjetInput $i -Path '{source}'";
            Assert.Equal(bytes, Join(session.Get(send + " -ReceiveOutput -OutputContentType application/octet-stream")));
            return;
        }

        var receiving = Task.Run(() => reader.Get($"$input | Receive-ScramjetOutput -OutFile '{target}'", instance), TestContext.Current.CancellationToken);
        session.Get(way == "path" ? $"Send-ScramjetInput $i -Path '{source}'" : ", $bytes | Send-ScramjetInput $i");
        await receiving;
        Assert.Equal(bytes, await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken));
    }

    /// <summary>Characters of four bytes, offset by one: a piece that is decoded separately splits some of them.</summary>
    [Theory]
    [EachHub]
    public async Task Text_is_received_as_it_was_sent(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("echo");
        var source = Path.Combine(sequence.Folder, "in.txt");
        await File.WriteAllTextAsync(source, s_text, TestContext.Current.CancellationToken);
        session.Set("s", session.Single($"Publish-ScramjetSequence '{sequence.Folder}'"));
        session.Set("i", session.Single("$s | Start-ScramjetSequence -Wait"));
        var lines = session.Get(
            $"Send-ScramjetInput $i -Path '{source}' -ContentType application/octet-stream -ReceiveOutput -OutputContentType text/plain -WarningAction Ignore");
        Assert.Equal(s_text, string.Concat(lines.Select(l => l + "\n")));
    }

    [Theory]
    [EachHub]
    public async Task Lines_keep_their_carriage_returns(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("echo");
        string[] lines = ["a\r", "", "\r", "b\rc", "d\r\r", " e ", "f\r"];
        Assert.Equal(lines, session.Get("$input | Invoke-ScramjetSequence $s -OutputContentType text/plain", lines).Select(l => (string)l.BaseObject));
    }

    [Theory]
    [EachHub]
    public async Task A_run_returns_all_objects(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("echo");
        var output = session.Get("1..20000 | Invoke-ScramjetSequence $s | Measure-Object -Sum | ForEach-Object { $_.Count, $_.Sum }");
        Assert.Equal([20_000, 200_010_000d], output.Select(o => o.BaseObject));
    }

    /// <summary>Runners of 0.18 sometimes passed the first objects to the program several times, if they arrived together with their content type.</summary>
    [Theory]
    [EachHub]
    public async Task The_first_objects_are_received_once_in_repeated_runs(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("echo");
        for (var i = 0; i < 5; i++)
            Assert.Equal(Enumerable.Range(1, 3000).Select(n => (long)n), session.Get("1..3000 | Invoke-ScramjetSequence $s").Select(o => (long)o.BaseObject));
    }

    /// <summary>Hubs of 1.0 report success if a program fails while it writes output.</summary>
    [Theory]
    [EachHub]
    public async Task A_program_that_fails_while_writing_is_an_error_after_its_output(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("fail");
        var result = session.Run("1..5 | ForEach-Object { @{ n = $_ } } | Invoke-ScramjetSequence $s");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        Assert.Equal("INSTANCE_FAILED", Code(Assert.Single(result.Errors)));
    }

    /// <summary>The output of such a program ends as that of one that has succeeded, and hubs say only later, or never, that it has failed.</summary>
    [Theory]
    [EachHub]
    public async Task A_started_program_that_fails_is_an_error_after_its_output(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{hub.Sequence("fail").Folder}' | Start-ScramjetSequence"));
        var result = session.Run("1..5 | ForEach-Object { @{ n = $_ } } | Send-ScramjetInput $i -ReceiveOutput");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        Assert.Equal("INSTANCE_FAILED", Code(Assert.Single(result.Errors)));
    }

    [Fact]
    public void A_started_program_that_is_killed_is_an_error_after_its_output()
    {
        using var sequence = TestSequence.Of("worker");
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence"));
        var result = session.Run("1..5 | ForEach-Object { @{ n = $_; kills = $_ -eq 3 } } | Send-ScramjetInput $i -ReceiveOutput");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        Assert.Equal("INSTANCE_FAILED", Code(Assert.Single(result.Errors)));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    /// <summary>Hubs of 0.18 forget such an instance, and its log, at once.</summary>
    [Theory]
    [EachHub(Only10 = true)]
    public async Task The_error_of_an_instance_that_failed_contains_what_its_program_has_thrown(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        session.Set("s", session.Single($"Publish-ScramjetSequence '{hub.Sequence("throws").Folder}'"));
        var error = session.Error("1 | Invoke-ScramjetSequence $s");
        Assert.Equal("INSTANCE_FAILED", Code(error));
        Assert.EndsWith(": Error: It fails at once.", error.Exception.Message, StringComparison.Ordinal);
    }

    /// <summary>The runners of each version end the input of a program with an error at a null in JSON, and hubs leave the output open.</summary>
    [Theory]
    [EachHub]
    public async Task A_null_among_objects_is_an_error_and_an_empty_line_of_text(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndStart("echo");
        string[] commands = ["Invoke-ScramjetSequence $s", "Invoke-ScramjetSequence $s -InstanceCount 2 -Ordered", "Send-ScramjetInput $i -ReceiveOutput"];
        foreach (var command in commands)
        {
            var objects = session.Run($"@{{ n = 1 }}, $null, @{{ n = 3 }} | {command}");
            Assert.Equal([1L, 3L], objects.Output.Select(o => o.Properties["n"].Value));
            var error = Assert.Single(objects.Errors);
            Assert.Equal("BAD_PARAMETERS", Code(error));
            Assert.StartsWith("A null can't be sent as application/x-ndjson", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(["a", "", "b"], session.Get("'a', $null, 'b' | Invoke-ScramjetSequence $s").Select(o => o.BaseObject));
        Assert.Equal(["", "b"], session.Get("$null, 'b' | Invoke-ScramjetSequence $s -ContentType text/plain").Select(o => o.BaseObject));

        // It doesn't determine the content type.
        var first = session.Run("$null, 'b' | Invoke-ScramjetSequence $s");
        Assert.Equal("b", Assert.Single(first.Output).BaseObject);
        Assert.Equal("BAD_PARAMETERS", Code(Assert.Single(first.Errors)));
        Assert.Empty(session.Get("$s | Get-ScramjetInstance | Where-Object HasEnded -eq $false | Where-Object Id -ne $i.Id"));
    }

    [Theory]
    [EachHub]
    public async Task A_record_that_can_not_be_sent_has_a_number(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("fail");
        var result = session.Run("1..5 | ForEach-Object { if ($_ -eq 2) { [double]::NaN } else { @{ n = $_ } } } | Invoke-ScramjetSequence $s -Ordered");
        Assert.Equal("BAD_PARAMETERS", Code(result.Errors[0]));
        Assert.Contains("(4-5)", result.Errors[1].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [EachHub]
    public async Task Blocks_of_bytes_go_in_as_they_come(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("hex");
        var path = Path.Combine(sequence.Folder, "bytes");
        File.WriteAllBytes(path, [.. Enumerable.Range(0, 3000).Select(i => (byte)('a' + (i % 26)))]);
        session.Set("s", session.Single($"Publish-ScramjetSequence '{sequence.Folder}'"));
        foreach (var count in new[] { 0, 1, 1000 })
        {
            var hex = string.Concat(
                session.Get($"Get-Content '{path}' -AsByteStream -ReadCount {count} | Invoke-ScramjetSequence $s -ContentType application/octet-stream"));
            Assert.Equal(Convert.ToHexStringLower(File.ReadAllBytes(path)), hex);
        }
    }

    [Theory]
    [EachHub]
    public async Task Nothing_is_lost_to_a_reader_that_has_just_disconnected(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndStart("echo");
        session.Get("'first' | Send-ScramjetInput $i -KeepOpen");
        Assert.Equal("first", session.Single("$i | Receive-ScramjetOutput -ContentType text/plain -First 1").BaseObject);
        var lines = session.Get(
            "1..20 | ForEach-Object { \"line $_\" } | Send-ScramjetInput $i -KeepOpen -ReceiveOutput -OutputContentType text/plain | Select-Object -First 20");
        Assert.Equal(Enumerable.Range(1, 20).Select(n => $"line {n}"), lines.Select(l => (string)l.BaseObject));
    }

    [Fact]
    public async Task The_output_is_open_before_anything_is_sent()
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("echo"), id: "i");
        var opened = false;
        var early = new ConcurrentQueue<string>();
        hub.Intercept = async (exchange, path) =>
        {
            if (path == "/instance/i/output")
            {
                await Task.Delay(300);
                opened = true;
            }
            else if (path == "/instance/i/input" && !opened)
            {
                early.Enqueue(path);
            }

            return false;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        Assert.Equal(
            ["one", "two"],
            session.Get("'one', 'two' | Send-ScramjetInput i -ReceiveOutput -OutputContentType text/plain").Select(l => (string)l.BaseObject));
        Assert.Empty(early);
    }

    [Fact]
    public async Task Input_is_announced_once_and_only_if_necessary()
    {
        var hub = new FakeHub("sth-0");
        foreach (var id in new[] { "text", "objects", "stdin" })
            hub.AddInstance(hub.AddSequence("echo"), id: id);
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Get("'a' | Send-ScramjetInput text -KeepOpen; 'b' | Send-ScramjetInput text -KeepOpen; 'c' | Send-ScramjetInput text");
        session.Get("@{ a = 'ż' } | Send-ScramjetInput objects -KeepOpen; @{ b = 1 } | Send-ScramjetInput objects");
        session.Get("'d' | Send-ScramjetInput stdin -Stdin");
        Assert.Equal(
            [
                "text/input text/plain false", "text/input text/plain false", "text/input text/plain false", "text/input text/plain ",
                "objects/input application/x-ndjson false", "objects/input application/x-ndjson ",
                "stdin/stdin application/octet-stream ",
            ],
            server.Requests.Where(r => r.Target.EndsWith("/input", StringComparison.Ordinal) || r.Target.EndsWith("/stdin", StringComparison.Ordinal))
                .Select(r => $"{r.Target["/api/v1/instance/".Length..]} {r.Headers["Content-Type"]} {r.Headers.GetValueOrDefault("x-end-stream")}"));
    }

    /// <summary>An instance whose input comes from a topic accepts no other input. The announcement is rejected, as the data would be.</summary>
    [Fact]
    public async Task Input_that_comes_from_a_topic_is_an_error()
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("echo");
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Set("i", session.Single("Start-ScramjetSequence echo -InputTopic cities"));
        foreach (var what in new[] { "'text'", "@{ n = 1 }" })
            Assert.Contains("405", session.Error($"{what} | Send-ScramjetInput $i").ToString(), StringComparison.Ordinal);
    }

    /// <summary>The pipeline waits while the connection is being established, so that data that is written with pauses is sent with pauses.</summary>
    [Fact]
    public async Task Data_that_is_written_with_a_pause_is_not_joined()
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("echo"), id: "i");
        var announced = false;
        hub.Intercept = (exchange, path) =>
        {
            announced |= path == "/instance/i/input" && exchange.Headers.GetValueOrDefault("x-end-stream") == "false";
            return Task.FromResult(false);
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        var second = false;
        session.Set("second", () => second = announced);
        session.Get("& { '5'; $second.Invoke(); '-3' } | Send-ScramjetInput i");
        Assert.True(second, "The second text was taken from the pipeline before the first could be sent.");
    }

    [Fact]
    public async Task An_output_that_ends_before_the_program_is_an_error_with_the_received_amount()
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("wait");
        hub.Intercept = (exchange, path) => AnswerAsync(exchange, path, "/output", NoEnd);
        await using var server = hub.Serve();
        using var session = server.Connect();
        var result = session.Run("1..3 | ForEach-Object { @{ n = $_ } } | Invoke-ScramjetSequence wait");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        var error = Assert.Single(result.Errors);
        Assert.Equal("STREAM_BROKEN", Code(error));
        Assert.Contains(
            $"2 objects ({NoEnd.Length} bytes) of output were read, and 3 objects (24 bytes) of input were sent",
            error.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_is_shorter_than_written_is_an_error_with_the_difference()
    {
        var hub = new FakeHub("sth-0") { Second = TimeSpan.FromMilliseconds(100) };
        hub.AddSequence("count");
        hub.Intercept = (exchange, path) => AnswerAsync(exchange, path, "/output", NoEnd);
        await using var server = hub.Serve();
        using var session = server.Connect();
        var result = session.Run("Invoke-ScramjetSequence count -ArgumentList 3");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        var error = Assert.Single(result.Errors);
        Assert.Equal("STREAM_BROKEN", Code(error));
        Assert.Contains("8 of the 24 bytes", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A runner exits ten seconds after its program has ended, and output that wasn't read by then is lost.</summary>
    [Fact]
    public async Task A_slow_pipeline_loses_nothing_when_the_program_has_ended()
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("hello");
        var block = string.Concat(Enumerable.Repeat($"{{\"text\":\"{new string('x', 1000)}\"}}\n", 64));
        var sent = new TaskCompletionSource();
        hub.Intercept = async (exchange, path) =>
        {
            if (path.EndsWith("/log", StringComparison.Ordinal))
            {
                await exchange.BeginChunkedAsync();
                await exchange.SendChunkAsync("""{"msg":"Sequence completed. Waiting 10000ms with exit.","level":"TRACE","ts":1,"from":"Runner"}""" + "\n");
                await exchange.LeftAsync();
                return true;
            }

            if (!path.EndsWith("/output", StringComparison.Ordinal))
                return false;
            await exchange.BeginChunkedAsync();
            for (var i = 0; i < 1000; i++)
                await exchange.SendChunkAsync(block);
            await exchange.EndChunkedAsync();
            sent.SetResult();
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Set("untilSent", (Action)(() => sent.Task.WaitAsync(TimeSpan.FromSeconds(60)).Wait()));
        Assert.Equal(
            64_000,
            session.Single(
                "$first = $true; Invoke-ScramjetSequence hello | ForEach-Object { if ($first) { $first = $false; $untilSent.Invoke() }; 1 } | "
                    + "Measure-Object | ForEach-Object Count").BaseObject);
    }

    [Fact]
    public async Task A_value_that_the_end_of_the_stream_cuts_is_an_error()
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        hub.Intercept = (exchange, path) => AnswerAsync(exchange, path, "/instance/i/output", NoEnd + "{\"n\":");
        await using var server = hub.Serve();
        using var session = server.Connect();
        foreach (var type in new[] { "", "-ContentType application/x-ndjson" })
        {
            var result = session.Run($"Receive-ScramjetOutput i {type}");
            Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
            var error = Assert.Single(result.Errors);
            Assert.Equal("STREAM_BROKEN", Code(error));
            Assert.Equal("{\"n\":", error.TargetObject);
        }
    }

    [Fact]
    public async Task Lines_before_an_invalid_chunk_are_written_before_the_error()
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        hub.Intercept = async (exchange, path) =>
        {
            if (path != "/instance/i/output")
                return false;
            await exchange.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"n\":1}\n\r\n8\r\n{\"n\":2}\n\r\nnonsense\r\n");
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        var result = session.Run("Receive-ScramjetOutput i");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        Assert.Equal("STREAM_BROKEN", Code(Assert.Single(result.Errors)));
    }

    [Theory]
    [EachHub]
    public async Task The_received_part_of_a_line_is_written_at_the_time_limit(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndStart("begin");
        Assert.Equal("0,", session.Single("$i | Receive-ScramjetOutput -DurationSec 4").BaseObject);
    }

    [Theory]
    [EachHub]
    public async Task A_followed_log_ends_with_its_instance(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("wait");
        foreach (var follow in new[] { "Get-ScramjetLog -Follow", "Receive-ScramjetOutput -Stream Log" })
        {
            var instance = session.Single("$s | Start-ScramjetSequence -Wait");
            using var reader = hub.Connect();
            var any = new TaskCompletionSource();
            reader.Set("any", (Action)(() => any.TrySetResult()));
            var following = Task.Run(
                () => reader.Get($"$input | {follow} | ForEach-Object {{ $any.Invoke(); $_ }}", instance),
                TestContext.Current.CancellationToken);
            if (which != TestHub.StandIn)
                await any.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            session.Get("$input | Stop-ScramjetInstance -Force", instance);
            Assert.NotNull(await following.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Any_number_of_endless_streams_run_at_once()
    {
        const int Many = 80;
        var hub = new FakeHub("sth-0");
        var sequence = hub.AddSequence("ticks");
        for (var i = 0; i < Many; i++)
            hub.AddInstance(sequence, id: $"i{i:00}");
        var opened = new ConcurrentDictionary<string, bool>();
        var all = new TaskCompletionSource();
        hub.Intercept = (_, path) =>
        {
            if (path.EndsWith("/output", StringComparison.Ordinal) && opened.TryAdd(path, true) && opened.Count == Many)
                all.TrySetResult();
            return Task.FromResult(false);
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        await session.StopAfterAsync("Get-ScramjetInstance | Receive-ScramjetOutput", TimeSpan.Zero, () => all.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(Many, opened.Count);
    }

    [Theory]
    [EachHub]
    public async Task A_configuration_is_sent_as_specified(TestHub which)
    {
        const string Text = """{"b":"2024-01-01T00:00:00+05:30","c":"/Date(1)/","n":[9007199254740991,0.1,-1.5],"e":"🚀"}""";
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("told");
        session.Set("text", Text);
        const string Told = $$"""{"config":{{Text}},"args":[]}""";
        Assert.Equal(Told, session.Single("Invoke-ScramjetSequence $s -AppConfig $text -OutputContentType text/plain").BaseObject);
        session.Set("i", session.Single("Start-ScramjetSequence $s -AppConfig $text"));
        Assert.Equal(Told, session.Single("$i | Receive-ScramjetOutput -ContentType text/plain").BaseObject);
    }

    [Theory]
    [InlineData("""{"b":"2024-01-01T00:00:00+05:30","n":[1.50,1e2,123456789012345678901234567890,0.1234567890123456789]}""")]
    [InlineData("""{"z":1,"a":{"z":null,"a":[]}}""")]
    public async Task A_configuration_in_JSON_is_sent_as_written(string text)
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("wait");
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Set("text", text);
        var file = Path.Combine(Directory.CreateTempSubdirectory("scramjet-test-").FullName, "start.json");
        await File.WriteAllTextAsync(file, $$"""{"appConfig":{{text}}}""", TestContext.Current.CancellationToken);
        session.Get($"Start-ScramjetSequence wait -AppConfig $text; Start-ScramjetSequence wait -StartupConfig '{file}'");
        var starts = server.Requests.Where(r => r.Target.EndsWith("/start", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, starts.Length);
        foreach (var start in starts)
            Assert.Equal($$"""{"appConfig":{{text}},"args":[]}""", await BodyAsync(start));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Theory]
    [InlineData("{a: 0123}")]
    [InlineData("{\"a\": 0123}")]
    [InlineData("{\"a\": NaN}")]
    [InlineData("{'a': 1}")]
    [InlineData("{\"a\": 1, /* one */ \"b\": 2}")]
    [InlineData("{\"a\": 1,}")]
    [InlineData("{\"a\": 1, \"a\": 2}")]
    public async Task A_configuration_that_is_not_JSON_is_an_error(string text)
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("wait");
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Set("text", text);
        foreach (var command in new[] { "Start-ScramjetSequence wait", "Invoke-ScramjetSequence wait" })
        {
            var error = session.Error($"{command} -AppConfig $text");
            Assert.Equal("BAD_PARAMETERS", Code(error));
            Assert.Contains("-AppConfig isn't valid JSON", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(hub.Instances);
    }

    [Fact]
    public async Task Events_are_received_as_they_were_sent()
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("ping"), id: "i");
        hub.Intercept = (exchange, path) => AnswerAsync(
            exchange,
            path,
            "/instance/i/events/pong",
            "\"2024-01-01T00:00:00+05:30\"\n{\"at\":\"2024-01-01T00:00:00Z\",\"n\":12345678901234567890}\n0123\n");
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Set("e", session.Get("Receive-ScramjetEvent i pong -Follow"));
        Assert.Equal(
            ["2024-01-01T00:00:00+05:30", "2024-01-01T00:00:00Z", "12345678901234567890", "0123"],
            session.Get("$e[0].Message; $e[1].Message.at; \"$($e[1].Message.n)\"; $e[2].Message").Select(m => (string)m.BaseObject));
    }

    /// <summary>Responds with a stream of one chunk.</summary>
    private static async Task<bool> AnswerAsync(FaultServer.Exchange exchange, string path, string stream, string data)
    {
        if (!path.EndsWith(stream, StringComparison.Ordinal))
            return false;
        await exchange.BeginChunkedAsync();
        await exchange.SendChunkAsync(data);
        await exchange.EndChunkedAsync();
        return true;
    }

    private static byte[] Join(IReadOnlyList<System.Management.Automation.PSObject> blocks) => [.. blocks.SelectMany(b => (byte[])b.BaseObject)];

    private static async Task<string> BodyAsync(FaultServer.Exchange exchange) => Encoding.UTF8.GetString(await exchange.ReadBodyAsync());
}
