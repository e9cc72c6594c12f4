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
using ScramjetPlatform.Scope;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>Shows spaces, hubs, sequences and instances as a tree, with status, age and load.</summary>
[Cmdlet(VerbsCommon.Show, "ScramjetTree", DefaultParameterSetName = OnceSet)]
[OutputType(typeof(ScramjetTreeNode))]
public sealed class ShowScramjetTreeCommand : HubCmdlet
{
    private const string OnceSet = "Once";
    private const string WatchSet = "Watch";

    private static readonly TimeSpan ProgressDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstDrawDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(50);
    private const double WatchTimeoutSec = 10;
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a change is marked: long enough to be seen by somebody who looks up from something else.</summary>
    private static readonly TimeSpan ChangeDuration = TimeSpan.FromSeconds(10);

    private readonly List<CommandScope> _scopes = [];
    private TreeScreen? _screen;
    private TreeChanges? _changes;
    private ConcurrentQueue<Exception> _errors = new();

    [Parameter(Position = 0)]
    [Alias("Level")]
    public ScramjetTreeKind Depth { get; set; } = ScramjetTreeKind.Instance;

    [Parameter]
    public SwitchParameter Health { get; set; }

    [Parameter]
    public SwitchParameter NoLoad { get; set; }

    [Parameter]
    public ScramjetTreeSort SortBy { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = WatchSet)]
    public SwitchParameter Watch { get; set; }

    [Parameter(ParameterSetName = WatchSet)]
    [ValidateRange(0.1d, 86400d)]
    [NoCompletion]
    public double IntervalSec { get; set; } = 2;

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec ?? (Watch ? WatchTimeoutSec : null);

    private TreeOptions Options => new(Depth, !NoLoad, Health, SortBy);

    private protected override Task ProcessAsync()
    {
        _scopes.Add(Places.Scope);
        return Task.CompletedTask;
    }

    private protected override Task EndAsync()
    {
        if (_scopes.Count == 0)
            return Task.CompletedTask;
        if (!Watch)
            return OnceAsync();

        // While watching, errors are shown in the tree, and the watch continues.
        Context.ErrorHandler = (error, _) => _errors.Enqueue(error);
        _screen = new TreeScreen(Host, SessionState.PSVariable.GetValue("PSStyle") is not null);
        return WatchAsync(_screen, (Connection ?? Context.Session.Default)?.Name);
    }

    private protected override void AfterEnd() => _screen?.Close();

    private async Task OnceAsync()
    {
        var progress = new ProgressRecord(_scopes.GetHashCode() & 0xFFFFFF, "Requesting the hubs", "Requesting");
        var shown = false;
        var builder = new TreeBuilder(Context, Options);
        var request = builder.BuildAsync(_scopes);
        while (await Task.WhenAny(request, Task.Delay(ProgressDelay, StopToken)).ConfigureAwait(false) != request && !StopToken.IsCancellationRequested)
        {
            shown = true;
            progress.StatusDescription = builder.Hubs == 0 ? "Searching for hubs" : $"{builder.Answered} of {builder.Hubs} hubs have responded";
            progress.PercentComplete = builder.Hubs > 0 ? 100 * builder.Answered / builder.Hubs : 0;
            Context.Output.PostProgress(progress);
        }

        if (shown)
            Context.Output.PostProgress(new ProgressRecord(progress.ActivityId, progress.Activity, "Done") { RecordType = ProgressRecordType.Completed });
        await request.ConfigureAwait(false);
        await Context.Output.WriteManyAsync(builder.Flatten()).ConfigureAwait(false);
    }

    private async Task WatchAsync(TreeScreen screen, string? connection)
    {
        var interval = TimeSpan.FromSeconds(IntervalSec);
        TreeBuilder? before = null;
        IReadOnlyCollection<Exception> errors = [];
        _changes = new TreeChanges(ChangeDuration > interval ? ChangeDuration : interval + interval);
        while (true)
        {
            var clock = Stopwatch.StartNew();
            _errors = new ConcurrentQueue<Exception>();
            Context.ClearLists();
            var builder = new TreeBuilder(Context, Options, before);
            var request = builder.BuildAsync(_scopes);

            // Slow hubs don't delay the display, and the first display appears early.
            var pause = before is null ? FirstDrawDelay : interval;
            while (screen.InPlace && !request.IsCompleted)
            {
                if (await IsQuitAsync(screen, request, pause).ConfigureAwait(false))
                    return;
                if (!request.IsCompleted)
                    await DrawAsync(screen, connection, builder, errors, clock.Elapsed).ConfigureAwait(false);
                pause = interval;
            }

            try
            {
                await request.ConfigureAwait(false);
                _changes.Update(builder.Flatten());
            }
            catch (Exception e) when (e is not OperationCanceledException || !StopToken.IsCancellationRequested)
            {
                _errors.Enqueue(e);
            }

            errors = _errors;
            await DrawAsync(screen, connection, builder, errors, null).ConfigureAwait(false);
            before = builder;
            if (await IsQuitAsync(screen, null, interval - clock.Elapsed is var rest && rest > MinDelay ? rest : MinDelay).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>Waits for a task or for a time, and returns whether the user has typed q meanwhile.</summary>
    private async Task<bool> IsQuitAsync(TreeScreen screen, Task? task, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time && task?.IsCompleted != true)
        {
            var rest = time - clock.Elapsed;
            var delay = Task.Delay(screen.HasKeys && rest > KeyInterval ? KeyInterval : rest > MinDelay ? rest : MinDelay, StopToken);
            await Task.WhenAny(task ?? delay, delay).ConfigureAwait(false);
            StopToken.ThrowIfCancellationRequested();
            if (screen.HasKeys && await Context.Output.InvokeAsync(screen.ReadQuit).ConfigureAwait(false))
                return true;
        }

        return false;
    }

    private Task<bool> DrawAsync(TreeScreen screen, string? connection, TreeBuilder builder, IReadOnlyCollection<Exception> errors, TimeSpan? waiting)
    {
        var nodes = builder.Flatten(_changes);
        var time = DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var every = $"every {IntervalSec.ToString(CultureInfo.InvariantCulture)} s";
        var title = string.Join("  ", new[] { "Scramjet", connection, time, every, screen.HasKeys ? "q quits" : "Ctrl+C ends" }.Where(t => t is not null));
        var counts = nodes.Where(n => n.Change != TreeChange.Removed).GroupBy(n => n.Level).OrderBy(g => g.Key);
        var summary = string.Join(", ", counts.Select(g => DisplayText.Amount(g.Count(), g.Key.ToString().ToLowerInvariant())));
        if (waiting is { } elapsed)
        {
            var missing = builder.Hubs > builder.Answered ? DisplayText.Amount(builder.Hubs - builder.Answered, "hub") : "a response";
            summary = $"{(nodes.Count > 0 ? summary + "; " : "")}waiting for {missing} ({elapsed.TotalSeconds:0} s)";
        }
        else if (nodes.Count == 0)
            summary = "nothing to show";
        return Context.Output.InvokeAsync(() =>
        {
            screen.Draw(title, summary, errors, nodes);
            return true;
        });
    }
}
