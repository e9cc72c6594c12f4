using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Instances from the pipeline with the payload on the command line, and starts whose parameters come from columns.</summary>
public sealed class PipedTargetTests(RealPlatform real)
{
    private const string Echo = "module.exports = async function(input) { return input; };";
    private const string Pong = "module.exports = async function() { this.on('ping', message => this.emit('pong', `got ${message}`)); "
        + "await new Promise(resolve => setTimeout(resolve, 600000)); };";

    [Theory]
    [InlineData("$i | Send-ScramjetInput hi", "hi")]
    [InlineData("$i | Send-ScramjetInput -InputObject hi", "hi")]
    [InlineData("$i | Send-ScramjetInput -InputObject hi, ho", "hi ho")]
    [InlineData("$i | Send-ScramjetInput 'hi', 'ho'", "hi ho")]
    [InlineData("$i.Id | Send-ScramjetInput -InputObject hi", "hi")]
    [InlineData("Send-ScramjetInput $i hi", "hi")]
    [InlineData("Send-ScramjetInput $i.Id 'hi', 'ho'", "hi ho")]
    [InlineData("'hi', 'ho' | Send-ScramjetInput $i", "hi ho")]
    [InlineData("'hi' | Send-ScramjetInput -Instance $i.Id", "hi")]
    [InlineData("$i | Send-ScramjetInput -Path $file", "from a file")]
    public void Input_is_sent_to_the_instance_however_it_is_specified(string script, string expected)
    {
        using var sequence = new TestSequence(Echo);
        sequence.Write("data.txt", "from a file\n");
        using var session = real.ConnectHub();
        session.Set("file", System.IO.Path.Combine(sequence.Folder, "data.txt"));
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));
        session.Get(script);
        var lines = session.Get("$i | Receive-ScramjetOutput -ContentType text/plain -DurationSec 60").Select(o => o.ToString().Trim('"'));
        Assert.Equal(expected, System.Text.RegularExpressions.Regex.Replace(string.Join(" ", lines), @"(\\n|""|\s)+", " ").Trim());
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Theory]
    [InlineData("@{ a = 1 }")]
    [InlineData("-Path $file")]
    public void Input_is_sent_to_every_piped_instance(string payload)
    {
        using var sequence = new TestSequence(Echo);
        sequence.Write("data.ndjson", "{\"a\":1}\n");
        using var session = real.ConnectHub();
        session.Get(
            $"$s = Publish-ScramjetSequence '{sequence.Folder}'; $s | Start-ScramjetSequence -Wait | Out-Null; $s | Start-ScramjetSequence -Wait | Out-Null");
        session.Set("file", System.IO.Path.Combine(sequence.Folder, "data.ndjson"));
        session.Get($"Get-ScramjetInstance -Sequence {sequence.Name} | Send-ScramjetInput {payload}");
        Assert.Equal(
            [1L, 1L],
            session.Get($"Get-ScramjetInstance -Sequence {sequence.Name} | Receive-ScramjetOutput -ContentType application/x-ndjson -DurationSec 60")
                .Select(o => o.Properties["a"].Value));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public void Text_without_an_instance_is_an_error_and_is_not_sent()
    {
        using var session = real.ConnectHub();
        Assert.StartsWith("BAD_PARAMETERS,", session.Error("'hello' | Send-ScramjetInput").FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("$i | Send-ScramjetEvent ping -Message x")]
    [InlineData("$i | Send-ScramjetEvent ping x")]
    [InlineData("$i | Send-ScramjetEvent -EventName ping x")]
    [InlineData("$i | Send-ScramjetEvent -EventName ping -Message x")]
    [InlineData("$i.Id | Send-ScramjetEvent ping x")]
    [InlineData("Send-ScramjetEvent $i ping x")]
    [InlineData("Send-ScramjetEvent $i.Id ping -Message x")]
    public void An_event_is_sent_to_the_instance_however_it_is_specified(string script)
    {
        using var sequence = new TestSequence(Pong);
        using var session = real.ConnectHub();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait"));

        // An event that is sent before the program listens is lost.
        var answer = session.Single(
            $"for ($n = 0; $n -lt 30 -and -not $answer; $n++) {{ {script}; $answer = $i | Receive-ScramjetEvent pong -WaitTimeoutSec 2 -ErrorAction Ignore "
                + "}; $answer");
        Assert.Equal("got x", answer.Properties["Message"].Value);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Theory]
    [InlineData("$i | Send-ScramjetEvent")]
    [InlineData("$i | Send-ScramjetEvent ping x y")]
    [InlineData("$i | Receive-ScramjetEvent pong x")]
    public void An_event_without_a_name_or_with_too_many_values_is_an_error(string script)
    {
        using var session = real.ConnectHub();
        Assert.StartsWith("BAD_PARAMETERS,", session.Error($"$i = [pscustomobject]@{{ Id = 'x' }}; {script}").FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData(
        "[pscustomobject]@{ Sequence = 'hello'; Hub = 'sth-1'; AppConfig = @{ a = 1 }; ArgumentList = 'Hi' }",
        """{"appConfig":{"a":1},"args":["Hi"]}""")]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Hub = 'sth-1'; AppConfig = '{\"a\":1}'; ArgumentList = '' }", """{"appConfig":{"a":1},"args":[]}""")]
    [InlineData("[pscustomobject]@{ SequenceId = $id; Hub = 'sth-1'; AppConfig = ''; Args = 'a', 2 }", """{"appConfig":{},"args":["a",2]}""")]
    [InlineData(
        "[pscustomobject]@{ Id = $id; Hub = 'sth-1'; InputTopic = 'in'; OutputTopic = 'out'; Limits = @{ memory = 128 } }",
        """{"appConfig":{},"args":[],"outputTopic":"out","inputTopic":"in","limits":{"memory":128}}""")]
    [InlineData("(Get-ScramjetInstance -Hub sth-1)", """{"appConfig":{"from":"instance"},"args":["x"]}""")]
    public async Task Start_uses_every_column_with_the_name_of_a_parameter(string row, string expected)
    {
        using var engine = new Engine();
        await using var platform = FakePlatform.Of(2);
        engine.Set("id", platform.Hubs[1].Sequences.Keys.Single());
        engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        foreach (var instance in platform.Hubs[1].Instances.Values)
        {
            instance["appConfig"] = new JObject { ["from"] = "instance" };
            instance["args"] = new JArray { "x" };
        }

        Assert.Equal("sth-1", engine.Single($"{row} | Start-ScramjetSequence").Properties["Hub"].Value);
        Assert.Empty(platform.Hubs[0].Starts);
        Assert.Equal(expected, Assert.Single(platform.Hubs[1].Starts).ToString(Newtonsoft.Json.Formatting.None));
    }

    [Fact]
    public async Task Columns_of_a_row_are_not_used_for_the_next_row()
    {
        using var engine = new Engine();
        await using var platform = FakePlatform.Of(1);
        engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        engine.Get(
            "[pscustomobject]@{ Sequence = 'hello'; AppConfig = @{ a = 1 }; ArgumentList = 'x' }, [pscustomobject]@{ Sequence = 'hello' } | "
                + "Start-ScramjetSequence");
        Assert.Equal(
            ["""{"appConfig":{"a":1},"args":["x"]}""", """{"appConfig":{},"args":[]}"""],
            platform.Hubs[0].Starts.Select(s => s.ToString(Newtonsoft.Json.Formatting.None)).OrderByDescending(s => s.Length));
    }

    [Fact]
    public async Task A_row_with_an_invalid_column_starts_nothing_and_the_others_continue()
    {
        using var engine = new Engine();
        await using var platform = FakePlatform.Of(1);
        engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        var result = engine.Run(
            "[pscustomobject]@{ Sequence = 'hello'; AppConfig = '{nope' }, [pscustomobject]@{ Sequence = 'hello'; AppConfig = 5 }, "
                + "[pscustomobject]@{ Sequence = 'hello'; InstanceId = 'short' }, [pscustomobject]@{ Sequence = 'hello' } | Start-ScramjetSequence");
        Assert.Equal(["BAD_PARAMETERS", "BAD_PARAMETERS", "BAD_PARAMETERS"], result.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Single(result.Output);
        Assert.Single(platform.Hubs[0].Starts);
    }
}
