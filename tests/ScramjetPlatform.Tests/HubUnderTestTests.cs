using System.Linq;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The module runs a sequence from its upload to its end on each hub.</summary>
public sealed class HubUnderTestTests(RealPlatform real)
{
    [Theory]
    [EachHub]
    public async Task A_sequence_can_be_used_from_its_upload_to_its_end(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndStart("echo");
        session.Get("@{ n = 1 }, @{ n = 2 } | Send-ScramjetInput -Instance $i");
        Assert.Equal([1L, 2L], session.Get("$i | Receive-ScramjetOutput -First 2").Select(o => o.Properties["n"].Value));
        session.Get("$i | Stop-ScramjetInstance -Force");
    }
}
