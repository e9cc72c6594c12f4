using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Data through real instances, and errors if that isn't possible.</summary>
public sealed class StreamTests(RealPlatform real)
{
    /// <summary>Returns objects unchanged.</summary>
    private const string Echo = "module.exports = input => input;";

    /// <summary>Returns bytes and text unchanged.</summary>
    private const string RawEcho = "module.exports = input => input.pipe(new (require('stream').PassThrough)());";

    [Fact]
    public void A_sequence_is_a_filter()
    {
        using var session = real.ConnectHub();
        session.Set("folder", Path.Combine(Engine.RepositoryRoot, "docs/samples/double"));
        AssertFilters(session, "Invoke-ScramjetSequence -Path $folder -RemoveAfter", 100_000);
        Assert.Empty(session.Get("Get-ScramjetInstance -Sequence double | Where-Object HasEnded -ne $true"));
    }

    /// <summary>Each object is returned twice. The first one is returned before the last one is sent, because more are sent until one arrives.</summary>
    private static void AssertFilters(Engine session, string command, int objects)
    {
        var result = session.Get($$"""
            $seen = @{ sent = 0; first = 0 }
            & {
                1..{{objects}} | ForEach-Object { $seen.sent++; [pscustomobject]@{ n = $_ } }
                while (-not $seen.first) { $seen.sent++; [pscustomobject]@{ n = $seen.sent } }
                $seen.sent++; [pscustomobject]@{ n = $seen.sent }
            } | {{command}} | Where-Object { if (-not $seen.first) { $seen.first = $seen.sent }; $_.n % 2 -eq 0 }
            $seen.sent
            """);
        Assert.Equal((int)result[^1].BaseObject, result.Count - 1);
        Assert.All(result.SkipLast(1).Select((o, i) => (o, i)), x => Assert.Equal(2L * (x.i + 1), x.o.Properties["n"].Value));
        TestContext.Current.TestOutputHelper?.WriteLine($"{session.Single("$seen.first").BaseObject} objects were sent when the first one came back.");
    }

    /// <summary>With a stand-in: the real 0.18.7 hub decodes all input as UTF-8 text, so it isn't used for random bytes.</summary>
    [Fact]
    public async Task Random_bytes_are_received_as_they_were_sent()
    {
        var pipe = System.Threading.Channels.Channel.CreateBounded<byte[]>(4);
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("echo"), id: "i");
        hub.Intercept = async (exchange, path) =>
        {
            if (path == "/instance/i/input")
            {
                await foreach (var block in exchange.ReadBlocksAsync())
                    await pipe.Writer.WriteAsync(block);
                var goesOn = exchange.Headers.TryGetValue("x-end-stream", out var end) && end == "false";
                if (!goesOn)
                    pipe.Writer.Complete();
                await exchange.AnswerAsync(goesOn ? 202 : 200, "", null);
                return true;
            }

            if (path != "/instance/i/output")
                return false;
            await exchange.BeginChunkedAsync();
            await foreach (var block in pipe.Reader.ReadAllAsync())
                await exchange.SendChunkAsync(block);
            await exchange.EndChunkedAsync();
            return true;
        };
        await using var server = hub.Serve();
        using var writer = new Engine();
        using var reader = new Engine();
        var folder = Directory.CreateTempSubdirectory("scramjet-bytes-");
        var (source, target) = (Path.Combine(folder.FullName, "in"), Path.Combine(folder.FullName, "out"));
        await using (var file = File.Create(source))
        {
            for (var i = 0; i < 256; i++)
                await file.WriteAsync(RandomNumberGenerator.GetBytes(1 << 20), TestContext.Current.CancellationToken);
        }

