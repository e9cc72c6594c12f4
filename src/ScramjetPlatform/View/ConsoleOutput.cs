using System;
using System.Management.Automation.Host;

namespace ScramjetPlatform.View;

/// <summary>What is known of where a host's output goes.</summary>
internal static class ConsoleOutput
{
    /// <summary>Whether the host is a console whose output goes into a file or to another program.</summary>
    public static bool IsRedirected(PSHost host) => host.Name == "ConsoleHost" && Console.IsOutputRedirected;
}
