using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Packaging;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>Waiting for changes of a folder, with the events of the operating system and without.</summary>
public sealed class FolderWatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scramjet-test-").FullName;

    public FolderWatchTests()
    {
        Write("package.json", """{ "name": "test", "version": "1.0.0", "main": "index.js" }""");
        Write("index.js", "1");
        Write(".siignore", "ignored*");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_of_what_is_packed_ends_the_wait(bool usesEvents)
    {
        using var watch = new FolderWatch(_folder, usesEvents, TestContext.Current.CancellationToken);
        Write("ignored.txt", "a");
        var changed = watch.WaitForChangeAsync(TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(changed.IsCompleted);
        Write("index.js", "22");
        await changed;

        changed = watch.WaitForChangeAsync(TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_folder, "lib"));
        Write("lib/new.js", "");
        await changed;

        // What can't be packed is a change, too, and so is the end of that.
        changed = watch.WaitForChangeAsync(TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(_folder, "index.js"));
        await changed;
        changed = watch.WaitForChangeAsync(TestContext.Current.CancellationToken);
        Write("index.js", "3");
        await changed;
    }

    [Fact]
    public async Task A_file_that_keeps_its_size_and_time_has_changed_where_an_event_says_so()
    {
        var path = Path.Combine(_folder, "index.js");
        var time = File.GetLastWriteTimeUtc(path);
        using var watch = new FolderWatch(_folder, cancellationToken: TestContext.Current.CancellationToken);
        var changed = watch.WaitForChangeAsync(TestContext.Current.CancellationToken);
        Write("index.js", "2");
        File.SetLastWriteTimeUtc(path, time);
        await changed;
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        using var watch = new FolderWatch(_folder, cancellationToken: TestContext.Current.CancellationToken);
        var changed = watch.WaitForChangeAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => changed);
    }
}
