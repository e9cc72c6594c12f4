using System.Management.Automation;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the space and the hub that are meant where a command names none.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetContext")]
[OutputType(typeof(ScramjetContext))]
public sealed class GetScramjetContextCommand : ScramjetCmdlet
{
    private protected override PipedKind TakesFromPipeline => PipedKind.Connection;

    private protected override void Process() => WriteObject(new ScramjetContext(RequireConnection()));
}
