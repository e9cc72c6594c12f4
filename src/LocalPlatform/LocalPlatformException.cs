using System;

namespace Scramjet.LocalPlatform;

/// <summary>The local platform or one of its hubs couldn't be started. The message says what to do.</summary>
public sealed class LocalPlatformException : InvalidOperationException
{
    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public LocalPlatformException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
