using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Scramjet.Client;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Scope;

/// <summary>
/// Finds what a text names among items that arrive place by place. An id or a name, whole, or a wildcard matches at once. The beginning of an id matches
/// only after the last place has answered, if nothing matched whole and no other id begins with it.
/// </summary>
internal sealed class Matcher<T>(string kind, string text, Func<T, string> id, Func<T, string?>? name = null, string place = "on one hub")
{
    private readonly TextPattern _pattern = new(text);
    private readonly List<T> _beginnings = [];
    private bool _found;

    public string Text => _pattern.Text;

    /// <summary>Whether a name has not matched anything whole yet.</summary>
    public bool IsOpen => !_found && !_pattern.IsWildcard;

    /// <summary>The items that match whole.</summary>
    /// <param name="items">The items of one place, such as a hub.</param>
    /// <param name="mustBeOne">A name that matches several items in this place is an error.</param>
    /// <exception cref="ScramjetException"><c>AMBIGUOUS</c>.</exception>
    public IReadOnlyList<T> Take(IEnumerable<T> items, bool mustBeOne = false)
    {
        var matches = new List<T>();
        lock (_beginnings)
        {
            foreach (var item in items)
            {
                if (_pattern.IsMatch(id(item)) || _pattern.IsMatch(name?.Invoke(item)))
                    matches.Add(item);
                else if (!_pattern.IsWildcard && id(item).StartsWith(Text, StringComparison.OrdinalIgnoreCase))
                    _beginnings.Add(item);
            }

            _found |= matches.Count > 0;
        }

        if (mustBeOne && !_pattern.IsWildcard && matches.Count > 1)
            throw Ambiguous($"The name '{Text}' matches {matches.Count} {kind}s {place}", matches);
        return matches;
    }

    /// <summary>The item whose id begins with the text, if nothing matched whole.</summary>
    /// <param name="failedPlaces">The places that could not be asked.</param>
    /// <param name="anyAnswered">Whether at least one place answered.</param>
    /// <exception cref="ScramjetException"><c>NOT_FOUND</c> or <c>AMBIGUOUS</c>.</exception>
    public IReadOnlyList<T> TakeByBeginning(IReadOnlyCollection<string>? failedPlaces = null, bool anyAnswered = true)
    {
        if (!IsOpen)
            return [];
        if (_beginnings.Count > 1)
            throw Ambiguous($"'{Text}' matches {_beginnings.Count} {kind}s", _beginnings);
        if (_beginnings.Count == 1)
            return _beginnings;
        if (!anyAnswered)
            return [];

        throw NotFound.Error(kind, Text, failedPlaces is { Count: > 0 } ? $" in the places that answered (without an answer: {string.Join(", ", failedPlaces)})" : "");
    }

    private ScramjetException Ambiguous(string what, IEnumerable<T> items) => new(
        ErrorCodes.Ambiguous,
        $"{what}: {string.Join(", ", items.Take(10).Select(id))}.",
        "Give the whole id, or a wildcard to mean all of them.");
}

/// <summary>The matchers of all texts that a parameter was given. A text that is wrong, or matches nothing, is an error by itself.</summary>
/// <param name="context">The context that the errors go to.</param>
/// <param name="matchers">The matchers; none to take all items.</param>
internal sealed class Matchers<T>(RequestContext context, IReadOnlyList<Matcher<T>> matchers)
{
    private int _answered;

    /// <summary>The texts that were reported as errors.</summary>
    public List<string> Failed { get; } = [];

    /// <summary>The indices of the texts that have not matched anything whole yet.</summary>
    public IEnumerable<int> Open => Enumerable.Range(0, matchers.Count).Where(i => matchers[i].IsOpen);

    /// <summary>The items of a place that are meant.</summary>
    public IEnumerable<T> Take(IReadOnlyList<T> items, bool mustBeOne = false)
    {
        Interlocked.Increment(ref _answered);
        return matchers.Count == 0 ? items : Try(m => m.Take(items, mustBeOne));
    }

    /// <summary>The items that are meant by the beginnings of their ids. Call it after the last place.</summary>
    /// <param name="failedPlaces">The places that could not be asked.</param>
    public IEnumerable<T> TakeByBeginning(IReadOnlyCollection<string> failedPlaces) =>
        Try(m => m.TakeByBeginning(failedPlaces, _answered > 0 || failedPlaces.Count == 0));

    private IReadOnlyList<T> Try(Func<Matcher<T>, IReadOnlyList<T>> take) => matchers.SelectMany(matcher =>
    {
        try
        {
            return take(matcher);
        }
        catch (ScramjetException e)
        {
            context.Report(e, matcher.Text);
            lock (Failed)
                Failed.Add(matcher.Text);
            return [];
        }
    }).Distinct().ToArray();
}

/// <summary>The error for a name that matches nothing.</summary>
internal static class NotFound
{
    /// <param name="kind">What was looked for, such as <c>sequence</c>.</param>
    /// <param name="text">Its name.</param>
    /// <param name="where">Where it was looked for, with a space before it.</param>
    public static ScramjetException Error(string kind, string text, string where = "") => new(
        ErrorCodes.NotFound,
        $"There is no {kind} '{text}'{where}.",
        $"For a list, use Get-Scramjet{string.Concat(kind.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)))}.");
}
