using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Scramjet.Client;
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
        ScramjetSession.Current.Connections.Select(c => (c.Name, $"{c.Kind} {c.Version} {c.Uri}".Replace("  ", " ")));
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

/// <summary>Offers the saved connections.</summary>
public class SavedPlatformCompleter : SimpleCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Find()
    {
        try
        {
            return new SavedPlatforms().List().Select(p => (p.Name, $"saved connection to {p.Address}"));
        }
        catch (ScramjetException)
        {
            // A prompt can't show errors: the command itself will.
            return [];
        }
    }
}

/// <summary>Offers the saved connections and the profiles of the si command line.</summary>
public class ProfileNameCompleter : SavedPlatformCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Find()
    {
        var saved = base.Find().ToArray();
        return saved.Concat(new SiSettings().ListNames().Except(saved.Select(p => p.Text), StringComparer.OrdinalIgnoreCase).Select(n => (n, "profile of si")));
    }
}

/// <summary>Offers the saved connections and the profiles of the si command line, and files if the value looks like a path.</summary>
public sealed class ProfileCompleter : ProfileNameCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string word) =>
        SiSettings.IsPath(word) ? CompletionCompleters.CompleteFilename(word) : base.Complete(word);
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

/// <summary>Offers spans of time that are often looked back on.</summary>
public sealed class TimeCompleter : SimpleCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Find() =>
        [("5m", "the last 5 minutes"), ("15m", "the last 15 minutes"), ("1h", "the last hour"), ("1d", "the last day")];

    private protected override string Quote(string text) => text;
}

/// <summary>Offers the sources that hubs and runners write log entries with.</summary>
public sealed class LogSourceCompleter : SimpleCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Find() =>
    [
        ("Sequence", "what the program logs"),
        ("Runner", "what runs the program"),
        ("PythonRunner", "what runs the program, in Python"),
        ("Host", "the hub"),
        ("CSIController", "the hub's part that controls an instance"),
        ("ProcessInstanceAdapter", "the hub's part that starts processes"),
    ];
}

/// <summary>Offers operations of audit records.</summary>
public sealed class OperationCompleter : SimpleCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Find() => new[]
    {
        "Instance *", "Instance started", "Instance ended", "Instance stop", "Instance kill", "Instance send input", "Instance send event", "Instance "
            + "heartbeat",
        "Sequence *", "Sequence publish", "Sequence update", "Sequence start", "Sequence remove", "Topic *", "Topic send", "Hub *", "* get*",
    }.Select(o => (o, $"operation {o}"));
}
