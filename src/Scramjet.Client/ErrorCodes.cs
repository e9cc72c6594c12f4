namespace Scramjet.Client;

/// <summary>
/// The codes that a <see cref="ScramjetException"/> carries. The first group has the names of upstream's own
/// client (client-utils); the second names what only a client can find out by itself.
/// </summary>
public static class ErrorCodes
{
    /// <summary>HTTP 400: the request was not understood.</summary>
    public const string BadParameters = "BAD_PARAMETERS";

    /// <summary>HTTP 401: no token, or one that is not accepted.</summary>
    public const string NeedAuthentication = "NEED_AUTHENTICATION";

    /// <summary>HTTP 403: the token does not allow this.</summary>
    public const string NotAuthorized = "NOT_AUTHORIZED";

    /// <summary>HTTP 404, or a name that matches nothing.</summary>
    public const string NotFound = "NOT_FOUND";

    /// <summary>HTTP 410, or an instance that ended before what was wanted of it came to pass.</summary>
    public const string Gone = "GONE";

    /// <summary>HTTP 419: the hub has too little memory, disk or CPU left.</summary>
    public const string InsufficientResources = "INSUFFICIENT_RESOURCES";

    /// <summary>HTTP 422: the request was understood and its content refused.</summary>
    public const string UnprocessableEntity = "UNPROCESSABLE_ENTITY";

    /// <summary>Any other HTTP 4xx.</summary>
    public const string RequestError = "REQUEST_ERROR";

    /// <summary>HTTP 5xx.</summary>
    public const string ServerError = "SERVER_ERROR";

    /// <summary>No connection could be made.</summary>
    public const string CannotConnect = "CANNOT_CONNECT";

    /// <summary>The answer could not be read, broke off, or was not what the route answers.</summary>
    public const string InvalidResponse = "INVALID_RESPONSE";

    /// <summary>No answer within the call's time limit.</summary>
    public const string Timeout = "TIMEOUT";

    /// <summary>The server sent the request on to another origin. It was not followed.</summary>
    public const string RedirectRefused = "REDIRECT_REFUSED";

    /// <summary>A stream ended before its end.</summary>
    public const string StreamBroken = "STREAM_BROKEN";

    /// <summary>The hub's version does not have this.</summary>
    public const string NotSupported = "NOT_SUPPORTED";

    /// <summary>An id prefix, or a name, fits more than one thing.</summary>
    public const string Ambiguous = "AMBIGUOUS";

    /// <summary>There is no connection to use.</summary>
    public const string NotConnected = "NOT_CONNECTED";

    /// <summary>The hub is known to its space, and not connected to it.</summary>
    public const string HubDisconnected = "HUB_DISCONNECTED";

    /// <summary>A sequence package, or the folder to make one of, is not valid.</summary>
    public const string InvalidPackage = "INVALID_PACKAGE";

    /// <summary>A file or folder that should be made is there already.</summary>
    public const string AlreadyExists = "ALREADY_EXISTS";

    /// <summary>A file or folder is missing.</summary>
    public const string FileNotFound = "FILE_NOT_FOUND";

    /// <summary>A file or folder can't be read or written.</summary>
    public const string FileUnreadable = "FILE_UNREADABLE";

    /// <summary>A file can't be written.</summary>
    public const string FileUnwritable = "FILE_UNWRITABLE";

    /// <summary>A profile of <c>si</c> is missing something, or isn't one.</summary>
    public const string InvalidProfile = "INVALID_PROFILE";

    /// <summary>An instance's input has ended, and more was to be sent into it.</summary>
    public const string InputEnded = "INPUT_ENDED";

    /// <summary>An instance ended with a failure.</summary>
    public const string InstanceFailed = "INSTANCE_FAILED";
}
