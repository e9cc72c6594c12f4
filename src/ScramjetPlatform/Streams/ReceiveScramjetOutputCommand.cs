using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Writes what comes out of an instance: its output, standard output or standard error.</summary>
[Cmdlet(VerbsCommunications.Receive, "ScramjetOutput", SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]))]
public sealed class ReceiveScramjetOutputCommand : ReceiveCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter]
    public InstanceStream Stream { get; set; }

    private protected override void Begin()
    {
        base.Begin();
        if (Stream is InstanceStream.Stdout or InstanceStream.Stderr)
            ContentType ??= ContentTypes.Text;
    }

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Instance;

    private protected override void Process() => StartForEach(Queries.Instances(Context), Instance, ReceiveAsync, endless: true);

    private Task ReceiveAsync(Instance instance) => ReceiveAsync((time, token) => Context.Own(instance.Client, time).GetStreamAsync(Stream, token), $"{Stream} of {instance.Id}");
}
