namespace ScramjetPlatform;

/// <summary>What a connection leads to.</summary>
internal enum ConnectionKind
{
    /// <summary>The platform's middleware, with spaces.</summary>
    Platform,

    /// <summary>A hub that is used alone.</summary>
    Hub,

    /// <summary>An operator's multi-manager, whose managers are spaces.</summary>
    MultiManager,
}
