using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets what is known of spaces' access keys: when each was made, and what for. The keys themselves are never told again.</summary>
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
