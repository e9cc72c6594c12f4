using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Starts an instance of each sequence.</summary>
[Cmdlet(VerbsLifecycle.Start, "ScramjetSequence", SupportsShouldProcess = true)]
[OutputType(typeof(Instance))]
public sealed class StartScramjetSequenceCommand : HubCmdlet
{
    private SequenceCopies _copies = null!;

    [Parameter(Mandatory = true, HelpMessage = "Ids or names of sequences.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("SequenceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[] Sequence { get; set; } = [];

    [Parameter]
    public SwitchParameter Latest { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NoCompletion]
    public object? AppConfig { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? AppConfigPath { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Args")]
    [AllowEmptyCollection]
    [AllowNull]
    public object?[]? ArgumentList { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string? InputTopic { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string? OutputTopic { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NoCompletion]
    public string? InstanceId { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NoCompletion]
    public object? Limits { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? StartupConfig { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Wait { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double WaitTimeoutSec { get; set; } = 60;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Begin()
    {
        _copies = new SequenceCopies(Context);
        var texts = new (string Name, object? Value)[]
        {
            (nameof(AppConfig), AppConfig),
            (nameof(AppConfigPath), AppConfigPath),
            (nameof(InputTopic), InputTopic),
            (nameof(OutputTopic), OutputTopic),
            (nameof(InstanceId), InstanceId),
            (nameof(Limits), Limits),
            (nameof(StartupConfig), StartupConfig),
        };
        if (texts.FirstOrDefault(t => CommandLine.Has(t.Name) && string.IsNullOrEmpty(t.Value?.ToString())).Name is { } empty)
            throw TerminatingError.BadParameters($"-{empty} is empty.", $"Specify a value, or omit -{empty}.");

        // Report an error on the command line before anything is started.
        if (CommandLine.ExpectsInput)
            ReadOptions(onlyCommandLine: true);
    }

    private protected override Task ProcessAsync()
    {
        var options = ReadOptions(onlyCommandLine: false);
        var wait = Wait ? TimeSpan.FromSeconds(WaitTimeoutSec) : (TimeSpan?)null;
        return Places.ForEachSequenceAsync(Sequence, sequence => StartAsync(sequence, options, wait), Latest ? Several.AreMeant : Several.AreOnePerPlace);
    }

    private StartOptions ReadOptions(bool onlyCommandLine)
    {
        try
        {
            return CombineOptions(onlyCommandLine);
        }
        catch (ScramjetException e) when (onlyCommandLine || !CommandLine.ExpectsInput)
        {
            throw new TerminatingError(e, StartupConfig ?? AppConfigPath ?? AppConfig);
        }
    }

    /// <summary>Returns the options for the instances of the record. Empty columns of a row are ignored.</summary>
    private StartOptions CombineOptions(bool onlyCommandLine)
    {
        T? Given<T>(string name, T? value) where T : class => (onlyCommandLine && !CommandLine.Has(name)) || value?.ToString() is null or "" ? null : value;

        var options = Given(nameof(StartupConfig), StartupConfig) is { } config ? ReadFile(config, StartOptions.FromFile) : new StartOptions();
        if (Given(nameof(AppConfigPath), AppConfigPath) is { } path)
            options.AppConfig = ReadFile(path, ConfigFile.ReadObject);
        options.AppConfig = PSJson.ObjectFrom(Given(nameof(AppConfig), AppConfig), nameof(AppConfig)) ?? options.AppConfig;
        if (!onlyCommandLine || CommandLine.Has(nameof(ArgumentList)))
            options.ArgumentList = ArgumentList is null || HasEmptyArgumentColumn ? options.ArgumentList : (JArray)PSJson.From(ArgumentList);
        options.InputTopic = Given(nameof(InputTopic), InputTopic) ?? options.InputTopic;
        options.OutputTopic = Given(nameof(OutputTopic), OutputTopic) ?? options.OutputTopic;
        options.InstanceId = Given(nameof(InstanceId), InstanceId) ?? options.InstanceId;
        var limits = PSJson.ObjectFrom(Given(nameof(Limits), Limits), nameof(Limits));
        if (InstanceLimits.FindWrong(limits) is { } why)
            throw new ScramjetException(ErrorCodes.BadParameters, $"-{nameof(Limits)} can't be used: {why}.", InstanceLimits.Advice);
        options.Limits = limits ?? options.Limits;
        SequenceClient.CheckInstanceId(options.InstanceId);
        return options;
    }

    private bool HasEmptyArgumentColumn => !CommandLine.Has(nameof(ArgumentList)) && ArgumentList is { Length: 1 } && ArgumentList[0] is null or "";

    private T ReadFile<T>(string path, Func<string, CancellationToken, T> read)
    {
        var full = Paths.FullPath(path);
        return ReadLocal(cancellationToken => read(full, cancellationToken));
    }

    private async Task StartAsync(Sequence sequence, StartOptions options, TimeSpan? wait)
    {
        if (Latest && !await _copies.IsNewestAsync(sequence).ConfigureAwait(false))
            return;
        if (!await ConfirmAsync($"{sequence.Name ?? "sequence"} ({sequence.Id}) on {sequence.Hub}", "Start").ConfigureAwait(false))
            return;

        var instance = await Context.StartAsync(sequence, options).ConfigureAwait(false);
        if (wait is { } timeout)
            instance = await Context.Watch.UntilRunningAsync(instance, timeout, StopToken).ConfigureAwait(false);
        await WriteAsync(instance).ConfigureAwait(false);
    }
}
