using System;
using System.Management.Automation.Host;

namespace ScramjetPlatform.View;

/// <summary>Reads keys that were typed, without waiting for one. For the pipeline thread.</summary>
internal sealed class Keyboard(PSHost host)
{
    /// <summary>Gets whether the host can read keys, as far as is known.</summary>
    public bool IsAvailable { get; private set; } = !(host.Name == "ConsoleHost" && Console.IsInputRedirected);

    /// <summary>Returns the next key that was typed; null if there is none.</summary>
    public char? Read()
    {
        try
        {
            return IsAvailable && host.UI.RawUI.KeyAvailable ? host.UI.RawUI.ReadKey(ReadKeyOptions.NoEcho | ReadKeyOptions.IncludeKeyDown).Character : null;
        }
        catch (Exception e) when (e is InvalidOperationException or NotImplementedException or NotSupportedException or HostException)
        {
            IsAvailable = false;
            return null;
        }
    }
}
