using System.Management.Automation;
using System.Security;

namespace ScramjetPlatform;

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
