namespace ScramjetPlatform;

/// <summary>What a node of the tree is, from the top down.</summary>
public enum ScramjetTreeKind
{
    /// <summary>A space.</summary>
    Space,

    /// <summary>A hub.</summary>
    Hub,

    /// <summary>A sequence.</summary>
    Sequence,

    /// <summary>An instance.</summary>
    Instance,
}
