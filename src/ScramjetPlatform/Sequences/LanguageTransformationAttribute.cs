using System;
using System.Management.Automation;
using Scramjet.Client.Packaging;

namespace ScramjetPlatform;

/// <summary>Takes the short names that `si` has for languages. (Python's is the beginning of its name, which PowerShell takes anyway.)</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LanguageTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string text ? inputData
        : text.Equals("js", StringComparison.OrdinalIgnoreCase) ? SequenceLanguage.JavaScript
        : text.Equals("ts", StringComparison.OrdinalIgnoreCase) ? SequenceLanguage.TypeScript
        : inputData;
}
