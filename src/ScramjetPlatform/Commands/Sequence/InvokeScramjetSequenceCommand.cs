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
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Uses a sequence as a filter: starts an instance, sends it the pipeline, and writes its output at the same time.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ScramjetSequence", SupportsShouldProcess = true, DefaultParameterSetName = SequenceSet)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]))]
public sealed class InvokeScramjetSequenceCommand : DataCmdlet
{
    private const string SequenceSet = "Sequence";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string PythonEngine = "python3";

    /// <summary>
    /// The maximum time for the cleanup. Hubs of 1.0 need up to 15 seconds to end the instance, and 15 seconds more before the sequence can be removed.
    /// </summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(90);

    /// <summary>The maximum time for the cleanup on a hub that doesn't respond.</summary>
    private static readonly TimeSpan SilentHubCleanUpTime = TimeSpan.FromSeconds(5);

    private PipelineSender _sender = null!;
    private CommandScope? _scope;
    private string? _path;
    private StartOptions _options = new();
    private bool _verbose;
    private bool _isHubSilent;
    private Task<SequenceClient>? _publishing;

    [Parameter(Mandatory = true, HelpMessage = "The id or name of a sequence.", Position = 0, ParameterSetName = SequenceSet)]
    [Alias("SequenceId")]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference? Sequence { get; set; }

    [Parameter(ParameterSetName = SequenceSet)]
    public SwitchParameter Latest { get; set; }

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

    private object Target => (object?)Sequence ?? Path ?? LiteralPath!;

    private protected override int MaxRecords => 1;

    private protected override void Begin()
    {
        base.Begin();
        _sender = new PipelineSender(Context, ContentType, Target) { Start = StartInBackground, Send = SendAsync, HasOutput = true };
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
            throw new TerminatingError(e, AppConfig);
        }

