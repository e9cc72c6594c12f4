using System.Management.Automation;
using Scramjet.Client;

namespace ScramjetPlatform.Pipeline;

/// <summary>Wildcards as the commands take them.</summary>
internal static class Wildcard
{
    /// <summary>The pattern; null for a text that isn't one.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: a bracket has no end.</exception>
    public static WildcardPattern? Parse(string text)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(text))
            return null;

        try
        {
            // The pattern is read when it is used first.
            var pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);
            pattern.IsMatch("");
            return pattern;
        }
        catch (WildcardPatternException e)
        {
            throw new ScramjetException(ErrorCodes.BadParameters, $"'{text}' isn't a valid wildcard pattern.", "Close the bracket, or escape it with a backtick.", e);
        }
    }
}
