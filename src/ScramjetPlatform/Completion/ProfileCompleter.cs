using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Scramjet.Client.Profiles;

namespace ScramjetPlatform.Completion;

/// <summary>Offers the profiles of the si command line, and files where a path has been begun.</summary>
public sealed class ProfileCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) => SiSettings.IsPath(wordToComplete)
        ? CompletionCompleters.CompleteFilename(wordToComplete)
        : new SiSettings().ListNames()
            .Where(n => n.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(n => new CompletionResult(ScramjetCompleter.Quote(n), n, CompletionResultType.ParameterValue, n));
}
