using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
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
    public string? InputTopic { get; set; }

    /// <summary>
    /// <para type="description">The topic that the instance's output goes to. Hubs since 0.26.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
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
            SequenceClient.CheckInstanceId(InstanceId);
            _options = new StartOptions
            {
                AppConfig = PSJson.ObjectFrom(AppConfig, nameof(AppConfig)),
                ArgumentList = ArgumentList is null ? null : (JArray)PSJson.From(ArgumentList),
                InputTopic = InputTopic,
                OutputTopic = OutputTopic,
                InstanceId = InstanceId,
                Limits = PSJson.ObjectFrom(Limits, nameof(Limits)),
            };
        }
        catch (ScramjetException e)
        {
            Fail(e, AppConfig);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => StartForEach(StartAsync);

    private async Task StartAsync(Sequence sequence)
    {
        if (!await ConfirmAsync($"{sequence.Name ?? "sequence"} ({sequence.Id}) on {sequence.Hub}", "Start").ConfigureAwait(false))
            return;

        var instance = await ThrottledAsync(async () =>
        {
            var client = await Own(sequence.Client).StartAsync(_options, StopToken).ConfigureAwait(false);
            return await client.GetStartedAsync(sequence, _options!, StopToken).ConfigureAwait(false);
        }).ConfigureAwait(false);

        if (Wait)
            instance = await InstanceWaiter.WaitAsync(this, instance, i => i.Status is not (InstanceStatus.Initializing or InstanceStatus.Starting or InstanceStatus.Unknown), TimeSpan.FromSeconds(TimeoutSec)).ConfigureAwait(false);
        await WriteAsync(instance).ConfigureAwait(false);
    }
}
