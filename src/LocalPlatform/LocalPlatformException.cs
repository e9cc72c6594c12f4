using System;

namespace Scramjet.LocalPlatform;

/// <summary>The local platform or one of its hubs could not be started; the message says what to do.</summary>
public sealed class LocalPlatformException : InvalidOperationException
{
    /// <summary>Makes one with a message for the person who started the platform.</summary>
    public LocalPlatformException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
