using System.Text.RegularExpressions;
using Scramjet.Client.Http;

namespace Scramjet.Client.Streams;

/// <summary>
/// The names of topics. Programs and start options can give a topic any name, but hubs create, read, write and remove only those whose names have certain
/// characters.
/// </summary>
internal static class TopicName
{
    /// <summary>The names that hubs accept in a request.</summary>
    public const string Pattern = @"^[A-Za-z0-9_+-]+\z";

    /// <summary>What <see cref="Pattern"/> means.</summary>
    public const string Characters = "letters from a to z, digits, '-', '_' and '+'";

    private static readonly Regex s_pattern = new(Pattern, RegexOptions.CultureInvariant);

    /// <summary>Returns whether hubs accept a name in a request.</summary>
    public static bool IsValid(string name) => s_pattern.IsMatch(name);

    /// <summary>Returns a name as a segment of an address. Hubs don't decode it, so that the characters that they accept aren't encoded.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the name is empty, or a dot segment.</exception>
    public static string Encode(string name) => IsValid(name) ? name : PathSegment.Encode(name, "topic");
}
