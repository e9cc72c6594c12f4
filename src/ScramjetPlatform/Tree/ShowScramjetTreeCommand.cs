using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Shows spaces, hubs, sequences and instances as a tree, with status, age and load.</summary>
[Cmdlet(VerbsCommon.Show, "ScramjetTree", DefaultParameterSetName = OnceSet)]
[OutputType(typeof(ScramjetTreeNode))]
public sealed class ShowScramjetTreeCommand : QueryCmdlet
{
    private const string OnceSet = "Once";
    private const string WatchSet = "Watch";

    private static readonly TimeSpan ProgressAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPicture = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromSeconds(10);

    private readonly List<HubScope> _scopes = [];
    private ConcurrentQueue<Exception> _problems = new();

    [Parameter(Position = 0)]
    [Alias("Level")]
    public ScramjetTreeKind Depth { get; set; } = ScramjetTreeKind.Instance;

    [Parameter]
    public SwitchParameter Health { get; set; }

    [Parameter]
    public SwitchParameter NoLoad { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = WatchSet)]
    public SwitchParameter Watch { get; set; }

    [Parameter(ParameterSetName = WatchSet)]
    [ValidateRange(0.1d, 86400d)]
    [NoCompletion]
    public double IntervalSec { get; set; } = 2;

    private protected override TimeSpan? CallTimeout => base.CallTimeout ?? (Watch ? WatchTimeout : null);

    private protected override void Process()
    {
        _scopes.Add(GetScope());
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_scopes.Count == 0)
            return;

        if (!Watch)
        {
            Run(OnceAsync);
            return;
        }

        var screen = new TreeScreen(Host, SessionState.PSVariable.GetValue("PSStyle") is not null);
        var connection = (Connection ?? ScramjetSession.Current.Default)?.Name;
        try
        {
            Run(() => WatchAsync(screen, connection));
        }
        finally
        {
            screen.Close();
        }
    }

    /// <summary>While watching, what fails is part of the picture, which goes on.</summary>
    internal override void Report(Exception error, object? target)
    {
        if (Watch)
            _problems.Enqueue(error);
        else
            base.Report(error, target);
    }

    private async Task OnceAsync()
    {
        var progress = new ProgressRecord(_scopes.GetHashCode() & 0xFFFFFF, "Asking the hubs", "Asking");
        var shown = false;
        var builder = new TreeBuilder(Context, Depth, !NoLoad, Health);
        var asking = builder.AskAsync(_scopes);
        while (await Task.WhenAny(asking, Task.Delay(ProgressAfter, StopToken)).ConfigureAwait(false) != asking && !StopToken.IsCancellationRequested)
        {
            shown = true;
            progress.StatusDescription = builder.Hubs == 0 ? "No hub is known yet" : $"{builder.Answered} of {builder.Hubs} have answered";
            progress.PercentComplete = builder.Hubs > 0 ? 100 * builder.Answered / builder.Hubs : 0;
            PostProgress(progress);
        }

        if (shown)
            PostProgress(new ProgressRecord(progress.ActivityId, progress.Activity, "Done") { RecordType = ProgressRecordType.Completed });
        await asking.ConfigureAwait(false);
        await WriteManyAsync(builder.Flatten()).ConfigureAwait(false);
    }

    private async Task WatchAsync(TreeScreen screen, string? connection)
    {
        var interval = TimeSpan.FromSeconds(IntervalSec);
        TreeBuilder? before = null;
        IReadOnlyCollection<Exception> problems = [];
        while (true)
        {
            var clock = Stopwatch.StartNew();
            _problems = new ConcurrentQueue<Exception>();
            Context.Forget();
            var builder = new TreeBuilder(Context, Depth, !NoLoad, Health, before);
            var asking = builder.AskAsync(_scopes.Select(s => s.Again()).ToArray());

            // A slow hub doesn't hold the picture up, and the first picture shows that something is under way.
            var patience = before is null ? FirstPicture : interval;
            while (screen.InPlace && await Task.WhenAny(asking, Task.Delay(patience, StopToken)).ConfigureAwait(false) != asking)
            {
                StopToken.ThrowIfCancellationRequested();
                await DrawAsync(screen, connection, builder, problems, clock.Elapsed).ConfigureAwait(false);
                patience = interval;
            }

            try
            {
                await asking.ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !StopToken.IsCancellationRequested)
            {
                _problems.Enqueue(e);
            }

            problems = _problems;
            await DrawAsync(screen, connection, builder, problems, null).ConfigureAwait(false);
            before = builder;
            await Task.Delay(interval - clock.Elapsed is var rest && rest > LeastPause ? rest : LeastPause, StopToken).ConfigureAwait(false);
        }
    }

    private Task<bool> DrawAsync(TreeScreen screen, string? connection, TreeBuilder builder, IReadOnlyCollection<Exception> problems, TimeSpan? waiting)
    {
        var nodes = builder.Flatten();
        var title = string.Join("  ", new[] { "Scramjet", connection, DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture), $"every {IntervalSec.ToString(CultureInfo.InvariantCulture)} s", "Ctrl+C ends" }.Where(t => t is not null));
        var summary = string.Join(", ", nodes.GroupBy(n => n.Level).OrderBy(g => g.Key).Select(g => TreeBuilder.Count(g.Count(), g.Key.ToString().ToLowerInvariant())));
        if (waiting is { } time)
            summary = $"{(nodes.Count > 0 ? summary + "; " : "")}waiting for {(builder.Hubs > builder.Answered ? TreeBuilder.Count(builder.Hubs - builder.Answered, "hub") : "an answer")} ({time.TotalSeconds:0} s)";
        else if (nodes.Count == 0)
            summary = "nothing to show";
        return InvokeAsync(() =>
        {
            screen.Draw(title, summary, problems, nodes);
            return true;
        });
    }
}
