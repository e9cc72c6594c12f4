using System.Management.Automation;
using System.Threading.Tasks;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the space and the hub that are meant where a command names none.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetContext")]
[OutputType(typeof(ScramjetContext))]
public sealed class GetScramjetContextCommand : ConnectionCmdlet
{
    private protected override Task ProcessAsync() => WriteAsync(new ScramjetContext(Places.Connection));
}
