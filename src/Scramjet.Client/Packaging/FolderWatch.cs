using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Packaging;

/// <summary>
/// Waits for changes of what a package of a folder would contain. The operating system's events tell of them at once. Where there are none, as on some
/// network drives, the names, sizes and times of the files are compared again and again.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    /// <summary>How long nothing may change until a change counts as complete.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    /// <summary>The shortest time between two comparisons without an event.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>How many times as long as a comparison the time before the next one is.</summary>
    private const int IntervalFactor = 20;

    private readonly string _folder;
    private readonly FileSystemWatcher? _watcher;
    private readonly SemaphoreSlim _event = new(0, 1);
    private Listing _last;
    private volatile bool _fileChanged;

    /// <param name="folder">The folder with the package.json.</param>
    /// <param name="usesEvents">Whether the operating system's events are used.</param>
    /// <param name="cancellationToken">Cancels the first listing.</param>
    public FolderWatch(string folder, bool usesEvents = true, CancellationToken cancellationToken = default)
    {
        _folder = LocalFile.FullPath(folder);
        _watcher = usesEvents ? Watch() : null;
        _last = List(cancellationToken);
    }

    /// <summary>Waits until something in the package has changed since the last call, or since the watch was made, and nothing changes any more.</summary>
    public async Task WaitForChangeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _event.WaitAsync(_last.TimeToNext, cancellationToken).ConfigureAwait(false);
            var now = List(cancellationToken);
            if (now.Text != _last.Text || _fileChanged)
                break;

            // What isn't packed may change all the time.
            _last = now;
            await Task.Delay(Quiet, cancellationToken).ConfigureAwait(false);
        }

        Listing before;
        do
        {
            _fileChanged = false;
            before = _last = List(cancellationToken);
            await Task.Delay(Quiet, cancellationToken).ConfigureAwait(false);
        }
        while (_fileChanged || List(cancellationToken).Text != before.Text);
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _event.Dispose();
    }

    private FileSystemWatcher? Watch()
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(_folder) { IncludeSubdirectories = true, InternalBufferSize = 64 * 1024 };
            watcher.Changed += (_, e) => OnEvent(e.FullPath);
            watcher.Created += (_, e) => OnEvent(e.FullPath);
            watcher.Deleted += (_, e) => OnEvent(e.FullPath);
            watcher.Renamed += (_, e) => OnEvent(e.FullPath);
            watcher.Error += (_, _) => OnEvent("");
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            // The comparisons work without events, for example if the system's limit of watches is reached.
            watcher?.Dispose();
            return null;
        }
    }

    /// <summary>A file that is packed may have changed without a change of its size and time.</summary>
    private void OnEvent(string path)
    {
        if (_last.Files?.Contains(path) != false)
            _fileChanged = true;
        try
        {
            _event.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One event is enough, and none is needed any more.
        }
    }

    private Listing List(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        HashSet<string>? files = null;
        var text = new StringBuilder();
        try
        {
            var entries = SequencePackage.Plan(_folder, cancellationToken: cancellationToken).Entries;
            files = new HashSet<string>(entries.Select(e => e.FullPath), StringComparer.Ordinal);
            foreach (var entry in entries)
            {
                var content = entry.LinkTarget ?? File.GetLastWriteTimeUtc(entry.FullPath).Ticks.ToString(CultureInfo.InvariantCulture);
                text.Append(entry.Path).Append('\n').Append(entry.Length).Append(entry.IsExecutable ? " x " : " ").Append(content).Append('\n');
            }
        }
        catch (ScramjetException e)
        {
            // A folder that can't be packed now may be soon.
            text.Append(e.Message);
        }
        catch (Exception e) when (LocalFile.IsFileError(e))
        {
            text.Append(e.Message);
        }

        var interval = TimeSpan.FromTicks(clock.Elapsed.Ticks * IntervalFactor);
        return new Listing(text.ToString(), files, interval > Interval ? interval : Interval);
    }

    /// <summary>What the package would contain; or why it can't be made.</summary>
    private sealed class Listing(string text, HashSet<string>? files, TimeSpan timeToNext)
    {
        public string Text { get; } = text;

        public HashSet<string>? Files { get; } = files;

        public TimeSpan TimeToNext { get; } = timeToNext;
    }
}
