using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Scramjet.Client;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Scope;

/// <summary>What a name of several items means.</summary>
internal enum Several
{
    /// <summary>All of the items.</summary>
    AreMeant,

    /// <summary>All of the items, one in each place. Several items in one place are an error.</summary>
    AreOnePerPlace,

    /// <summary>One item. Several items are an error.</summary>
    AreAmbiguous,
}

/// <summary>How a kind of items is named.</summary>
/// <param name="kind">What an item is, in a word, such as <c>sequence</c>.</param>
/// <param name="id">An item's id.</param>
/// <param name="name">An item's name, if it can be found by that too.</param>
internal sealed class Naming<T>(string kind, Func<T, string> id, Func<T, string?>? name = null)
{
    public string Kind { get; } = kind;

    public Func<T, string> Id { get; } = id;

    public Func<T, string?>? Name { get; } = name;

    /// <summary>Whether an item can also be found by the beginning of its id, which is then not a name that a person has chosen.</summary>
    public bool HasBeginnings { get; set; } = true;

    /// <summary>Describes an item in a list of those that a name matches, such as where it is.</summary>
    public Func<T, string> Describe { get; set; } = id;

    /// <summary>Returns whether an item takes precedence over others with its name, such as one that is running.</summary>
    public Func<T, bool> IsPreferred { get; set; } = static _ => true;

    /// <summary>Advises what to do about a name that matches several items, of which the first one is given.</summary>
    public Func<string, T, string> Advice { get; set; } = static (_, _) => "Specify the whole id, or a wildcard to mean all of them.";
}

/// <summary>
/// Finds what a text names among items that arrive place by place. An id, whole, or a wildcard matches at once, and a name too, unless only one item may have
/// it. What isn't matched then waits until the last place has answered: the beginning of an id, and a name that must be that of one item.
/// </summary>
internal sealed class Matcher<T>(Naming<T> naming, string text, Several several = Several.AreMeant)
{
    private readonly TextPattern _pattern = new(text);
    private readonly List<T> _beginnings = [];
    private readonly List<T> _named = [];
    private bool _found;

    /// <summary>A matcher of items that have an id alone.</summary>
    public Matcher(string kind, string text, Func<T, string> id) : this(new Naming<T>(kind, id), text)
    {
    }

    public string Text => _pattern.Text;

    /// <summary>Whether a name has not matched anything whole yet.</summary>
    public bool IsOpen => !_found && !_pattern.IsWildcard;

    /// <summary>The items that match whole. If the text is a wildcard and also the whole id or name of an item, that item is meant.</summary>
    /// <param name="items">The items of one place, such as a hub.</param>
    /// <exception cref="ScramjetException"><c>AMBIGUOUS</c>.</exception>
    public IReadOnlyList<T> Take(IEnumerable<T> items)
    {
        var namesWait = several == Several.AreAmbiguous;
        var matches = new List<T>();
        if (_pattern.IsWildcard && items.Where(IsText).ToArray() is { Length: > 0 } literal)
            items = literal;
        lock (_beginnings)
        {
            foreach (var item in items)
            {
                var isNamed = _pattern.IsMatch(naming.Name?.Invoke(item));
                if (_pattern.IsMatch(naming.Id(item)) || (isNamed && !namesWait))
                    matches.Add(item);
                else if (isNamed)
                    _named.Add(item);
                else if (!_pattern.IsWildcard && naming.HasBeginnings && naming.Id(item).StartsWith(Text, StringComparison.OrdinalIgnoreCase))
                    _beginnings.Add(item);
            }

            _found |= matches.Count > 0;
        }

        if (several == Several.AreOnePerPlace && !_pattern.IsWildcard && matches.Count > 1)
            throw Ambiguous(matches);
        return matches;
    }

    /// <summary>
    /// The item whose id begins with the text, or that alone has it as its name, if nothing matched whole. Of a wildcard, all that match by their names.
    /// </summary>
    /// <param name="failedPlaces">The places that could not be asked.</param>
    /// <param name="anyAnswered">Whether at least one place answered.</param>
    /// <exception cref="ScramjetException"><c>NOT_FOUND</c> or <c>AMBIGUOUS</c>.</exception>
    public IReadOnlyList<T> TakeRest(IReadOnlyCollection<string>? failedPlaces = null, bool anyAnswered = true)
    {
        if (_found && !_pattern.IsWildcard)
            return [];

        var preferred = _named.Where(naming.IsPreferred).ToArray();
        T[] found = [.. _beginnings, .. preferred.Length > 0 ? preferred : _named.AsEnumerable()];
        if (_pattern.IsWildcard)
            return found;
        if (found.Length > 1)
            throw Ambiguous(found);
        if (found.Length == 1)
            return found;
        if (!anyAnswered)
            return [];

        var where = failedPlaces is { Count: > 0 } ? $" in the places that answered (without an answer: {string.Join(", ", failedPlaces)})" : "";
        throw NotFound.Error(naming.Kind, Text, where);
    }

    private bool IsText(T item) => _pattern.IsText(naming.Id(item)) || _pattern.IsText(naming.Name?.Invoke(item));

    private ScramjetException Ambiguous(IReadOnlyList<T> items) => new(
        ErrorCodes.Ambiguous,
        $"'{Text}' matches {items.Count} {naming.Kind}s: {string.Join(", ", items.Take(10).Select(naming.Describe))}{(items.Count > 10 ? ", ..." : "")}.",
        naming.Advice(Text, items[0]));
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
    public IReadOnlyList<T> Take(IReadOnlyList<T> items)
    {
        Interlocked.Increment(ref _answered);
        return matchers.Count == 0 ? items : Try(m => m.Take(items));
    }

    /// <summary>The items that are meant by the beginnings of their ids, or by a name that only one may have. Call it after the last place.</summary>
    /// <param name="failedPlaces">The places that could not be asked.</param>
    /// <param name="withOpen">Whether to include the texts that have not matched anything whole.</param>
    public IReadOnlyList<T> TakeRest(IReadOnlyCollection<string> failedPlaces, bool withOpen = true) =>
        Try(m => m.IsOpen && !withOpen ? [] : m.TakeRest(failedPlaces, _answered > 0 || failedPlaces.Count == 0));

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
        Advice(kind));

    /// <summary>The recommended action for what isn't a thing of a kind.</summary>
    public static string Advice(string kind) =>
        $"For a list, use Get-Scramjet{string.Concat(kind.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)))}.";
}
