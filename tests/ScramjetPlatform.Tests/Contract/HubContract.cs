using System;
using System.Threading.Tasks;
using Scramjet.Testing;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>
/// The behavior of a hub, independent of the module. Each behavior that the module relies on is a test, which runs with the real hub from npm, the stand-in,
/// and the hub in SCRAMJET_TEST_HUB_URI. Differences between versions are in <see cref="HubFacts"/>. A difference between the stand-in and the 1.0.1 release
/// is a defect of the stand-in.
/// </summary>
public abstract class HubContract(RealPlatform real)
{
    /// <summary>A time in which a list can be read, also on a busy machine.</summary>
    private static readonly TimeSpan s_shortSecond = TimeSpan.FromMilliseconds(15);

    /// <summary>Whether the stand-in's times are short in these tests.</summary>
    private protected virtual bool ShortSecond => false;

    internal Task<ContractHub> StartAsync(TestHub which, Action<FakeHub>? configure = null) => ContractHub.StartAsync(which, real, hub =>
    {
        if (ShortSecond)
            hub.Second = s_shortSecond;
        configure?.Invoke(hub);
    });
}
