namespace Scramjet.Client.Packaging;

/// <summary>The kinds of entries that a package can have.</summary>
internal enum ArchiveEntryKind
{
    File,
    Folder,
    Link,
    HardLink,
}

/// <summary>An entry of a package.</summary>
internal sealed class ArchiveEntry(ArchiveEntryKind kind, string name, int mode, long size, string linkTarget, byte[] headers)
{
    private const int OwnerExecutes = 0x40;

    public ArchiveEntryKind Kind { get; } = kind;

    /// <summary>Gets the name as stored.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the normalized path in the package.</summary>
    public string Path { get; } = PackagePath.Normalize(name);

    public int Mode { get; } = mode;

    public bool IsExecutable => (Mode & OwnerExecutes) != 0;

    public long Size { get; } = size;

    public string LinkTarget { get; } = linkTarget;

    /// <summary>Gets the header blocks before the content.</summary>
    public byte[] Headers { get; } = headers;
}
