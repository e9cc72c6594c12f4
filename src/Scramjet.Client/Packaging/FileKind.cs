namespace Scramjet.Client.Packaging;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    /// <summary>The system doesn't say: there is nothing, or it has no way to tell.</summary>
    Unknown,
    File,
    Folder,
    Link,
    Pipe,
    Device,
    Disk,
    Socket,
}
