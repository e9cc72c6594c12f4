using System;

namespace Scramjet.Client;

/// <summary>An error of the client, with a code that programs can check.</summary>
public class ScramjetException : Exception
{
    /// <summary>Creates an error.</summary>
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

    /// <summary>What to do about it; null if there is no advice.</summary>
    public string? RecommendedAction { get; }

    /// <summary>The cause, if the code is too general for specific advice.</summary>
    internal ErrorSituation Situation { get; init; }
}
