using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Scramjet.Client.Packaging;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Binding;

/// <summary>Converts a string or credential for a secret to a SecureString.</summary>
internal sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => inputData is null ? null
        : PipedKinds.Unwrap(inputData) is AccessKey listed ? throw new ArgumentTransformationMetadataException(
            $"The key '{listed.Description}' was listed without the key itself, which the platform tells only once, when it is created. " +
            "Without it, a key can't be " +
            "revoked by itself. Give the key as New-ScramjetAccessKey returned it, or revoke all keys of the space: Remove-ScramjetAccessKey -All -Space "
                + $"{listed.Space}.")
        : Secret.From(inputData) ?? throw new ArgumentTransformationMetadataException("Give the secret as a SecureString or as a string.");
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

/// <summary>
/// Lets an object of another kind reach a mandatory parameter for instances, such as a sequence from the pipeline, so that the command's own error says what
/// it can use. PowerShell's says only that nothing could be bound.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RefusesOtherKindsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        PipedKinds.Unwrap(inputData) is Resource other and not Instance ? new InstanceReference(other, null) : inputData;
}

/// <summary>Lets a time be given as a time, or as a span back from now: a TimeSpan, or a text such as 5m or 1h30m.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly Regex s_span = new(@"^((?<number>\d+(\.\d+)?)(?<unit>ms|s|m|h|d))+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value switch
            {
                null => null,
                DateTimeOffset time => time,
                DateTime time => new DateTimeOffset(time),
                TimeSpan span => DateTimeOffset.Now - span,

                // Without quotes, 30s is a short for PowerShell, and 1d a decimal.
                short seconds => DateTimeOffset.Now - TimeSpan.FromSeconds(seconds),
                decimal days => DateTimeOffset.Now - TimeSpan.FromDays((double)days),
                string text when s_span.Match(text.Trim()) is { Success: true } spans => DateTimeOffset.Now - SpanOf(spans),
                string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) => time,
                _ => throw new ArgumentTransformationMetadataException(
                    $"'{value}' isn't a time. Give a time, a TimeSpan back from now, or a text such as 30s, 5m, 2h or 1d."),
            };
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new ArgumentTransformationMetadataException($"'{value}' is outside the range of times.", e);
        }
    }

    private static TimeSpan SpanOf(Match spans) =>
        spans.Groups["number"].Captures.Cast<Capture>().Zip(spans.Groups["unit"].Captures.Cast<Capture>(), static (number, unit) =>
    {
        var count = double.Parse(number.Value, CultureInfo.InvariantCulture);
        return unit.Value.ToLowerInvariant() switch
        {
            "ms" => TimeSpan.FromMilliseconds(count),
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            "h" => TimeSpan.FromHours(count),
            _ => TimeSpan.FromDays(count),
        };
    }).Aggregate(TimeSpan.Zero, static (sum, span) => sum + span);
}