        foreach (var engine in new[] { writer, reader })
            engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        var before = GC.GetTotalMemory(true);
        var receiving = Task.Run(() => reader.Get($"Receive-ScramjetOutput i -OutFile '{target}'"));
        writer.Get($"Send-ScramjetInput i -Path '{source}'");
        await receiving;
        Assert.True(GC.GetTotalMemory(true) - before < 64 << 20);
        await AssertSameAsync(source, target);
        folder.Delete(recursive: true);
    }

    /// <summary>
    /// Random text with characters of one to four bytes, since the real 0.18.7 hub decodes all input as UTF-8. It is sent as bytes, because an instance decodes
    /// text piece by piece and corrupts characters at the borders. It is 128 MiB at most: the hub transfers about 15 MiB per second.
    /// </summary>
    [Fact]
    public async Task A_real_hub_returns_text_byte_by_byte()
    {
        var alphabet = Enumerable.Range(0, 256)
            .Select(n => Encoding.UTF8.GetBytes(char.ConvertFromUtf32((n % 4) switch { 0 => 10 + n / 2, 1 => 0x100 + n, 2 => 0x4E00 + n, _ => 0x1F300 + n })))
                .ToArray();
        using var sequence = new TestSequence(RawEcho);
        var (source, target) = (Path.Combine(sequence.Folder, "in"), Path.Combine(sequence.Folder, "out"));
        await using (var file = File.Create(source))
        {
            var random = new byte[1 << 16];
            using var block = new MemoryStream();
            while (file.Length < 128 << 20)
            {
                Random.Shared.NextBytes(random);
                block.SetLength(0);
                foreach (var one in random)
                    block.Write(alphabet[one]);
                await file.WriteAsync(block.GetBuffer().AsMemory(0, (int)block.Length), TestContext.Current.CancellationToken);
            }
        }

        await EchoFileAsync(sequence, source, target, "application/octet-stream");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no end")]
    [InlineData("\r\n")]
    [InlineData("\n\n\n")]
    [InlineData("\uFEFFone\r\ntwo\n\r\n\nthree\r")]
    [InlineData("a\0b\u001b[0m\n{\"ключ\":[\"🧪\",{\"b\":null}]}")]
    public async Task A_real_hub_returns_unusual_text_byte_by_byte(string text)
    {
        using var sequence = new TestSequence(RawEcho);
        var source = Path.Combine(sequence.Folder, "in");
        await File.WriteAllTextAsync(source, text, TestContext.Current.CancellationToken);
        await EchoFileAsync(sequence, source, Path.Combine(sequence.Folder, "out"), "text/plain");
    }

    /// <summary>Sends a file through an echo, and compares the result.</summary>
    private async Task EchoFileAsync(TestSequence sequence, string source, string target, string contentType)
    {
        using var writer = real.ConnectHub();
        using var reader = real.ConnectHub();
        var instance = writer.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait");
        writer.Set("i", instance);
        var receiving = Task.Run(() => reader.Get($"$input | Receive-ScramjetOutput -OutFile '{target}'", instance));
        writer.Get($"Send-ScramjetInput $i -Path '{source}' -ContentType {contentType}");
        await receiving;
        await AssertSameAsync(source, target);
        writer.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    private static async Task AssertSameAsync(string source, string target)
    {
        await using var sent = File.OpenRead(source);
        await using var received = File.OpenRead(target);
        Assert.Equal(sent.Length, received.Length);
        Assert.Equal(
            await SHA256.HashDataAsync(sent, TestContext.Current.CancellationToken),
            await SHA256.HashDataAsync(received, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Text_keeps_its_lines()
    {
        using var sequence = new TestSequence(RawEcho);
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        string[] lines = ["first", "", "🚀 Gdańsk 漢字", new string('x', 10_000_000), "  spaces  ", "no end"];
        var output = session.Get($"$input | Invoke-ScramjetSequence {sequence.Name} -OutputContentType text/plain", lines);
        Assert.Equal(lines, output.Select(o => (string)o.BaseObject));
        Assert.Empty(session.Get($"Invoke-ScramjetSequence {sequence.Name}"));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void Objects_keep_their_structure()
    {
        using var sequence = new TestSequence(Echo);
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        session.Set(
            "o",
            session.Get(
                $"@{{ a = 1; b = @{{ c = @(1, 'zwei', $null, $true) }}; d = 'Ä🚀'; e = 1.5; f = '2026-01-02T03:04:05Z' }} | Invoke-ScramjetSequence "
                    + $"{sequence.Name}")[0]);
        Assert.Equal(
            "1 4 zwei True Ä🚀 1.5 2026-01-02T03:04:05Z",
            session.Single("\"$($o.a) $($o.b.c.Count) $($o.b.c[1]) $($o.b.c[3]) $($o.d) $($o.e) $($o.f)\"").BaseObject);
        Assert.Null(session.Single("$o.b").Properties["missing"]);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    /// <summary>Instances decode NDJSON piece by piece, and would corrupt characters at the borders.</summary>
    [Fact]
    public void Objects_keep_their_characters_regardless_of_their_number()
    {
        using var sequence = new TestSequence(Echo);
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var text = string.Concat(Enumerable.Repeat("🚀漢字ż", 50));
        session.Set("text", text);
        var output = session.Get($"1..10000 | ForEach-Object {{ @{{ 'ключ' = $text }} }} | Invoke-ScramjetSequence {sequence.Name}");
        Assert.Equal(10_000, output.Count);
        Assert.All(output, o => Assert.Equal(text, o.Properties["ключ"]?.Value));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void A_failure_returns_the_data_before_it_and_one_error()
    {
        using var sequence = new TestSequence("""
            module.exports = async function*(input) {
                for await (const item of input) {
                    if (item.n === 3) { process.stderr.write("about to fail\n"); await new Promise(r => setTimeout(r, 300)); throw new Error("half way"); }
                    yield item;
                }
            };
            """);
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var result = session.Run($"1..10 | ForEach-Object {{ @{{ n = $_ }} }} | Invoke-ScramjetSequence {sequence.Name}");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        Assert.Equal("INSTANCE_FAILED", Code(Assert.Single(result.Errors)));
        Assert.Contains("about to fail", result.Warnings);
        Assert.Empty(session.Get($"Get-ScramjetInstance -Sequence {sequence.Name} | Where-Object HasEnded -ne $true"));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public async Task Stopping_an_invocation_ends_its_instance()
    {
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        using var observer = real.ConnectHub();
        var time = await session.StopAfterAsync($"1..3 | Invoke-ScramjetSequence {sequence.Name}", TimeSpan.Zero, async () =>
        {
            while (observer.Get($"Get-ScramjetInstance -Sequence {sequence.Name} -Status Running").Count == 0)
                await Task.Delay(100);
        });
        Assert.True(time < TimeSpan.FromSeconds(10), $"It took {time}.");
        for (var i = 0; i < 50 && observer.Get($"Get-ScramjetInstance -Sequence {sequence.Name} | Where-Object HasEnded -ne $true").Count > 0; i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Empty(observer.Get($"Get-ScramjetInstance -Sequence {sequence.Name} | Where-Object HasEnded -ne $true"));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void Standard_streams_transfer_text()
    {
        using var sequence = new TestSequence("""
            module.exports = async function() {
                process.stdin.on("data", d => { process.stdout.write("out " + d); process.stderr.write("err " + d); });
                await new Promise(r => setTimeout(r, 600000));
            };
            """);
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        session.Get("'typed' | Send-ScramjetInput $i -Stdin -KeepOpen");
        Assert.Equal("out typed", session.Single("$i | Receive-ScramjetOutput -Stream Stdout -First 1 -DurationSec 20").BaseObject);
        Assert.Equal("err typed", session.Single("$i | Receive-ScramjetOutput -Stream Stderr -First 1 -DurationSec 20").BaseObject);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void Input_can_be_sent_in_parts()
    {
        using var sequence = new TestSequence(RawEcho);
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        session.Get("'one' | Send-ScramjetInput $i -KeepOpen; 'two' | Send-ScramjetInput $i");
        Assert.Equal(["one", "two"], session.Get("$i | Receive-ScramjetOutput -First 2 -DurationSec 20").Select(o => (string)o.BaseObject));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void An_instance_is_a_filter_too()
    {
        using var session = real.ConnectHub();
        session.Set("folder", Path.Combine(Engine.RepositoryRoot, "docs/samples/double"));
        session.Set("i", session.Single("Publish-ScramjetSequence $folder | Start-ScramjetSequence -Wait"));
        AssertFilters(session, "Send-ScramjetInput $i -ReceiveOutput", 5_000);
        session.Get("$i.SequenceId | Remove-ScramjetSequence -Force -Confirm:$false");
    }

    [Fact]
    public void Input_that_is_not_read_is_a_warning()
    {
        using var sequence = new TestSequence("module.exports = async function*(input) { for await (const item of input) { yield item; return; } };");
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        var result = session.Run("1..200000 | ForEach-Object { @{ n = $_ } } | Send-ScramjetInput $i -ReceiveOutput");
        Assert.Empty(result.Errors);
        Assert.Equal(1L, Assert.Single(result.Output).Properties["n"].Value);
        Assert.Contains("before the instance had read all", Assert.Single(result.Warnings), StringComparison.Ordinal);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    /// <summary>A hub accepts it and never responds. If this connection has ended the input, it is known; otherwise, only a warning is possible.</summary>
    [Fact]
    public async Task Input_after_its_end_is_an_error_or_a_warning()
    {
        using var sequence = new TestSequence(
            "module.exports = async function(input) { for await (const item of input); await new Promise(r => setTimeout(r, 600000)); };");
        using var session = real.ConnectHub();
        using var other = real.ConnectHub();
        var instance = session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait");
        session.Set("i", instance);
        session.Get("'one' | Send-ScramjetInput $i");
        Assert.Equal("INPUT_ENDED", Code(session.Error("'two' | Send-ScramjetInput $i")));

        // Through a space, a hub responds as if it had accepted it.
        if (RealPlatform.ThroughSpace)
            return;

        var warned = new TaskCompletionSource<string>();
        other.Set("id", instance.Properties["Id"].Value);
        other.Set("warned", (Action<object>)(w => warned.TrySetResult(w.ToString()!)));
        var sending = Task.Run(() => other.Run("'two' | Send-ScramjetInput $id 3>&1 | ForEach-Object { $warned.Invoke($_) }"));
        Assert.Contains(
            "has read no input",
            await warned.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        session.Get("$i | Stop-ScramjetInstance -Force -Wait");
        Assert.Equal("GONE", Code(Assert.Single((await sending).Errors)));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public async Task Input_that_is_not_read_before_the_instance_ends_is_an_error()
    {
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        using var observer = real.ConnectHub();
        var instance = session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait");
        session.Set("i", instance);
        var file = Path.Combine(sequence.Folder, "big.txt");
        await File.WriteAllBytesAsync(file, new byte[64 << 20], TestContext.Current.CancellationToken);
        var warned = new TaskCompletionSource();
        session.Set("warned", (Action)(() => warned.TrySetResult()));
        var sending = Task.Run(() => session.Run($"Send-ScramjetInput $i -Path '{file}' 3>&1 | ForEach-Object {{ $warned.Invoke() }}"));
        await warned.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        observer.Get("$input | Stop-ScramjetInstance -Force -Wait", instance);
        Assert.Equal("GONE", Code(Assert.Single((await sending).Errors)));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    /// <summary>A hub treats later data as the first type, whatever it is.</summary>
    [Fact]
    public void A_content_type_that_does_not_match_the_first_one_is_an_error()
    {
        using var sequence = new TestSequence(RawEcho);
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        session.Get("'one' | Send-ScramjetInput $i -KeepOpen");
        var error = session.Error("@{ n = 1 } | Send-ScramjetInput $i");
        Assert.Equal("BAD_PARAMETERS", Code(error));
        Assert.Contains("has the content type text/plain. application/x-ndjson can't be sent after it", error.ToString(), StringComparison.Ordinal);
        foreach (var receive in new[] { "", "-ReceiveOutput" })
            Assert.Equal("BAD_PARAMETERS", Code(session.Error($"'x' | Send-ScramjetInput $i -ContentType image/png {receive}")));
        Assert.Equal(
            ["one", "{\"n\":1}"],
            session.Get("@{ n = 1 } | Send-ScramjetInput $i -ContentType text/plain -ReceiveOutput -OutputContentType text/plain")
                .Select(o => (string)o.BaseObject));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public async Task Two_readers_of_one_output_both_receive_the_data_from_then_on()
    {
        using var sequence = new TestSequence(RawEcho);
        using var session = real.ConnectHub();
        var instance = session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait");
        session.Set("i", instance);
        (Task<string[]> All, Task Any) Read()
        {
            var any = new TaskCompletionSource();
            return (Task.Run(() =>
            {
                using var engine = real.ConnectHub();
                engine.Set("any", (Action)(() => any.TrySetResult()));
                return engine.Get("$input | Receive-ScramjetOutput -ContentType text/plain | ForEach-Object { $any.Invoke(); $_ }", instance)
                    .Select(o => (string)o.BaseObject).ToArray();
            }), any.Task);
        }

        var sent = 0;
        void Send() => session.Get($"'line {sent++}' | Send-ScramjetInput $i -KeepOpen");
        var first = Read();
        Send();
        await first.Any.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var second = Read();
        while (!second.Any.IsCompleted)
            Send();
        session.Get("Send-ScramjetInput $i");
        var (one, two) = (await first.All, await second.All);
        Assert.Equal(Enumerable.Range(0, sent).Select(n => $"line {n}"), one);
        Assert.InRange(two.Length, 1, sent - 1);
        Assert.Equal(one[^two.Length..], two);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void The_output_of_an_ended_instance_is_read_once_while_the_hub_lists_it()
    {
        using var sequence = new TestSequence("module.exports = async function*() { yield { n: 1 }; yield { n: 2 }; };");
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence"));
        session.Get("foreach ($once in 1) { $i | Get-ScramjetLog -Follow | ForEach-Object { if ($_.Message -like 'Sequence completed*') { break } } }");
        Assert.Equal([1L, 2L], session.Get("$i | Receive-ScramjetOutput").Select(o => o.Properties["n"].Value));
        Assert.Empty(session.Get("$i | Receive-ScramjetOutput"));
        session.Get("$i | Stop-ScramjetInstance -Force -Wait");

        // A 1.0 hub lists it for longer.
        if (!RealPlatform.IsRelease)
        {
            Assert.Equal("NOT_FOUND", Code(session.Error("$i | Receive-ScramjetOutput")));
            Assert.Equal("NOT_FOUND", Code(session.Error("'late' | Send-ScramjetInput $i")));
        }

        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void Events_are_sent_in_both_directions()
    {
        using var sequence = new TestSequence("""
            module.exports = async function() {
                this.on("ping", message => this.emit("pong", "got " + message));
                await new Promise(r => setTimeout(r, 600000));
            };
            """);
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        session.Get("$i | Send-ScramjetEvent -EventName ping -Message hello");
        session.Set("e", session.Single("$i | Receive-ScramjetEvent -EventName pong -WaitTimeoutSec 20"));
        Assert.Equal("pong got hello", session.Single("\"$($e.Name) $($e.Message)\"").BaseObject);
        Assert.Equal("TIMEOUT", Code(session.Error("$i | Receive-ScramjetEvent -EventName never -Next -WaitTimeoutSec 0.5")));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void Logs_are_returned_as_entries()
    {
        using var sequence = new TestSequence("""
            module.exports = async function() {
                this.logger.warn("mind the gap", { gap: 1 });
                await new Promise(r => setTimeout(r, 600000));
            };
            """);
        using var session = real.Connect();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' -Hub sth-0 | Start-ScramjetSequence -Wait"));
        var entry = session.Single("$i | Get-ScramjetLog -Level Warn -Follow | ForEach-Object { $_; break }");
        Assert.Equal(("mind the gap", "Warn"), ((string)entry.Properties["Message"].Value, entry.Properties["Level"].Value.ToString()));
        Assert.IsType<DateTimeOffset>(entry.Properties["Time"].Value);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public async Task Topics_transfer_data_within_a_space()
    {
        using var session = real.Connect();
        using var reader = real.Connect();
        var receiving = Task.Run(() => reader.Get("Receive-ScramjetTopicData cities -First 2 -DurationSec 30"));
        await Task.Delay(500, TestContext.Current.CancellationToken);
        session.Get("@{ city = 'Gdańsk' }, @{ city = 'Gdynia' } | Send-ScramjetTopicData cities");
        Assert.Equal(["Gdańsk", "Gdynia"], (await receiving).Select(c => (string)c.Properties["city"].Value));
        if (RealPlatform.IsRelease)
            return;
        Assert.Equal("NOT_SUPPORTED", Code(session.Error("New-ScramjetTopic other -Hub sth-0")));
        Assert.Equal("NOT_SUPPORTED", Code(session.Error("Remove-ScramjetTopic cities -Hub sth-0 -Confirm:$false")));
    }

    [Fact]
    public async Task A_hub_that_stops_is_an_interrupted_stream()
    {
        using var sequence = new TestSequence(
            "module.exports = async function*() { yield { n: 1 }; yield { n: 2 }; await new Promise(r => setTimeout(r, 600000)); };");
        await using var hub = await LocalHub.StartAsync(new LocalHubOptions { Id = "doomed" }, TestContext.Current.CancellationToken);
        using var session = Engine.Connect($"-HubUri {hub.BaseUri}");
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        var receiving = Task.Run(() => session.Run("$i | Receive-ScramjetOutput"));
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        await hub.KillAsync();
        var result = await receiving;
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        Assert.Equal("STREAM_BROKEN", Code(Assert.Single(result.Errors)));
    }

    [Fact]
    public async Task Objects_whose_names_cannot_be_properties_become_dictionaries()
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        var many = string.Concat(Enumerable.Range(0, 30).Select(n => $"\"n{n}\":{n},"));
        hub.Intercept = async (exchange, path) =>
        {
            if (path != "/instance/i/output")
                return false;
            await exchange.BeginChunkedAsync();
            await exchange.SendChunkAsync($$"""
                {"a":1,"A":2}
                {"x":1,"":2}
                {"x":1,"PSObject":2}
                {{{many}}"N17":2}
                {{{many}}"PSNot":2,"psObjects":[1,{"b":null}]}
                """);
            await exchange.EndChunkedAsync();
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Set("out", session.Get("Receive-ScramjetOutput i"));
        Assert.Equal([2, 2, 2, 31], session.Get("$out[0..3] | ForEach-Object { $_.Count }").Select(o => (int)o.BaseObject));
        Assert.Equal(
            ["1 2", "2", "2", "17 2"],
            session.Get("\"$($out[0]['a']) $($out[0]['A'])\"; \"$($out[1][''])\"; \"$($out[2]['PSObject'])\"; \"$($out[3]['n17']) $($out[3]['N17'])\"")
                .Select(o => (string)o.BaseObject));
        Assert.Equal("17 2 1", session.Single("\"$($out[4].n17) $($out[4].PSNot) $($out[4].psObjects[0])\"").BaseObject);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("close")]
    [InlineData("chunk")]
    public async Task An_interrupted_stream_returns_the_data_before_it_and_one_error(string how)
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        hub.Intercept = async (exchange, path) =>
        {
            if (path != "/instance/i/output")
                return false;
            await exchange.BeginChunkedAsync();
            await exchange.SendChunkAsync("{\"n\":1}\n{\"n\":2}\n{\"n\":");
            await Task.Delay(200);
            if (how == "reset")
                exchange.Reset();
            else if (how == "close")
                exchange.Close();
            else
                await exchange.SendAsync("nonsense\r\n");
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        var result = session.Run("Receive-ScramjetOutput i");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        Assert.Equal("STREAM_BROKEN", Code(Assert.Single(result.Errors)));
    }

    [Fact]
    public async Task Stopping_a_stream_without_data_leaves_no_connection_open()
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        var opened = new TaskCompletionSource();
        var closed = new TaskCompletionSource();
        hub.Intercept = async (exchange, path) =>
        {
            if (path != "/instance/i/output")
                return false;
            await exchange.BeginChunkedAsync();
            opened.TrySetResult();
            await exchange.ClosedAsync();
            closed.TrySetResult();
            exchange.Reset();
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        var time = await session.StopAfterAsync("Receive-ScramjetOutput i", TimeSpan.Zero, () => opened.Task);
        Assert.True(time < TimeSpan.FromSeconds(10), $"It took {time}.");
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        // The connection that the module keeps for later requests is closed when it is disconnected.
        session.Get("Disconnect-ScramjetPlatform");
        for (var i = 0; i < 50 && server.OpenConnections > 0; i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(0, server.OpenConnections);
    }

    [Fact]
    public async Task A_slow_reader_slows_the_hub_down()
    {
        var sent = 0L;
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        var block = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{{\"n\":{i},\"text\":\"something to fill the line\"}}\n"));
        hub.Intercept = async (exchange, path) =>
        {
            if (path != "/instance/i/output")
                return false;
            await exchange.BeginChunkedAsync();
            for (var i = 0; i < 500; i++)
            {
                await exchange.SendChunkAsync(block);
                sent += block.Length;
            }

            await exchange.EndChunkedAsync();
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Set("wait", (Action)(() => Task.Delay(2000).Wait()));
        var before = GC.GetTotalMemory(true);
        session.Get(
            "$once = $true; foreach ($only in 1) { "
                + "Receive-ScramjetOutput i | ForEach-Object { if ($once) { $once = $false; $wait.Invoke() } else { break } } }");
        Assert.True(sent < 500L * block.Length / 2, $"{sent} bytes were taken in while nobody read.");
        Assert.True(GC.GetTotalMemory(true) - before < 64 << 20);
    }

    [Fact]
    public async Task Stopping_while_the_hub_starts_an_instance_ends_the_instance_too()
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("hello");
        var asked = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        hub.Intercept = async (_, path) =>
        {
            if (path.EndsWith("/start", StringComparison.Ordinal))
            {
                asked.TrySetResult();
                await stopped.Task;
            }

            return false;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();

        // The command ends although the hub hasn't answered.
        await session.StopAfterAsync("Invoke-ScramjetSequence hello", TimeSpan.Zero, () => asked.Task);
        stopped.SetResult();
        for (var i = 0; i < 100 && !hub.Instances.Values.Any(instance => (string?)instance["status"] == "completed"); i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal("completed", (string?)Assert.Single(hub.Instances.Values)["status"]);
    }

    [Fact]
    public async Task A_stream_that_never_pauses_does_not_block_others()
    {
        using var session = new Engine();
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("fast"), id: "fast");
        hub.AddInstance(hub.AddSequence("other"), id: "other");
        hub.Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/output", StringComparison.Ordinal))
                return false;
            await exchange.BeginChunkedAsync();
            while (path.Contains("fast", StringComparison.Ordinal))
                await exchange.SendChunkAsync("{\"from\":\"fast\"}\n");
            await exchange.SendChunkAsync("{\"from\":\"other\"}\n");
            await exchange.EndChunkedAsync();
            return true;
        };
        await using var server = hub.Serve();
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        var found = session.Single("'fast', 'other' | Receive-ScramjetOutput | ForEach-Object { if ($_.from -eq 'other') { $_; break } }");
        Assert.Equal("other", found.Properties["from"].Value);
    }

    [Fact]
    public async Task A_file_and_the_pipeline_cannot_both_be_sent()
    {
        await using var server = Lines(out _, "one");
        using var session = server.Connect();
        Assert.Equal("BAD_PARAMETERS", Code(session.Error("'x' | Send-ScramjetInput i -Path ./y")));
    }

    [Fact]
    public async Task Text_that_only_resembles_JSON_stays_text()
    {
        using var session = new Engine();
        await using var server = Lines(out _, "01234", "1", "", "2", "'a'", "NaN");
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        Assert.Equal(["01234", "1", "", "2", "'a'", "NaN"], session.Get("Receive-ScramjetOutput i").Select(o => o.ToString()));
        await using var numbers = Lines(out _, "1", "", "2");
        session.Get($"Connect-ScramjetPlatform -HubUri {numbers.BaseUri}");
        Assert.Equal(["1", "", "2"], session.Get("Receive-ScramjetOutput i").Select(o => o.ToString()));
        await using var strict = Lines(out _, "{a:1}", "{\"a\":'x'}", "0x1F", "{\"a\":1}");
        session.Get($"Connect-ScramjetPlatform -HubUri {strict.BaseUri}");
        var result = session.Run("Receive-ScramjetOutput i -ContentType application/x-ndjson");
        Assert.Equal(1L, Assert.Single(result.Output).Properties["a"].Value);
        Assert.Equal(3, result.Errors.Count);
    }

    [Fact]
    public async Task A_slow_pipeline_receives_the_whole_log()
    {
        using var session = new Engine();
        await using var server = Lines(out _, [.. Enumerable.Range(0, 2000).Select(i => $$"""{"level":"INFO","msg":"line {{i}}","ts":1,"from":"Host"}""")]);
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        session.Set("wait", (Action)(() => Task.Delay(1500).Wait()));
        Assert.Equal(2000, session.Get("$once = $true; Get-ScramjetLog i | ForEach-Object { if ($once) { $once = $false; $wait.Invoke() }; $_ }").Count);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_loses_no_output()
    {
        using var session = new Engine();
        await using var server = Lines(out var asked, "one", "two");
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        Assert.Equal("FILE_UNWRITABLE", Code(session.Error("Receive-ScramjetOutput i -OutFile /nowhere/at/all")));
        Assert.Equal(0, asked());
        Assert.Equal("BAD_PARAMETERS", Code(session.Error("Receive-ScramjetOutput i -OutFile /nowhere/at/all -First 1")));
        var file = Path.GetTempFileName();
        var result = session.Run($"Receive-ScramjetOutput i, j -OutFile '{file}' -Force");
        Assert.Equal("BAD_PARAMETERS", Code(Assert.Single(result.Errors)));
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        File.Delete(file);
    }

    [Theory]
    [InlineData("/dev/null", null)]
    [InlineData("/dev/full", "FILE_UNWRITABLE")]
    public async Task A_device_receives_output_or_is_rejected(string device, string? code)
    {
        if (!File.Exists(device))
            Assert.Skip($"This system has no {device}.");
        using var session = new Engine();
        await using var server = Lines(out _, "one", "two");
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        Assert.Equal(code, session.Run($"Receive-ScramjetOutput i -OutFile {device}").Errors.Select(Code).SingleOrDefault());
    }

    [Fact]
    public void An_object_that_cannot_be_sent_is_an_error_and_the_others_are_sent()
    {
        using var sequence = new TestSequence(Echo);
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        session.Set("bad", new Unreadable());
        var result = session.Run($"@{{ n = 1 }}, $bad, @{{ n = 2 }} | Invoke-ScramjetSequence {sequence.Name}");
        Assert.Equal([1L, 2L], result.Output.Select(o => o.Properties["n"].Value));
        var error = Assert.Single(result.Errors);
        Assert.Equal("BAD_PARAMETERS", Code(error));
        Assert.Contains("'Broken'", error.ToString(), StringComparison.Ordinal);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    public sealed class Unreadable
    {
        public string Broken => throw new InvalidOperationException("It is broken.");
    }

    /// <summary>A hub whose instance i has these lines as its output and its log.</summary>
    private static FaultServer Lines(out Func<int> asked, params string[] lines)
    {
        var count = 0;
        asked = () => count;
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        hub.AddInstance(hub.AddSequence("other"), id: "j");
        hub.Intercept = async (exchange, path) =>
        {
            if (path is not ("/instance/i/output" or "/instance/j/output" or "/instance/i/log"))
                return false;
            count++;
            await exchange.BeginChunkedAsync();
            foreach (var line in lines)
                await exchange.SendChunkAsync(line + "\n");
            await exchange.EndChunkedAsync();
            return true;
        };
        return hub.Serve();
    }
}
