using System;

namespace Scramjet.Client;

/// <summary>An error of the client, with a code that a program can tell apart.</summary>
public class ScramjetException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="recommendedAction">What to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public ScramjetException(string code, string message, string? recommendedAction = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        RecommendedAction = recommendedAction;
    }

    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public string Code { get; }

    /// <summary>What to do about it, where that can be said.</summary>
    public string? RecommendedAction { get; }

    /// <summary>What exactly led to it.</summary>
    internal ErrorSituation Situation { get; init; }
}
