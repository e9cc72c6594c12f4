using System.Text.RegularExpressions;
using Scramjet.Client.Http;

namespace Scramjet.Client.Streams;

/// <summary>
/// The names of topics. Programs and start options can give a topic any name, but hubs create, read, write and remove only those whose names have certain
/// characters.
/// </summary>
internal static class TopicName
{
    /// <summary>The characters of names that hubs accept in a request.</summary>
    public const string Characters = "letters from a to z, digits, '-', '_' and '+'";

    private static readonly Regex s_pattern = new(@"^[A-Za-z0-9_+-]+\z", RegexOptions.CultureInvariant);

    /// <summary>Returns whether hubs accept a name in a request.</summary>
    public static bool IsValid(string name) => s_pattern.IsMatch(name);

    /// <summary>Returns a name as a segment of an address. Hubs don't decode it, so that the characters that they accept aren't encoded.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the name is empty, or a dot segment.</exception>
    public static string Encode(string name) => IsValid(name) ? name : PathSegment.Encode(name, "topic");

    /// <summary>Checks the name of a topic to create.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: hubs don't accept it.</exception>
    public static string Check(string name) => IsValid(name) ? name : throw Rejected(name);

    /// <summary>Creates the error for a name that hubs reject.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cause">The response of the hub, if it was sent.</param>
    public static ScramjetException Rejected(string name, ScramjetException? cause = null) => new(
        ErrorCodes.BadParameters,
        $"Hubs don't accept the topic name '{DisplayText.Clean(name)}'.",
        $"Use a name with {Characters} only.",
        cause);
}
