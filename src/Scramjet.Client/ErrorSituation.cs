namespace Scramjet.Client;

/// <summary>What exactly led to an error, where an application may have advice of its own: an error's code is not always as exact.</summary>
internal enum ErrorSituation
{
    /// <summary>The code says it all.</summary>
    Unspecified,

    /// <summary>A server asks for an access token, and the connection has none.</summary>
    TokenMissing,

    /// <summary>A profile of a platform has no access token.</summary>
    ProfileTokenMissing,

    /// <summary>The connection was closed by this program.</summary>
    ConnectionClosed,

    /// <summary>Something on the way to a hub doesn't reach it.</summary>
    HubUnreachable,

    /// <summary>There was no response within the time limit.</summary>
    ResponseLate,

    /// <summary>A response is too large, or can't be decoded.</summary>
    ResponseUnreadable,

    /// <summary>The id for a new instance is in use.</summary>
    InstanceIdInUse,

    /// <summary>The id for a new store item is in use.</summary>
    StoreItemIdInUse,

    /// <summary>A sequence has instances that run.</summary>
    SequenceInUse,

    /// <summary>A hub lists instances of a sequence for longer than the time that it was given.</summary>
    InstancesListed,

    /// <summary>An instance isn't as wanted within the time that it was given.</summary>
    WaitEnded,

    /// <summary>More was to be sent into an input that has ended.</summary>
    InputEnded,

    /// <summary>An instance ended with a failure.</summary>
    InstanceFailed,

    /// <summary>An instance's output ended before its program did.</summary>
    InstanceLost,

    /// <summary>Some of an instance's output didn't arrive.</summary>
    OutputIncomplete,

    /// <summary>A file exists and may not be replaced.</summary>
    FileExists,

    /// <summary>A folder isn't empty and its files may not be replaced.</summary>
    FolderNotEmpty,
}
