using System.Management.Automation;
using System.Threading.Tasks;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the default space and hub of a connection.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetContext")]
[OutputType(typeof(ScramjetContext))]
public sealed class GetScramjetContextCommand : ConnectionCmdlet
{
    private protected override Task ProcessAsync() => WriteAsync(new ScramjetContext(Places.Connection));
}
