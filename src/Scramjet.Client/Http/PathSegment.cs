using System;

namespace Scramjet.Client.Http;

/// <summary>Encodes ids and names as path segments, so that they can't lead to another route.</summary>
internal static class PathSegment
{
    /// <summary>Percent-encodes one segment.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the value is empty, or a dot segment, which encoding doesn't protect.</exception>
    public static string Encode(string value, string what)
    {
        if (string.IsNullOrEmpty(value))
            throw new ScramjetException(ErrorCodes.BadParameters, $"The {what} is empty.", $"Specify the {what}'s id or name.");

        if (value is "." or "..")
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{value}' isn't a valid {what}: it is a path, not a name.",
                $"Specify the {what}'s id or name.");
        }

        try
        {
            return Uri.EscapeDataString(value);
        }
        catch (UriFormatException e)
        {
            throw new ScramjetException(ErrorCodes.BadParameters, $"The {what} has characters that aren't allowed in an address.", null, e);
        }
    }
}
