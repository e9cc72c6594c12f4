using System;
using System.Threading.Tasks;
using Scramjet.Testing;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>
/// What a hub does, whatever the module makes of it: each behaviour that the module relies on is one test, which runs against the
/// real hub from npm, the stand-in, and a hub that SCRAMJET_TEST_HUB_URI names. What differs by version is in <see cref="HubFacts"/>;
/// what differs between the stand-in and the 1.0.1 release is a defect of the stand-in.
/// </summary>
public abstract class HubContract(RealPlatform real)
{
    /// <summary>So long that a list can be read in it, on a busy machine too.</summary>
    private static readonly TimeSpan s_shortSecond = TimeSpan.FromMilliseconds(15);

    /// <summary>Whether the stand-in's own times are short in these tests.</summary>
    private protected virtual bool ShortSecond => false;

    internal Task<ContractHub> StartAsync(TestHub which, Action<FakeHub>? configure = null) => ContractHub.StartAsync(which, real, hub =>
    {
        if (ShortSecond)
            hub.Second = s_shortSecond;
        configure?.Invoke(hub);
    });
}
