using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Uses a sequence as a filter: starts an instance, feeds it the pipeline, and writes what it puts out while both run.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ScramjetSequence", SupportsShouldProcess = true, DefaultParameterSetName = SequenceSet)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]))]
public sealed class InvokeScramjetSequenceCommand : SendCmdlet
{
    private const string SequenceSet = "Sequence";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string PythonEngine = "python3";

    /// <summary>The longest that a clean-up may take: hubs of 1.0 need up to 15 s for the instance's end, and 15 s more until the sequence can be removed.</summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(90);

    private HubScope? _scope;
    private string? _path;
    private StartOptions _options = new();
    private bool _verbose;
    private Task<SequenceClient>? _publishing;

    [Parameter(Mandatory = true, HelpMessage = "The id or name of a sequence.", Position = 0, ParameterSetName = SequenceSet)]
    [Alias("SequenceId")]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference? Sequence { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The path of a package or a folder.", ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The path of a package or a folder, without wildcards.", ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter RemoveAfter { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NoCompletion]
    public object? AppConfig { get; set; }

    [Parameter]
    [Alias("Args")]
    [AllowEmptyCollection]
    [AllowNull]
    public object?[]? ArgumentList { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? OutputContentType { get; set; }

    private protected override object Target => (object?)Sequence ?? Path ?? LiteralPath!;

    private protected override void Prepare()
    {
        _verbose = MyInvocation.BoundParameters.TryGetValue("Verbose", out var verbose)
            ? LanguagePrimitives.IsTrue(verbose)
            : (ActionPreference)SessionState.PSVariable.GetValue("VerbosePreference", ActionPreference.SilentlyContinue) == ActionPreference.Continue;
        try
        {
            _options = new StartOptions
            {
                AppConfig = PSJson.ObjectFrom(AppConfig, nameof(AppConfig)),
                ArgumentList = ArgumentList is null ? null : (JArray)PSJson.From(ArgumentList),
            };
        }
        catch (ScramjetException e)
        {
            Fail(e, AppConfig);
        }

        if (Sequence is null)
        {
            _path = OnePath(Path, LiteralPath);
            _scope = GetScope();
        }
        else
        {
            _scope = ScopeFor([Sequence!]);
        }
    }

    private protected override async Task SendAsync(StreamBody body)
    {
        var published = false;
        SequenceClient? sequence = null;
        Task<InstanceClient>? starting = null;
        try
        {
            (sequence, var name, published, var engines) = _path is null ? await FindAsync().ConfigureAwait(false) : await PublishAsync(_path).ConfigureAwait(false);
            if (sequence is null || !await ConfirmAsync($"{name} on {sequence.Hub.HubId}", "Invoke").ConfigureAwait(false))
                return;

            // Whoever stops it meanwhile doesn't stop the hub: what it has started by then is to be found and ended.
            starting = Own(sequence).StartAsync(_options, CancellationToken.None);
            var instance = await UnlessStoppedAsync(starting).ConfigureAwait(false);

            // A runner of Python takes text and bytes only: objects go to it as the lines of JSON that they are.
            if (body.ContentType == ContentTypes.NdJson && engines.Contains(PythonEngine))
                body = body.As(ContentTypes.Text);
            await RunAsync(instance, body, name).ConfigureAwait(false);
        }
        finally
        {
            await CleanUpAsync(starting, RemoveAfter ? (published ? Task.FromResult(sequence!) : _publishing) : null).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(InstanceClient instance, StreamBody body, string name)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        var run = new InstanceRun(instance);
        var errors = ForwardAsync(instance, InstanceStream.Stderr, PostWarningAsync, over.Token);
        var log = ForwardAsync(
            instance,
            InstanceStream.Log,
            line =>
            {
                var entry = LogEntry.Parse(line, null, instance.Hub.HubId, instance.InstanceId);
                run.Log.Add(entry);
                return _verbose ? PostVerboseAsync($"{entry.Level?.ToUpperInvariant()} {entry.Source}: {entry}".Trim()) : Task.CompletedTask;
            },
            over.Token);
        try
        {
            var (objects, bytes) = (0L, 0L);
            var all = await instance.InOutAsync(
                body,
                async (stream, token) =>
                {
                    objects = await OutputWriter.WriteAsync(this, stream, OutputContentType, token, hurry: run.Log.Completed).ConfigureAwait(false);
                    bytes = stream.BytesRead;
                },
                typeRead: run.Log.InputTypeRead,
                cancellationToken: StopToken).ConfigureAwait(false);
            var amount = $"{objects} {ItemsOf(OutputContentType)} ({bytes} bytes) came out of it, and {Sent} {ItemsOf(body.ContentType)} ({body.Sent} bytes) had gone into it";
            await run.EnsureSucceededAsync(Context.Watch, log, name, bytes, amount, StopToken).ConfigureAwait(false);
            if (!all)
                PostVerbose($"The instance {instance.InstanceId} ended before it had read all of its input.");
        }
        finally
        {
            // What it said last comes out before the streams are let go.
            await Task.WhenAny(errors, Task.Delay(200, StopToken)).ConfigureAwait(false);
            over.Cancel();
            await Task.WhenAll(Settled(errors), Settled(log)).ConfigureAwait(false);
        }
    }

    private static string ItemsOf(string? contentType) => contentType switch
    {
        ContentTypes.Text => "lines",
        ContentTypes.Bytes => "blocks",
        _ => "objects",
    };

    private static async Task ForwardAsync(InstanceClient instance, InstanceStream kind, Func<string, Task> forward, CancellationToken cancellationToken)
    {
        using var stream = await instance.GetStreamAsync(kind, cancellationToken).ConfigureAwait(false);
        var reader = new LineReader(stream);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } lines)
        {
            foreach (var line in lines)
                await forward(line).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Kills the instance, if it still runs, and removes it and the sequence, if asked: also when all else was stopped. Then this may go on after the
    /// command has left its pipeline.
    /// </summary>
    private async Task CleanUpAsync(Task<InstanceClient>? starting, Task<SequenceClient>? publishing)
    {
        using var bound = new CancellationTokenSource(CleanUpTime);
        try
        {
            var client = starting is null ? null : await AnswerOfAsync(starting, bound.Token).ConfigureAwait(false);
            var instance = client is null ? null : await Context.Watch.KillAsync(client.ToInstance(), RemoveAfter, bound.Token).ConfigureAwait(false);
            if (publishing is null)
            {
                if (instance is not null)
                    await Context.Watch.UntilEndedAsync(instance, InstanceTimings.Default.KillTime, bound.Token).ConfigureAwait(false);
                return;
            }

            if (await AnswerOfAsync(publishing, bound.Token).ConfigureAwait(false) is { } sequence)
                await RemoveAsync(sequence, instance, bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ScramjetException or OperationCanceledException)
        {
            var why = e is OperationCanceledException ? $"it took longer than {CleanUpTime.TotalSeconds:0} s" : e.Message.TrimEnd('.');
            await WarnAsync($"Invoke-ScramjetSequence could not clean up after '{Target}': {why}. See Get-ScramjetInstance and Get-ScramjetSequence for what is left.").ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(SequenceClient sequence, Instance? instance, CancellationToken cancellationToken)
    {
        var isReleased = instance is { IsGone: false } && (!instance.HasEnded || await Context.Watch.ReleaseAsync(instance, cancellationToken).ConfigureAwait(false));

        // After Ctrl+C this process may end any time: what the hub was asked to do, it does all the same.
        if (StopToken.IsCancellationRequested)
            _ = Settled(Own(sequence).DeleteAsync(force: true, cancellationToken));
        await Context.Watch.RemoveAsync(sequence, kill: true, CleanUpTime, cancellationToken).ConfigureAwait(false);
        if (isReleased)
            await Context.Watch.UntilGoneAsync(instance!, InstanceTimings.Default.ReleaseTime, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> UnlessStoppedAsync<T>(Task<T> call)
    {
        await Task.WhenAny(call, Task.Delay(Timeout.Infinite, StopToken)).ConfigureAwait(false);
        StopToken.ThrowIfCancellationRequested();
        return await call.ConfigureAwait(false);
    }

    /// <summary>What a call has made; null where it has failed.</summary>
    private static async Task<T?> AnswerOfAsync<T>(Task<T> call, CancellationToken cancellationToken) where T : class
    {
        await Task.WhenAny(call, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return call.Status == TaskStatus.RanToCompletion ? call.Result : null;
    }

    private async Task<(SequenceClient? Sequence, string Name, bool Published, IEnumerable<string> Engines)> FindAsync()
    {
        var query = Queries.Sequences(Context);
        query.MustBeOne = true;
        var found = new List<Sequence>();
        await query.ForEachAsync(_scope, [Sequence!], sequence =>
        {
            lock (found)
                found.Add(sequence);
            return Task.CompletedTask;
        }).ConfigureAwait(false);

        if (found.Select(s => s.Name).Distinct().Skip(1).Any())
            throw new ScramjetException(ErrorCodes.Ambiguous, $"'{Sequence}' fits several sequences: {string.Join(", ", found.Select(s => s.Name ?? s.Id).Distinct())}.", "Name one.");

        var chosen = found.OrderBy(s => s.Space, StringComparer.Ordinal).ThenBy(s => s.Hub, StringComparer.Ordinal).FirstOrDefault();
        if (found.Count > 1)
            PostVerbose($"{found.Count} hubs have '{Sequence}': {chosen!.Hub} runs it.");
        return (chosen?.Client, chosen?.Name ?? chosen?.Id ?? "", false, chosen?.Engines ?? []);
    }

    private async Task<(SequenceClient? Sequence, string Name, bool Published, IEnumerable<string> Engines)> PublishAsync(string path)
    {
        using var package = Packages.Check(this, path, label: false, StopToken);
        var hubs = new List<HubClient>();
        await _scope!.ForEachClientAsync(hub =>
        {
            lock (hubs)
                hubs.Add(hub);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var chosen = hubs.OrderBy(h => h.SpaceId, StringComparer.Ordinal).ThenBy(h => h.HubId, StringComparer.Ordinal).FirstOrDefault();
        if (chosen is null || !await ConfirmAsync($"{path} to {chosen.HubId}", "Publish").ConfigureAwait(false))
            return (null, "", false, []);

        _publishing = Packages.SendAsync(this, $"Publishing {Packages.NameOf(path)} to {chosen.HubId}", package.Value, progress => UploadAsync(chosen, package.Value, progress));
        var sent = await UnlessStoppedAsync(_publishing).ConfigureAwait(false);
        return (sent, package.Manifest.Name ?? path, true, package.Manifest.Engines.Keys);
    }

    /// <summary>Sends a package. Where the command is stopped after all of it was sent, the hub makes a sequence of it, whose id is needed to remove it.</summary>
    private async Task<SequenceClient> UploadAsync(HubClient hub, PackageSource package, IProgress<long> progress)
    {
        using var stop = new CancellationTokenSource();
        var sent = new UploadedBytes(progress);
        using var stopping = StopToken.Register(() =>
        {
            if (package.Length is null || sent.Count < package.Length)
                stop.Cancel();
        });
        return await hub.UploadSequenceAsync(package, sent, stop.Token).ConfigureAwait(false);
    }

    private static Task Settled(Task task) => task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private sealed class UploadedBytes(IProgress<long> next) : IProgress<long>
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Report(long value)
        {
            Interlocked.Exchange(ref _count, value);
            next.Report(value);
        }
    }
}
