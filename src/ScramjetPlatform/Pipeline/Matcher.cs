using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// Finds what a text names among things that arrive bit by bit. An id or a name, whole, or a wildcard fits at once; the beginning of
/// an id fits only when all have been seen, nothing fitted whole, and no other id begins so.
/// </summary>
internal sealed class Matcher<T>(string kind, string text, Func<T, string> id, Func<T, string?>? name = null, string place = "on one hub")
{
    private readonly WildcardPattern? _wildcard = Wildcard.Parse(text);
    private readonly List<T> _beginnings = [];
    private bool _found;

    public string Text { get; } = text;

    /// <summary>Whether nothing has fitted whole yet, and something should.</summary>
    public bool IsOpen => !_found && _wildcard is null;

    /// <summary>Those of the items that fit whole.</summary>
    /// <param name="items">The items of one place, such as a hub.</param>
    /// <param name="mustBeOne">A name that fits several items in this place is an error.</param>
    /// <exception cref="ScramjetException"><c>AMBIGUOUS</c>.</exception>
    public IReadOnlyList<T> Take(IEnumerable<T> items, bool mustBeOne = false)
    {
        var fitting = new List<T>();
        lock (_beginnings)
        {
            foreach (var item in items)
            {
                if (Fits(item))
                    fitting.Add(item);
                else if (_wildcard is null && id(item).StartsWith(Text, StringComparison.OrdinalIgnoreCase))
                    _beginnings.Add(item);
            }

            _found |= fitting.Count > 0;
        }

        if (mustBeOne && _wildcard is null && fitting.Count > 1)
            throw Ambiguous($"The name '{Text}' fits {fitting.Count} {kind}s {place}", fitting);
        return fitting;
    }

    /// <summary>What the text fits as the beginning of an id, if nothing fitted whole.</summary>
    /// <param name="notAsked">The places that could not be asked.</param>
    /// <param name="anyAsked">Whether at least one place could.</param>
    /// <exception cref="ScramjetException"><c>NOT_FOUND</c> or <c>AMBIGUOUS</c>.</exception>
    public IReadOnlyList<T> Rest(IReadOnlyCollection<string>? notAsked = null, bool anyAsked = true)
    {
        if (_found || _wildcard is not null)
            return [];
        if (_beginnings.Count > 1)
            throw Ambiguous($"'{Text}' fits {_beginnings.Count} {kind}s", _beginnings);
        if (_beginnings.Count == 1)
            return _beginnings;
        if (!anyAsked)
            return [];

        var rest = notAsked is { Count: > 0 } ? $" among what could be asked (not: {string.Join(", ", notAsked)})" : "";
        throw Missing.Of(kind, Text, rest);
    }

    private bool Fits(T item) => _wildcard is not null
        ? _wildcard.IsMatch(id(item)) || (name?.Invoke(item) is { } n && _wildcard.IsMatch(n))
        : string.Equals(id(item), Text, StringComparison.OrdinalIgnoreCase) || string.Equals(name?.Invoke(item), Text, StringComparison.OrdinalIgnoreCase);

    private ScramjetException Ambiguous(string what, IEnumerable<T> items) => new(
        ErrorCodes.Ambiguous,
        $"{what}: {string.Join(", ", items.Take(10).Select(id))}.",
        "Give the whole id, or a wildcard to mean all of them.");
}

/// <summary>The error that something isn't there.</summary>
internal static class Missing
{
    /// <param name="kind">What it would be, such as <c>sequence</c>.</param>
    /// <param name="text">What it was named by.</param>
    /// <param name="rest">Where it was looked for, with a space before it.</param>
    public static ScramjetException Of(string kind, string text, string rest = "") => new(
        ErrorCodes.NotFound,
        $"There is no {kind} '{text}'{rest}.",
        $"See what is there: Get-Scramjet{string.Concat(kind.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)))}.");
}
