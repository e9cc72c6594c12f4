using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Completion;

/// <summary>Offers the content types that streams have.</summary>
public sealed class ContentTypeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        new[] { ContentTypes.NdJson, ContentTypes.Text, ContentTypes.Bytes }
            .Where(t => t.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
            .Select(t => new CompletionResult(t));
}
