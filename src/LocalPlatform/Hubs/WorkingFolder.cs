using System;
using System.IO;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform;

/// <summary>A specified folder, or a temporary one that is deleted at the end.</summary>
internal sealed class WorkingFolder : IDisposable
{
    private readonly bool temporary;

    public WorkingFolder(string? path)
    {
        temporary = path is null;
        Path = path is null ? Directory.CreateTempSubdirectory("scramjet-").FullName : PrivateFile.CreateFolder(path).FullName;
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!temporary)
            return;

        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file in it is still in use. The system cleans its temporary folder.
        }
    }
}
