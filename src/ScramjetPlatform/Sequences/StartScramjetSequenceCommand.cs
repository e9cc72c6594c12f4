using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Starts an instance of each sequence.</summary>
[Cmdlet(VerbsLifecycle.Start, "ScramjetSequence", SupportsShouldProcess = true)]
[OutputType(typeof(Instance))]
public sealed class StartScramjetSequenceCommand : SequenceActionCmdlet
{
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

    private protected override void Begin()
    {
        foreach (var (name, value) in new (string, object?)[] { (nameof(AppConfig), AppConfig), (nameof(AppConfigPath), AppConfigPath), (nameof(InputTopic), InputTopic), (nameof(OutputTopic), OutputTopic), (nameof(InstanceId), InstanceId), (nameof(Limits), Limits), (nameof(StartupConfig), StartupConfig) })
        {
            if (IsOnCommandLine(name) && string.IsNullOrEmpty(value?.ToString()))
                Fail(new ScramjetException(ErrorCodes.BadParameters, $"-{name} is empty.", $"Give a value, or leave -{name} out."));
        }

        // What is wrong on the command line shows before anything is started.
        if (!MyInvocation.ExpectingInput)
            return;
        try
        {
            ReadOptions(onlyCommandLine: true);
        }
        catch (ScramjetException e)
        {
            Fail(e, StartupConfig ?? AppConfigPath ?? AppConfig);
        }
    }

    private protected override PipedKind TakesFromPipeline => base.TakesFromPipeline | PipedKind.Instance;

    private protected override void Process()
    {
        StartOptions options;
        try
        {
            options = ReadOptions(onlyCommandLine: false);
        }
        catch (ScramjetException e)
        {
            if (!MyInvocation.ExpectingInput)
                Fail(e, StartupConfig ?? AppConfigPath ?? AppConfig);
            WriteError(ErrorRecords.From(e, InputObject));
            return;
        }

        var wait = Wait ? TimeSpan.FromSeconds(WaitTimeoutSec) : (TimeSpan?)null;
        StartForEach(sequence => StartAsync(sequence, options, wait));
    }

    /// <summary>What this record's instances are started with. A row's empty columns count as not given.</summary>
    private StartOptions ReadOptions(bool onlyCommandLine)
    {
        T? Given<T>(string name, T? value) where T : class => (onlyCommandLine && !IsOnCommandLine(name)) || value?.ToString() is null or "" ? null : value;

        var options = Given(nameof(StartupConfig), StartupConfig) is { } config ? ReadFile(config, StartOptions.FromFile) : new StartOptions();
        if (Given(nameof(AppConfigPath), AppConfigPath) is { } path)
            options.AppConfig = ReadFile(path, ConfigFile.ReadObject);
        options.AppConfig = PSJson.ObjectFrom(Given(nameof(AppConfig), AppConfig), nameof(AppConfig)) ?? options.AppConfig;
        if (!onlyCommandLine || IsOnCommandLine(nameof(ArgumentList)))
            options.ArgumentList = ArgumentList is null || (!IsOnCommandLine(nameof(ArgumentList)) && ArgumentList.Length == 1 && ArgumentList[0] is null or "") ? options.ArgumentList : (JArray)PSJson.From(ArgumentList);
        options.InputTopic = Given(nameof(InputTopic), InputTopic) ?? options.InputTopic;
        options.OutputTopic = Given(nameof(OutputTopic), OutputTopic) ?? options.OutputTopic;
        options.InstanceId = Given(nameof(InstanceId), InstanceId) ?? options.InstanceId;
        options.Limits = PSJson.ObjectFrom(Given(nameof(Limits), Limits), nameof(Limits)) ?? options.Limits;
        SequenceClient.CheckInstanceId(options.InstanceId);
        return options;
    }

    private T ReadFile<T>(string path, Func<string, CancellationToken, T> read)
    {
        var full = PathResolver.FullPath(this, path);
        return ReadLocal(cancellationToken => read(full, cancellationToken));
    }

    private async Task StartAsync(Sequence sequence, StartOptions options, TimeSpan? wait)
    {
        if (!await ConfirmAsync($"{sequence.Name ?? "sequence"} ({sequence.Id}) on {sequence.Hub}", "Start").ConfigureAwait(false))
            return;

        var instance = await Own(sequence.Client).StartAsync(sequence, options, StopToken).ConfigureAwait(false);
        if (wait is { } timeout)
            instance = await Context.Watch.UntilRunningAsync(instance, timeout, StopToken).ConfigureAwait(false);
        await WriteAsync(instance).ConfigureAwait(false);
    }
}
