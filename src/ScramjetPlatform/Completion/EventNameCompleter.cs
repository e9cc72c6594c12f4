using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ScramjetPlatform.Completion;

/// <summary>Offers the names of events that this session has sent or received: no hub lists them.</summary>
public sealed class EventNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ScramjetSession.Current.EventNames
            .Where(n => n.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(n => new CompletionResult(ScramjetCompleter.Quote(n), n, CompletionResultType.ParameterValue, $"event {n}"));
}
