namespace Scramjet.Client;

/// <summary>
/// The codes of a <see cref="ScramjetException"/>. The first ones are those of the JavaScript client; the others are for errors that only a client
/// detects.
/// </summary>
public static class ErrorCodes
{
    /// <summary>HTTP 400: the request is invalid.</summary>
    public const string BadParameters = "BAD_PARAMETERS";

    /// <summary>HTTP 401: there is no token, or it isn't accepted.</summary>
    public const string NeedAuthentication = "NEED_AUTHENTICATION";

    /// <summary>HTTP 403: the token doesn't allow the request.</summary>
    public const string NotAuthorized = "NOT_AUTHORIZED";

    /// <summary>HTTP 404, or a name that matches nothing.</summary>
    public const string NotFound = "NOT_FOUND";

    /// <summary>HTTP 410, or an instance that ended too early.</summary>
    public const string Gone = "GONE";

    /// <summary>HTTP 419: the hub has too little memory, disk or CPU left.</summary>
    public const string InsufficientResources = "INSUFFICIENT_RESOURCES";

    /// <summary>HTTP 422: the content of the request was rejected.</summary>
    public const string UnprocessableEntity = "UNPROCESSABLE_ENTITY";

    /// <summary>Any other HTTP 4xx.</summary>
    public const string RequestError = "REQUEST_ERROR";

    /// <summary>HTTP 5xx.</summary>
    public const string ServerError = "SERVER_ERROR";

    /// <summary>No connection could be made.</summary>
    public const string CannotConnect = "CANNOT_CONNECT";

    /// <summary>The response is incomplete, can't be read, or isn't what the route returns.</summary>
    public const string InvalidResponse = "INVALID_RESPONSE";

    /// <summary>There was no response within the time limit of the call.</summary>
    public const string Timeout = "TIMEOUT";

    /// <summary>The server redirected the request to another origin, which was not followed.</summary>
    public const string RedirectRefused = "REDIRECT_REFUSED";

    /// <summary>A stream was interrupted.</summary>
    public const string StreamBroken = "STREAM_BROKEN";

    /// <summary>The hub's version doesn't support this.</summary>
    public const string NotSupported = "NOT_SUPPORTED";

    /// <summary>An id prefix or a name matches more than one object.</summary>
    public const string Ambiguous = "AMBIGUOUS";

    /// <summary>There is no connection to use.</summary>
    public const string NotConnected = "NOT_CONNECTED";

    /// <summary>The hub isn't connected to its space.</summary>
    public const string HubDisconnected = "HUB_DISCONNECTED";

    /// <summary>A sequence package, or the folder to create one from, isn't valid.</summary>
    public const string InvalidPackage = "INVALID_PACKAGE";

    /// <summary>A file or folder to create already exists.</summary>
    public const string AlreadyExists = "ALREADY_EXISTS";

    /// <summary>A file or folder is missing.</summary>
    public const string FileNotFound = "FILE_NOT_FOUND";

    /// <summary>A file or folder can't be read or written.</summary>
    public const string FileUnreadable = "FILE_UNREADABLE";

    /// <summary>A file can't be written.</summary>
    public const string FileUnwritable = "FILE_UNWRITABLE";

    /// <summary>A profile of <c>si</c> or a saved connection is incomplete or invalid, or its access token can't be read.</summary>
    public const string InvalidProfile = "INVALID_PROFILE";

    /// <summary>An instance's input has ended, and no more data can be sent to it.</summary>
    public const string InputEnded = "INPUT_ENDED";

    /// <summary>An instance ended with a failure.</summary>
    public const string InstanceFailed = "INSTANCE_FAILED";

    /// <summary>An instance wrote more or fewer values than it received records.</summary>
    public const string OutputMismatch = "OUTPUT_MISMATCH";
}
