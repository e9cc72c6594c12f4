using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The samples do what their page says, on a real hub.</summary>
public sealed class SampleTests(RealPlatform real)
{
    private static string Folder(string name) => Path.Combine(Engine.RepositoryRoot, "docs/samples", name);

    private Engine Connect(string sample)
    {
        var engine = real.ConnectHub(1);
        engine.Set("folder", Folder(sample));
        return engine;
    }

    [Fact]
    public void Grep_filters_lines()
    {
        using var session = Connect("grep");
        Assert.Equal(
            ["one", "phone"],
            session.Get("'one', 'two', 'phone' | Invoke-ScramjetSequence -Path $folder -RemoveAfter -ArgumentList one").Select(o => (string)o.BaseObject));
    }

    [Fact]
    public void Count_needs_no_input()
    {
        using var session = Connect("count");
        Assert.Equal(5, session.Get("Invoke-ScramjetSequence -Path $folder -RemoveAfter -ArgumentList 5").Count);
    }

    [Fact]
    public void Sink_has_no_output_and_logs()
    {
        using var session = Connect("sink");
        var result = session.Run("1..7 | ForEach-Object { @{ n = $_ } } | Invoke-ScramjetSequence -Path $folder -RemoveAfter -Verbose");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.Contains(result.Verbose, v => v.Contains("Items received", StringComparison.Ordinal) && v.Contains('7', StringComparison.Ordinal));
    }

    [Fact]
    public void Fail_fails_after_two()
    {
        using var session = Connect("fail");
        var result = session.Run("1..5 | ForEach-Object { @{ n = $_ } } | Invoke-ScramjetSequence -Path $folder -RemoveAfter");
        Assert.Equal(2, result.Output.Count);
        Assert.StartsWith("INSTANCE_FAILED,", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Contains("The third item is one too many.", result.Warnings);
    }

    [Fact]
    public void Ping_responds()
    {
        using var session = Connect("ping");
        session.Set("i", session.Single("Publish-ScramjetSequence $folder | Start-ScramjetSequence -Wait"));
        session.Get("$i | Send-ScramjetEvent -EventName ping -Message you");
        Assert.Equal("you", session.Single("$i | Receive-ScramjetEvent -EventName pong -WaitTimeoutSec 20").Properties["Message"].Value);
        Assert.Equal("Ping", session.Single("$i | Get-ScramjetLog -Level Warn -Tail 1").Properties["Message"].Value);
        session.Get("Remove-ScramjetSequence ping -Force -Confirm:$false");
    }

    [Fact]
    public void Stdio_copies()
    {
        using var session = Connect("stdio");
        session.Set("i", session.Single("Publish-ScramjetSequence $folder | Start-ScramjetSequence -Wait"));
        session.Get("'abc' | Send-ScramjetInput $i -Stdin -KeepOpen");
        Assert.Equal("abc", session.Single("$i | Receive-ScramjetOutput -Stream Stdout -First 1 -DurationSec 20").BaseObject);
        Assert.Equal("4 characters", session.Single("$i | Receive-ScramjetOutput -Stream Stderr -First 1 -DurationSec 20").BaseObject);
        session.Get("Remove-ScramjetSequence stdio -Force -Confirm:$false");
    }

    [Fact]
    public void Two_instances_communicate_over_a_topic()
    {
        using var session = Connect("topic-reader");
        session.Set("reader", session.Single("Publish-ScramjetSequence $folder | Start-ScramjetSequence -Wait"));
        session.Set("folder", Folder("topic-writer"));
        session.Get("Publish-ScramjetSequence $folder | Start-ScramjetSequence");
        Assert.Equal(
            ["Hello, Gdańsk!", "Hello, Sopot!", "Hello, Gdynia!"],
            session.Get("$reader | Receive-ScramjetOutput -First 3 -DurationSec 20").Select(o => (string)o.BaseObject));
        session.Get("Get-ScramjetSequence topic-* | Remove-ScramjetSequence -Force -Confirm:$false");
    }

    [Fact]
    public async Task Every_sample_is_on_the_page_of_samples()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Engine.RepositoryRoot, "docs/samples.md"), TestContext.Current.CancellationToken);
        Assert.All(Directory.GetDirectories(Folder(".")), folder => Assert.Contains(Path.GetFileName(folder), page, StringComparison.Ordinal));
    }
}
