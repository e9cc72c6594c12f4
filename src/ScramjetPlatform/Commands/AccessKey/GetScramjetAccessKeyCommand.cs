using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the access keys of spaces, with their creation times and descriptions. The keys themselves can't be read.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetAccessKey")]
[OutputType(typeof(AccessKey))]
public sealed class GetScramjetAccessKeyCommand : PipedSpaceCmdlet
{
    private protected override Task ProcessAsync() => Places.ForEachSpaceAsync(ListAsync);

    private async Task ListAsync(Space space)
    {
        foreach (var key in await AccessKeys.GetMiddleware(Context, space).ListAccessKeysAsync(space.Id, StopToken).ConfigureAwait(false))
            await WriteAsync(key).ConfigureAwait(false);
    }
}
