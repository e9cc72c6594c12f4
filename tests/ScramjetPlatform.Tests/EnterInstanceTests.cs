using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Enter-ScramjetInstance: what instances write on all streams, and what goes to their input.</summary>
public sealed class EnterInstanceTests(RealPlatform real)
{
    private static string Text(PSObject line, string property = "Text") => line.Properties[property].Value?.ToString() ?? "";

    [Theory]
    [EachHub]
    public async Task Standard_streams_come_with_their_names_and_the_instance_goes_on(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, TimeSpan.FromSeconds(0.1));
        using var session = hub.ConnectAndStart("stdio");
        var lines = session.Get("'one' | Enter-ScramjetInstance $i -Stdin -KeepOpen -Stream Stdout, Stderr | Select-Object -First 2")
            .OrderByDescending(l => Text(l, "Stream")).ToArray();
        Assert.Equal([("Stdout", "one"), ("Stderr", "4 characters")], lines.Select(l => (Text(l, "Stream"), Text(l))));
        Assert.All(lines, l => Assert.Equal(session.Single("$i.Id").ToString(), Text(l, "Instance")));
        Assert.Equal("Running", session.Single("($i | Get-ScramjetInstance).Status").ToString());
    }

    [Theory]
    [EachHub]
    public async Task Objects_go_in_and_out_and_it_ends_with_the_instance(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, TimeSpan.FromSeconds(0.1));
        using var session = hub.ConnectAndStart("echo");
        var result = session.Run("@{ n = 1 }, @{ n = 2 } | Enter-ScramjetInstance $i");
        Assert.Empty(result.Errors);
        var output = result.Output.Where(l => Text(l, "Stream") == "Output").ToArray();
        Assert.Equal(["""{"n":1}""", """{"n":2}"""], output.Select(l => Text(l)));
        Assert.Equal([1L, 2L], output.Select(l => PSObject.AsPSObject(l.Properties["Data"].Value).Properties["n"].Value));
        session.Set("log", result.Output.First(l => Text(l, "Stream") == "Log"));
        Assert.NotNull(session.Single("$log.GetLogEntry().Message"));
    }

    [Theory]
    [EachHub]
    public async Task An_instance_that_fails_is_an_error_after_its_lines(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, TimeSpan.FromSeconds(0.1));
        using var session = hub.ConnectAndStart("fail");
        var result = session.Run("1..3 | ForEach-Object { @{ n = $_ } } | Enter-ScramjetInstance $i");
        Assert.Equal("INSTANCE_FAILED", Code(Assert.Single(result.Errors)));
        Assert.Contains(result.Output, l => Text(l, "Stream") == "Stderr" && Text(l) == "The third item is one too many.");
        Assert.Equal(2, result.Output.Count(l => Text(l, "Stream") == "Output"));
    }

    [Theory]
    [EachHub]
    public async Task Several_instances_are_told_apart(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, TimeSpan.FromSeconds(0.1));
        using var session = hub.ConnectAndStart("stdio");
        session.Get(
            "$j = Get-ScramjetSequence $i.SequenceId | Start-ScramjetSequence -Wait; 'a' | Send-ScramjetInput $i -Stdin -KeepOpen; 'b' | "
                + "Send-ScramjetInput $j -Stdin -KeepOpen");
        session.Get("$lines = $i, $j | Enter-ScramjetInstance -Stream Stdout | Select-Object -First 2");
        Assert.Equal(["a", "b"], session.Get("$lines | Sort-Object Text").Select(l => Text(l)));
        var shown = session.Single("$lines | Sort-Object Text | Out-String").ToString();
        Assert.Contains(session.Single("$i.Id.Substring(0, 8) + ' a'").ToString(), shown, StringComparison.Ordinal);
        Assert.Contains(session.Single("$j.Id.Substring(0, 8) + ' b'").ToString(), shown, StringComparison.Ordinal);
        Assert.Equal("AMBIGUOUS", Code(session.Error("'x' | Enter-ScramjetInstance $i.Id, $j.Id -Stdin")));
    }

    [Theory]
    [EachHub]
    public async Task Stopping_the_command_leaves_the_instance_running(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, TimeSpan.FromSeconds(0.1));
        using var session = hub.ConnectAndStart("wait");
        var time = await session.StopAfterAsync("Enter-ScramjetInstance $i", TimeSpan.FromSeconds(1));
        Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal("Running", session.Single("($i | Get-ScramjetInstance).Status").ToString());
    }

    [Theory]
    [InlineData("Enter-ScramjetInstance", "BAD_PARAMETERS")]
    [InlineData("5 | Enter-ScramjetInstance", "BAD_PARAMETERS")]
    [InlineData("'x' | Enter-ScramjetInstance none", "NOT_FOUND")]
    [InlineData("'x' | Enter-ScramjetInstance none -NoInput", "BAD_PARAMETERS")]
    public async Task What_names_no_instance_is_an_error(string script, string code)
    {
        await using var hub = await HubUnderTest.StartAsync(TestHub.StandIn, real);
        using var session = hub.Connect();
        Assert.All(session.Run(script).Errors, e => Assert.Equal(code, Code(e)));
        Assert.NotEmpty(session.Run(script).Errors);
    }
}
