using System;
using System.Management.Automation;
using Scramjet.Client;

namespace ScramjetPlatform.Binding;

/// <summary>A name in a parameter: a text that must be equal, ignoring case, or a wildcard pattern.</summary>
internal sealed class TextPattern
{
    private readonly WildcardPattern? _wildcard;

    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: a bracket isn't closed.</exception>
    public TextPattern(string text)
    {
        Text = text;
        if (!WildcardPattern.ContainsWildcardCharacters(text))
            return;

        try
        {
            // The pattern is parsed by its first use.
            _wildcard = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);
            _wildcard.IsMatch("");
        }
        catch (WildcardPatternException e)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{text}' isn't a valid wildcard pattern.",
                "Close the bracket, or escape it with a backtick.",
                e);
        }
    }

    public string Text { get; }

    public bool IsWildcard => _wildcard is not null;

    public bool IsMatch(string? value) => value is not null && (_wildcard?.IsMatch(value) ?? string.Equals(value, Text, StringComparison.OrdinalIgnoreCase));
}
