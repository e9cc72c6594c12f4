using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ScramjetPlatform.Completion;

/// <summary>Marks a parameter whose value only the user knows. PowerShell would offer the names of files for it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NoCompletionAttribute() : ArgumentCompleterAttribute(typeof(Nothing))
{
    /// <summary>Offers nothing, which is an answer too.</summary>
    public sealed class Nothing : IArgumentCompleter
    {
        /// <inheritdoc/>
        public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) => [];
    }
}
