using System.IO;

namespace Scramjet.Client.Packaging;

/// <summary>A file in the folder of a new sequence.</summary>
public sealed class ProjectFile
{
    internal ProjectFile(string root, string path, string text)
    {
        Path = path;
        FullPath = System.IO.Path.Combine(root, path.Replace('/', System.IO.Path.DirectorySeparatorChar));
        Text = text;
        Exists = File.Exists(FullPath);
    }

    /// <summary>The path in the folder, with forward slashes.</summary>
    public string Path { get; }

    /// <summary>The path on this machine.</summary>
    public string FullPath { get; }

    /// <summary>The content.</summary>
    public string Text { get; }

    /// <summary>Whether the file exists and will be replaced.</summary>
    public bool Exists { get; }

    /// <summary>The path in the folder.</summary>
    public override string ToString() => Path;
}
