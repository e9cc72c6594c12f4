using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Scramjet.Client.Profiles;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Completion;

/// <summary>Offers what the session, or this machine, knows without a request.</summary>
public abstract class SimpleCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters) => Complete(wordToComplete);

    private protected virtual IEnumerable<CompletionResult> Complete(string word)
    {
        var beginning = word.Trim('\'', '"');
        return Find()
            .Where(o => o.Text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            .Select(o => new CompletionResult(Quote(o.Text), o.Text, CompletionResultType.ParameterValue, o.ToolTip));
    }

    /// <summary>What can be offered.</summary>
    private protected abstract IEnumerable<(string Text, string ToolTip)> Find();

    /// <summary>The text as an argument on the command line.</summary>
    private protected virtual string Quote(string text) => ScramjetCompleter.Quote(text);
}

/// <summary>Offers the session's connections.</summary>
public sealed class ConnectionCompleter : SimpleCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Find() =>
        ScramjetSession.Current.Connections.Select(c => (c.Name, $"{c.Kind} {c.Uri}"));
}

/// <summary>Offers the content types of streams.</summary>
public sealed class ContentTypeCompleter : SimpleCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Find() =>
        new[] { ContentTypes.NdJson, ContentTypes.Text, ContentTypes.Bytes }.Select(t => (t, t));

    private protected override string Quote(string text) => text;
}

/// <summary>Offers the names of events that this session has sent or received: no hub lists them.</summary>
public sealed class EventNameCompleter : SimpleCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Find() => ScramjetSession.Current.EventNames.Select(n => (n, $"event {n}"));
}

/// <summary>Offers the profiles of the si command line, and files if the value looks like a path.</summary>
public sealed class ProfileCompleter : SimpleCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string word) =>
        SiSettings.IsPath(word) ? CompletionCompleters.CompleteFilename(word) : base.Complete(word);

    private protected override IEnumerable<(string Text, string ToolTip)> Find() => new SiSettings().ListNames().Select(n => (n, n));
}

/// <summary>Marks a parameter whose value only the user knows. PowerShell would offer the names of files for it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NoCompletionAttribute() : ArgumentCompleterAttribute(typeof(Nothing))
{
    /// <summary>Offers nothing.</summary>
    public sealed class Nothing : SimpleCompleter
    {
        private protected override IEnumerable<(string Text, string ToolTip)> Find() => [];
    }
}
