namespace Scramjet.Client.Packaging;

/// <summary>What kinds of entries a package may have.</summary>
internal enum ArchiveEntryKind
{
    File,
    Folder,
    Link,
    HardLink,
}

/// <summary>An entry of a package, as it will be unpacked.</summary>
internal sealed class ArchiveEntry(ArchiveEntryKind kind, string name, int mode, long size, string linkTarget, byte[] headers)
{
    private const int OwnerExecutes = 0x40;

    public ArchiveEntryKind Kind { get; } = kind;

    /// <summary>The name as it stands.</summary>
    public string Name { get; } = name;

    /// <summary>The path in the package.</summary>
    public string Path { get; } = PackagePath.Normalize(name);

    public int Mode { get; } = mode;

    public bool IsExecutable => (Mode & OwnerExecutes) != 0;

    public long Size { get; } = size;

    public string LinkTarget { get; } = linkTarget;

    /// <summary>The blocks that stand before the content.</summary>
    public byte[] Headers { get; } = headers;
}
