using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Writes the data of an instance: its output, standard output or standard error.</summary>
[Cmdlet(VerbsCommunications.Receive, "ScramjetOutput", SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]))]
public sealed class ReceiveScramjetOutputCommand : HubCmdlet
{
    private StreamReceiver _receiver = null!;

    [Parameter(Mandatory = true, HelpMessage = "Ids or names of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    [RefusesOtherKinds]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter]
    public InstanceStream Stream { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? ContentType { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    [Parameter]
    public SwitchParameter Append { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [NoCompletion]
    public int First { get; set; } = int.MaxValue;

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 2147483d)]
    [NoCompletion]
    public double? DurationSec { get; set; }

    private protected override double? CallTimeoutSec => StreamTime.CallTimeoutSec(DurationSec);

    private protected override int MaxRecords => int.MaxValue;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override void Begin()
    {
        StreamReceiver.Check(ContentType, OutFile, Append, Force, First);
        _receiver = new StreamReceiver(Context, DurationSec)
        {
            ContentType = AsByteStream ? ContentTypes.Bytes : ContentType ?? DefaultContentType,
            First = First,
            File = OutFile is null ? null : ResolveOnePath(null, OutFile),
            Append = Append,
            Replace = Force,
        };
    }

    private string? DefaultContentType => Stream is InstanceStream.Stdout or InstanceStream.Stderr ? ContentTypes.Text : null;

    private protected override Task ProcessAsync() => Places.ForEachInstanceAsync(Instance, ReceiveAsync);

    private Task ReceiveAsync(Instance instance) =>
        _receiver.ReceiveAsync((time, token) => Context.Bind(instance.Client, time).GetStreamAsync(Stream, token), $"{Stream} of {instance.Id}");
}
