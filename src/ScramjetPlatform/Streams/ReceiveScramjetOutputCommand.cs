using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Writes what comes out of an instance: its output, standard output or standard error.</para>
/// </summary>
[Cmdlet(VerbsCommunications.Receive, "ScramjetOutput")]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]))]
public sealed class ReceiveScramjetOutputCommand : ReceiveCmdlet
{
    /// <summary>
    /// <para type="description">The instances: ids, unique beginnings of ids, wildcards, or objects.</para>
    /// </summary>
    [Parameter(Mandatory = true, HelpMessage = "Ids of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[] Instance { get; set; } = [];

    /// <summary>
    /// <para type="description">Which stream: Output (the default), Stdout, Stderr, or Log as it comes (see Get-ScramjetLog). The hub keeps what nobody has read yet; what was read before, a later reader doesn't get.</para>
    /// </summary>
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

    private Task ReceiveAsync(Instance instance) => ReceiveAsync(token => Own(instance.Client).GetStreamAsync(Stream, token), $"{Stream} of {instance.Id}");
}
