using System;
using System.Management.Automation;
using System.Security;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Binding;

/// <summary>Lets a secret be given as a SecureString or as a string.</summary>
internal sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string text => Secret.FromPlainText(text),
            PSCredential credential => credential.Password,
            null or SecureString => value,
            _ => throw new ArgumentTransformationMetadataException("Give the secret as a SecureString or as a string."),
        };
    }
}

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

/// <summary>Lets anything stand where an instance is expected: whether it is one, or what is to be sent to one, shows when the pipeline has come.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InstanceOrPayloadAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => inputData is null || LanguagePrimitives.TryConvertTo<InstanceReference>(inputData, out _)
        ? inputData
        : new InstanceReference(inputData, null);
}
