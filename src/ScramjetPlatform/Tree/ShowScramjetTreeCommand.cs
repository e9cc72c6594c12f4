using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Shows spaces, hubs, sequences and instances as a tree, with status, age and load.</para>
/// </summary>
[Cmdlet(VerbsCommon.Show, "ScramjetTree", DefaultParameterSetName = OnceSet)]
[OutputType(typeof(ScramjetTreeNode))]
public sealed class ShowScramjetTreeCommand : QueryCmdlet
{
    private const string OnceSet = "Once";
    private const string WatchSet = "Watch";

    private static readonly TimeSpan ProgressAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromSeconds(10);

    private readonly List<HubScope> _scopes = [];
    private readonly ConcurrentQueue<Exception> _problems = new();

    /// <summary>
    /// <para type="description">A space or a hub, whose tree is wanted, as an object from the pipeline.</para>
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public Entity? InputObject { get; set; }

    /// <summary>
    /// <para type="description">How deep the tree goes: Space, Hub, Sequence or Instance. What lies deeper is not asked for. Default: Instance.</para>
    /// </summary>
    [Parameter(Position = 0)]
    public ScramjetTreeKind Level { get; set; } = ScramjetTreeKind.Instance;

    /// <summary>
    /// <para type="description">Asks each running instance for its health too. That is a request an instance.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Health { get; set; }

    /// <summary>
    /// <para type="description">Doesn't ask hubs for their load, which saves a request a hub.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter NoLoad { get; set; }

    /// <summary>
    /// <para type="description">Draws the tree again and again, until Ctrl+C. It is drawn on the host's screen; nothing is written to the pipeline.</para>
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = WatchSet)]
    public SwitchParameter Watch { get; set; }

    /// <summary>
    /// <para type="description">The time between two rounds in seconds; fractions count. Default: 2.</para>
    /// </summary>
    [Parameter(ParameterSetName = WatchSet)]
    [ValidateRange(0.1d, 86400d)]
    public double IntervalSec { get; set; } = 2;

    private protected override TimeSpan? CallTimeout => base.CallTimeout ?? (Watch ? WatchTimeout : null);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is Sequence or Instance)
        {
            WriteError(ErrorRecords.From(new ScramjetException(ErrorCodes.BadParameters, $"A tree begins at a space or a hub, and '{InputObject}' is neither.", "Pipe spaces or hubs, from Get-ScramjetSpace or Get-ScramjetHub."), InputObject));
            return;
        }

        _scopes.Add(GetScope(InputObject));
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
        var builder = NewBuilder(again: false);
        var asking = AskAsync(builder);
        while (await Task.WhenAny(asking, Task.Delay(ProgressAfter, StopToken)).ConfigureAwait(false) != asking && !StopToken.IsCancellationRequested)
        {
            shown = true;
            progress.StatusDescription = $"{builder.Answered} of {builder.Hubs} have answered";
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
        for (var round = 0; ; round++)
        {
            var clock = Stopwatch.StartNew();
            while (_problems.TryDequeue(out _))
            {
            }

            var builder = NewBuilder(again: round > 0);
            var asking = AskAsync(builder);
            if (screen.InPlace)
            {
                // A slow hub doesn't hold the picture up; the first one shows that something is under way.
                var patience = round == 0 ? TimeSpan.FromMilliseconds(200) : interval;
                while (await Task.WhenAny(asking, Task.Delay(patience, StopToken)).ConfigureAwait(false) != asking)
                {
                    StopToken.ThrowIfCancellationRequested();
                    await DrawAsync(screen, connection, builder).ConfigureAwait(false);
                    patience = interval;
                }
            }

            try
            {
                await asking.ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !StopToken.IsCancellationRequested)
            {
                _problems.Enqueue(e);
            }

            await DrawAsync(screen, connection, builder).ConfigureAwait(false);
            if (interval - clock.Elapsed is { Ticks: > 0 } rest)
                await Task.Delay(rest, StopToken).ConfigureAwait(false);
            else
                await Task.Delay(TimeSpan.FromMilliseconds(100), StopToken).ConfigureAwait(false);
        }
    }

    private TreeBuilder NewBuilder(bool again) => new(this, Level, !NoLoad, Health, again);

    private Task AskAsync(TreeBuilder builder) => Task.WhenAll(_scopes.Select(s => builder.AddAsync(s.Again())));

    private Task DrawAsync(TreeScreen screen, string? connection, TreeBuilder builder)
    {
        var nodes = builder.Flatten();
        var title = string.Join("  ", new[] { "Scramjet", connection, DateTime.Now.ToString("HH:mm:ss"), $"every {IntervalSec:0.##} s", "Ctrl+C ends" }.Where(t => t is not null));
        var summary = string.Join(", ", nodes.GroupBy(n => n.Kind).OrderBy(g => g.Key).Select(g => TreeBuilder.Count(g.Count(), g.Key.ToString().ToLowerInvariant())));
        if (builder.Answered < builder.Hubs)
            summary += $" ({builder.Hubs - builder.Answered} of the hubs asked)";
        return InvokeAsync(() =>
        {
            screen.Draw(title, summary, _problems.ToArray(), nodes);
            return true;
        });
    }
}
