using System;
using System.Collections.Generic;
using System.Management.Automation;
using Scramjet.Client;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform.Engine;

/// <summary>An error that ends the command, such as an invalid parameter. Every thread can throw it.</summary>
internal sealed class TerminatingError(Exception error, object? target = null) : Exception(error.Message, error)
{
    /// <summary>The object that the error is about.</summary>
    public object? Target { get; } = target;

    /// <summary>Creates an error for invalid parameters.</summary>
    public static TerminatingError BadParameters(string message, string recommendedAction, object? target = null) =>
        new(new ScramjetException(ErrorCodes.BadParameters, message, recommendedAction), target);
}

/// <summary>Converts all exceptions to error records.</summary>
internal static class ErrorRecords
{
    private const string Unexpected = "UNEXPECTED";

    private static readonly Dictionary<string, ErrorCategory> Categories = new(StringComparer.Ordinal)
    {
        [ErrorCodes.BadParameters] = ErrorCategory.InvalidArgument,
        [ErrorCodes.NeedAuthentication] = ErrorCategory.AuthenticationError,
        [ErrorCodes.NotAuthorized] = ErrorCategory.PermissionDenied,
        [ErrorCodes.NotFound] = ErrorCategory.ObjectNotFound,
        [ErrorCodes.Gone] = ErrorCategory.ObjectNotFound,
        [ErrorCodes.InsufficientResources] = ErrorCategory.ResourceUnavailable,
        [ErrorCodes.UnprocessableEntity] = ErrorCategory.InvalidData,
        [ErrorCodes.RequestError] = ErrorCategory.InvalidOperation,
        [ErrorCodes.ServerError] = ErrorCategory.InvalidResult,
        [ErrorCodes.CannotConnect] = ErrorCategory.ConnectionError,
        [ErrorCodes.InvalidResponse] = ErrorCategory.InvalidResult,
        [ErrorCodes.Timeout] = ErrorCategory.OperationTimeout,
        [ErrorCodes.RedirectRefused] = ErrorCategory.SecurityError,
        [ErrorCodes.StreamBroken] = ErrorCategory.ReadError,
        [ErrorCodes.NotSupported] = ErrorCategory.NotImplemented,
        [ErrorCodes.Ambiguous] = ErrorCategory.InvalidArgument,
        [ErrorCodes.NotConnected] = ErrorCategory.ConnectionError,
        [ErrorCodes.HubDisconnected] = ErrorCategory.ResourceUnavailable,
        [ErrorCodes.InvalidPackage] = ErrorCategory.InvalidData,
        [ErrorCodes.AlreadyExists] = ErrorCategory.ResourceExists,
        [ErrorCodes.FileNotFound] = ErrorCategory.ObjectNotFound,
        [ErrorCodes.FileUnreadable] = ErrorCategory.ReadError,
        [ErrorCodes.FileUnwritable] = ErrorCategory.WriteError,
        [ErrorCodes.InvalidProfile] = ErrorCategory.InvalidData,
        [ErrorCodes.InputEnded] = ErrorCategory.InvalidOperation,
        [ErrorCodes.InstanceFailed] = ErrorCategory.OperationStopped,
        [ErrorCodes.OutputMismatch] = ErrorCategory.InvalidResult,
    };

    /// <summary>Creates the record for an exception. The code is the error id and determines the category.</summary>
    public static ErrorRecord From(Exception error, object? target)
    {
        if (error is TerminatingError terminating)
            return From(terminating.InnerException!, terminating.Target ?? target);

        if (error is AggregateException { InnerExceptions.Count: 1 } aggregate)
            error = aggregate.InnerExceptions[0];

        if (error is IContainsErrorRecord and not ScramjetException)
            return new ErrorRecord(((IContainsErrorRecord)error).ErrorRecord, error);

        if (error is not ScramjetException known)
            return new ErrorRecord(error, Unexpected, ErrorCategory.NotSpecified, target);

        var category = known is ScramjetApiException { StatusCode: { } status } && (int)status == 409
            ? ErrorCategory.ResourceBusy
            : Categories.TryGetValue(known.Code, out var found) ? found : ErrorCategory.NotSpecified;
        var record = new ErrorRecord(known, known.Code, category, target);
        var message = DisplayText.Clean(known.Message)!;
        var advice = CmdletAdvice.For(known);
        if (advice is not null || message != known.Message)
            record.ErrorDetails = new ErrorDetails(message) { RecommendedAction = DisplayText.Clean(advice) };
        if (target is not null && record.CategoryInfo.TargetName is { } name && DisplayText.Clean(name) is var shown && shown != name)
            record.CategoryInfo.TargetName = shown;
        return record;
    }
}
