using System;
using System.Management.Automation;

namespace ScramjetPlatform.Pipeline;

/// <summary>Lets anything stand where an instance is expected: whether it is one, or what is to be sent to one, shows when the pipeline has come.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InstanceOrPayloadAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => inputData is null || LanguagePrimitives.TryConvertTo<InstanceReference>(inputData, out _)
        ? inputData
        : new InstanceReference(inputData, null);
}
