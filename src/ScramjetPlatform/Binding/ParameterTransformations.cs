using System;
using System.Management.Automation;
using System.Security;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Binding;

/// <summary>Converts a string or credential for a secret to a SecureString.</summary>
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
            _ => throw new ArgumentTransformationMetadataException("Specify the secret as a SecureString or as a string."),
        };
    }
}

/// <summary>Converts the short names that `si` has for languages. PowerShell itself accepts py as an abbreviation of Python.</summary>
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

/// <summary>Accepts any value for an instance, because the pipeline determines whether it is an instance or data to send.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InstanceOrPayloadAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is null || LanguagePrimitives.TryConvertTo<InstanceReference>(inputData, out _) ? inputData : new InstanceReference(inputData, null);
}