        if (Sequence is null)
        {
            _path = ResolveOnePath(Path, LiteralPath);
            _scope = Places.Scope;
        }
        else
        {
            _scope = Places.ScopeFor([Sequence!]);
        }
    }

    private protected override Task ProcessAsync() => _sender.SendRecordAsync(CommandLine, InputObject);

    private protected override Task EndAsync() => _sender.EndAsync();

    private async Task SendAsync(StreamBody body)
    {
        var published = false;
        SequenceClient? sequence = null;
        Task<InstanceClient>? starting = null;
        try
        {
            (sequence, var name, published, var engines) = _path is null
                ? await FindAsync().ConfigureAwait(false)
                : await PublishAsync(_path).ConfigureAwait(false);
            if (sequence is null || !await ConfirmAsync($"{name} on {sequence.Hub.HubId}", "Invoke").ConfigureAwait(false))
                return;

            // Ctrl+C doesn't stop the hub. An instance that it has started must be killed.
            starting = Bind(sequence).StartAsync(_options, CancellationToken.None);
            var instance = await WaitUnlessStoppedAsync(starting).ConfigureAwait(false);

            // Python runners accept only text and bytes. Objects are sent as lines of JSON.
            if (body.ContentType == ContentTypes.NdJson && engines.Contains(PythonEngine))
                body = body.As(ContentTypes.Text);
            await RunAsync(instance, body, name).ConfigureAwait(false);
        }
        catch (ScramjetException e) when (!StopToken.IsCancellationRequested)
        {
            ReportNow(e);
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
        var errors = ForwardAsync(instance, InstanceStream.Stderr, Context.Output.PostWarningAsync, over.Token);
        var log = ForwardAsync(
            instance,
            InstanceStream.Log,
            line =>
            {
                var entry = LogEntry.Parse(line, null, instance.Hub.HubId, instance.InstanceId);
                run.Log.Add(entry);
                return _verbose ? Context.Output.PostVerboseAsync($"{entry.Level?.ToUpperInvariant()} {entry.Source}: {entry}".Trim()) : Task.CompletedTask;
            },
            over.Token);
        try
        {
            var (objects, bytes) = (0L, 0L);
            var failed = false;
            var all = await instance.InOutAsync(
                body,
                async (stream, token) =>
                {
                    objects = await OutputWriter
                        .WriteAsync(Context, stream, OutputContentType, token, hurry: run.Log.Completed)
                        .ConfigureAwait(false);
                    bytes = stream.BytesRead;
                },
                typeRead: run.Log.InputTypeRead,
                inputFailed: e =>
                {
                    failed = true;
                    ReportNow(e);
                },
                cancellationToken: StopToken).ConfigureAwait(false);

            // If not all input was sent, how the instance ended says nothing about it.
            if (failed)
                return;
            var amount = $"{objects} {ItemsOf(OutputContentType)} ({bytes} bytes) of output were read, "
                + $"and {_sender.Sent} {ItemsOf(body.ContentType)} ({body.Sent} bytes) of input were sent";
            await run.EnsureSucceededAsync(Context.Watch, log, name, bytes, amount, StopToken).ConfigureAwait(false);
            if (!all)
                Context.Output.PostVerbose($"The instance {instance.InstanceId} ended before it had read all of its input.");
        }
        finally
        {
            // Wait briefly, so that the last lines are written before the streams are closed.
            await Task.WhenAny(errors, Task.Delay(200, StopToken)).ConfigureAwait(false);
            over.Cancel();
            await Task.WhenAll(errors, log).IgnoreOutcomeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes an error at once, because reading the rest of the output and the cleanup take time.</summary>
    private void ReportNow(ScramjetException error)
    {
        _isHubSilent |= error is ScramjetApiException && (IsTimeout(error) || IsTimeout(error.InnerException));
        Context.Report(error, Target);
    }

    private static bool IsTimeout(Exception? error) => error is ScramjetApiException { Code: ErrorCodes.Timeout };

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
    /// Kills the instance, if it still runs, and removes it and the sequence, if requested. This also happens if the pipeline was stopped, and can continue
    /// after the command has ended.
    /// </summary>
    private async Task CleanUpAsync(Task<InstanceClient>? starting, Task<SequenceClient>? publishing)
    {
        var time = _isHubSilent ? SilentHubCleanUpTime : CleanUpTime;
        using var bound = new CancellationTokenSource(time);
        try
        {
            var client = starting is null ? null : await GetResultOrNullAsync(starting, bound.Token).ConfigureAwait(false);
            var instance = client is null ? null : await Context.Watch.KillAsync(client.ToInstance(), RemoveAfter, bound.Token).ConfigureAwait(false);
            if (publishing is null)
            {
                if (instance is not null)
                    await Context.Watch.UntilEndedAsync(instance, InstanceTimings.Default.KillTime, bound.Token).ConfigureAwait(false);
                return;
            }

            if (await GetResultOrNullAsync(publishing, bound.Token).ConfigureAwait(false) is { } sequence)
                await RemoveAsync(sequence, instance, bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ScramjetException or OperationCanceledException)
        {
            var reason = e is OperationCanceledException ? $"it took longer than {time.TotalSeconds:0} s" : e.Message.TrimEnd('.');
            await Context.WarnAsync(
                $"Invoke-ScramjetSequence couldn't clean up after '{Target}': {reason}. " +
                "To see what remains, use Get-ScramjetInstance and Get-ScramjetSequence.").ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(SequenceClient sequence, Instance? instance, CancellationToken cancellationToken)
    {
        var isReleased = instance is { IsGone: false }
            && (!instance.HasEnded || await Context.Watch.ReleaseAsync(instance, cancellationToken).ConfigureAwait(false));
        await Context.RemoveAsync(sequence, CleanUpTime, cancellationToken).ConfigureAwait(false);
        if (isReleased)
            await Context.Watch.UntilGoneAsync(instance!, InstanceTimings.Default.ReleaseTime, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> WaitUnlessStoppedAsync<T>(Task<T> call)
    {
        await Task.WhenAny(call, Task.Delay(Timeout.Infinite, StopToken)).ConfigureAwait(false);
        StopToken.ThrowIfCancellationRequested();
        return await call.ConfigureAwait(false);
    }

    /// <summary>Returns the result of a call, or null if it failed.</summary>
    private static async Task<T?> GetResultOrNullAsync<T>(Task<T> call, CancellationToken cancellationToken) where T : class
    {
        await Task.WhenAny(call, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return call.Status == TaskStatus.RanToCompletion ? call.Result : null;
    }

    private async Task<(SequenceClient? Sequence, string Name, bool Published, IEnumerable<string> Engines)> FindAsync()
    {
        var copies = new SequenceCopies(Context);
        var found = await RequestContext.CollectAsync<Sequence>(collect =>
            Finder.Sequences(Context, Latest ? Several.AreMeant : Several.AreOnePerPlace).ForEachAsync(_scope, [Sequence!], async sequence =>
            {
                if (!Latest || await copies.IsNewestAsync(sequence).ConfigureAwait(false))
                    await collect(sequence).ConfigureAwait(false);
            })).ConfigureAwait(false);
        if (found.Select(s => s.Name).Distinct().Skip(1).Any())
        {
            throw new ScramjetException(
                ErrorCodes.Ambiguous,
                $"'{Sequence}' matches several sequences: {string.Join(", ", found.Select(s => s.Name ?? s.Id).Distinct())}.",
                "Specify one.");
        }

        var chosen = found.OrderBy(s => s.Space, StringComparer.Ordinal).ThenBy(s => s.Hub, StringComparer.Ordinal).FirstOrDefault();
        if (found.Count > 1)
            Context.Output.PostVerbose($"{found.Count} hubs have '{Sequence}': {chosen!.Hub} runs it.");
        return (chosen?.Client, chosen?.Name ?? chosen?.Id ?? "", false, chosen?.Engines ?? []);
    }

    private async Task<(SequenceClient? Sequence, string Name, bool Published, IEnumerable<string> Engines)> PublishAsync(string path)
    {
        using var package = await Packages.CheckAsync(Context, path, label: false).ConfigureAwait(false);
        var hubs = await RequestContext.CollectAsync<HubClient>(new PlaceFinder(Context, _scope!).ForEachClientAsync).ConfigureAwait(false);
        var chosen = hubs.OrderBy(h => h.SpaceId, StringComparer.Ordinal).ThenBy(h => h.HubId, StringComparer.Ordinal).FirstOrDefault();
        if (chosen is null || !await ConfirmAsync($"{path} to {chosen.HubId}", "Publish").ConfigureAwait(false))
            return (null, "", false, []);

        _publishing = Packages.SendAsync(
            Context,
            $"Publishing {Packages.NameOf(path)} to {chosen.HubId}",
            package.Value,
            progress => UploadAsync(chosen, package.Value, progress));
        var sent = await WaitUnlessStoppedAsync(_publishing).ConfigureAwait(false);
        return (sent, package.Manifest.Name ?? path, true, package.Manifest.Engines.Keys);
    }

    /// <summary>
    /// Uploads a package. If the command is stopped after the whole package was sent, the upload isn't canceled, because the id of the new sequence is needed
    /// to remove it.
    /// </summary>
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
