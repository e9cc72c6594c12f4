using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Starts an instance of each sequence.</para>
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "ScramjetSequence", SupportsShouldProcess = true)]
[OutputType(typeof(Instance))]
public sealed class StartScramjetSequenceCommand : SequenceActionCmdlet
{
    private StartOptions? _options;

    /// <summary>
    /// <para type="description">The configuration that the program gets: a hashtable, an object, or JSON text.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public object? AppConfig { get; set; }

    /// <summary>
    /// <para type="description">A file, JSON or YAML, with the configuration that the program gets, in the place of -AppConfig.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AppConfigPath { get; set; }

    /// <summary>
    /// <para type="description">The arguments that the program's function gets, of any type that JSON has.</para>
    /// </summary>
    [Parameter]
    [Alias("Args")]
    [AllowEmptyCollection]
    [AllowNull]
    public object?[]? ArgumentList { get; set; }

    /// <summary>
    /// <para type="description">The topic that the instance's input comes from. Hubs since 0.26.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string? InputTopic { get; set; }

    /// <summary>
    /// <para type="description">The topic that the instance's output goes to. Hubs since 0.26.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string? OutputTopic { get; set; }

    /// <summary>
    /// <para type="description">The id that the instance gets: 36 characters, such as a GUID. Hubs since 0.26.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? InstanceId { get; set; }

    /// <summary>
    /// <para type="description">The instance's limits as a hashtable or object: memory (megabytes), gpu (true or false). Hubs since 0.26.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public object? Limits { get; set; }

    /// <summary>
    /// <para type="description">A file, JSON or YAML, with any of appConfig, args, inputTopic, outputTopic, limits and instanceId. What is given as a parameter counts more.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StartupConfig { get; set; }

    /// <summary>
    /// <para type="description">Waits until the instance runs before it is written.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>
    /// <para type="description">How long -Wait waits, in seconds. Default: 60.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 60;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            _options = StartupConfig is null ? new StartOptions() : StartOptions.FromFile(GetUnresolvedProviderPathFromPSPath(StartupConfig));
            if (AppConfigPath is not null)
                _options.AppConfig = ConfigFile.ReadObject(GetUnresolvedProviderPathFromPSPath(AppConfigPath));
            _options.AppConfig = PSJson.ObjectFrom(AppConfig, nameof(AppConfig)) ?? _options.AppConfig;
            _options.ArgumentList = ArgumentList is null ? _options.ArgumentList : (JArray)PSJson.From(ArgumentList);
            _options.InputTopic = InputTopic ?? _options.InputTopic;
            _options.OutputTopic = OutputTopic ?? _options.OutputTopic;
            _options.InstanceId = InstanceId ?? _options.InstanceId;
            _options.Limits = PSJson.ObjectFrom(Limits, nameof(Limits)) ?? _options.Limits;
            SequenceClient.CheckInstanceId(_options.InstanceId);
        }
        catch (ScramjetException e)
        {
            Fail(e, StartupConfig ?? AppConfigPath ?? AppConfig);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => StartForEach(StartAsync);

    private async Task StartAsync(Sequence sequence)
    {
        if (!await ConfirmAsync($"{sequence.Name ?? "sequence"} ({sequence.Id}) on {sequence.Hub}", "Start").ConfigureAwait(false))
            return;

        var instance = await ThrottledAsync(() => Own(sequence.Client).StartAsync(sequence, _options!, StopToken)).ConfigureAwait(false);
        if (Wait)
            instance = await InstanceWaiter.UntilRunningAsync(this, instance, TimeSpan.FromSeconds(TimeoutSec)).ConfigureAwait(false);
        await WriteAsync(instance).ConfigureAwait(false);
    }
}
