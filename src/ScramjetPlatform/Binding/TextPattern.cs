using System;
using System.Management.Automation;
using Scramjet.Client;

namespace ScramjetPlatform.Binding;

/// <summary>
/// A name in a parameter: a text that must be equal, ignoring case, or a wildcard pattern. A name that has the characters of a wildcard matches itself, too.
/// </summary>
internal sealed class TextPattern
{
    private readonly WildcardPattern? _wildcard;

    /// <summary>The text without the backticks that escape a wildcard's characters.</summary>
    private readonly string _unescaped;

    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: a bracket isn't closed.</exception>
    public TextPattern(string text)
    {
        Text = text;
        _unescaped = text.IndexOf('`') < 0 ? text : WildcardPattern.Unescape(text);
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

    public bool IsMatch(string? value) => IsText(value) || (value is not null && (_wildcard?.IsMatch(value) ?? AreEqual(value, _unescaped)));

    /// <summary>Returns whether a value is the text as it was given.</summary>
    public bool IsText(string? value) => AreEqual(value, Text);

    private static bool AreEqual(string? one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
