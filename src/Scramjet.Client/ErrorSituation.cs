namespace Scramjet.Client;

/// <summary>The cause of an error where its code is too general for an application to add specific advice.</summary>
internal enum ErrorSituation
{
    /// <summary>The error's code is specific enough.</summary>
    Unspecified,

    /// <summary>A server requires an access token, and the connection has none.</summary>
    TokenMissing,

    /// <summary>A profile of a platform has no access token.</summary>
    ProfileTokenMissing,

    /// <summary>A saved connection exists and may not be replaced.</summary>
    ProfileExists,

    /// <summary>The connection was closed by this program.</summary>
    ConnectionClosed,

    /// <summary>A server between the client and a hub can't reach the hub.</summary>
    HubUnreachable,

    /// <summary>There was no response within the time limit.</summary>
    ResponseLate,

    /// <summary>A response is too large, or can't be decoded.</summary>
    ResponseUnreadable,

    /// <summary>The id for a new instance is in use.</summary>
    InstanceIdInUse,

    /// <summary>The id for a new store item is in use.</summary>
    StoreItemIdInUse,

    /// <summary>A sequence has running instances.</summary>
    SequenceInUse,

    /// <summary>A hub still lists instances of a sequence after the time limit.</summary>
    InstancesListed,

    /// <summary>An instance didn't reach the requested state within the time limit.</summary>
    WaitEnded,

    /// <summary>Data was sent to an input that has ended.</summary>
    InputEnded,

    /// <summary>An instance ended with a failure.</summary>
    InstanceFailed,

    /// <summary>An instance's output ended before its program did.</summary>
    InstanceLost,

    /// <summary>Some of an instance's output didn't arrive.</summary>
    OutputIncomplete,

    /// <summary>A file exists and must not be replaced.</summary>
    FileExists,

    /// <summary>A folder isn't empty, and its files must not be replaced.</summary>
    FolderNotEmpty,
}
