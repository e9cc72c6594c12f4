using System;
using System.Linq;
using System.Text.RegularExpressions;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>Selects the entries of a log.</summary>
internal sealed class LogFilter
{
    /// <summary>The longest that an expression may take for one message.</summary>
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset? _since;
    private readonly LogLevel? _level;
    private readonly TextPattern[] _sources;
    private readonly Regex? _match;

    /// <param name="since">The earliest time.</param>
    /// <param name="level">The lowest level.</param>
    /// <param name="sources">The sources, which may contain wildcards.</param>
    /// <param name="match">A regular expression for the message and its data.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: a pattern or the expression isn't valid.</exception>
    public LogFilter(DateTimeOffset? since, LogLevel? level, string[]? sources, string? match)
    {
        _since = since;
        _level = level;
        _sources = [.. (sources ?? []).Select(s => new TextPattern(s))];
        try
        {
            _match = match is null ? null : new Regex(match, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchTime);
        }
        catch (ArgumentException e)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{match}' isn't a valid regular expression: {e.Message}",
                "Correct the expression. To search for text as it is, use [regex]::Escape().",
                e);
        }
    }

    /// <summary>Returns whether the filter selects an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="before">Whether the entry that this line continues was wanted. Its lines stay with it.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the expression takes too long.</exception>
    public bool Accepts(LogEntry entry, bool before)
    {
        if (entry.IsContinuation && before)
            return true;
        return (_since is not { } since || entry.Time >= since)
            && (_level is not { } level || entry.IsAtLeast(level))
            && (_sources.Length == 0 || Array.Exists(_sources, s => s.IsMatch(entry.Source)))
            && (_match is null || IsMatch(_match, entry.ToString()));
    }

    private static bool IsMatch(Regex expression, string text)
    {
        try
        {
            return expression.IsMatch(text);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new TerminatingError(new ScramjetException(
                ErrorCodes.BadParameters,
                $"The regular expression '{expression}' takes longer than {MatchTime.TotalSeconds:0} s for a message.",
                "Simplify the expression.",
                e));
        }
    }
}
