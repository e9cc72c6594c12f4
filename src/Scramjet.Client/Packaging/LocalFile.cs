using System;
using System.IO;
using System.Text;
using System.Threading;

namespace Scramjet.Client.Packaging;

/// <summary>Reads and writes files of this machine. Only plain files: a pipe or a device may never end, or wait for ever before it begins.</summary>
public static class LocalFile
{
    private const int BufferSize = 64 * 1024;

    /// <summary>How many links in a row are followed, as systems have it.</summary>
    private const int MostLinks = 40;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, or <c>FILE_UNREADABLE</c>: it may not be read, or isn't a plain file.</exception>
    public static FileStream OpenRead(string path)
    {
        FileStream? file = null;
        try
        {
            Check(path);
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
            if (!file.CanSeek)
                throw NotPlain(path, "isn't a file");
            return file;
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (IsFileError(e))
                throw Unreadable(path, e);
            throw;
        }
    }

    /// <summary>Writes a file whole or not at all: what is half done is never seen under its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="replace">Whether a file that is there is replaced.</param>
    /// <param name="write">Writes the content. What it throws is passed on, but for what the system throws.</param>
    /// <exception cref="ScramjetException"><c>ALREADY_EXISTS</c>; or <c>FILE_UNWRITABLE</c>: it may not be written, or what is there isn't a plain file.</exception>
    public static void Write(string path, bool replace, Action<Stream> write)
    {
        CheckReplaceable(path, replace);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
                write(file);
            if (replace && File.Exists(path))
                File.Replace(partial, path, null);
            else
                File.Move(partial, path);
        }
        catch (Exception e) when (IsFileError(e))
        {
            throw new ScramjetException(ErrorCodes.FileUnwritable, $"'{path}' can't be written: {(e is DirectoryNotFoundException ? "its folder isn't there." : e.Message.Replace(partial, path))}", "Check the path and its permissions, and the room on the disk.", e);
        }
        finally
        {
            Remove(partial);
        }
    }

    /// <summary>Checks that <see cref="Write"/> would put a file in nobody's place.</summary>
    /// <exception cref="ScramjetException">As <see cref="Write"/>.</exception>
    public static void CheckReplaceable(string path, bool replace)
    {
        if (Directory.Exists(path) || (File.Exists(path) && !replace))
            throw new ScramjetException(ErrorCodes.AlreadyExists, $"'{path}' already exists.", "Specify another path, or allow the file to be replaced.") { Situation = ErrorSituation.FileExists };
        if (Name(UnixFile.Kind(path, followLinks: false)) is { } name)
            throw new ScramjetException(ErrorCodes.FileUnwritable, $"'{path}' is {name}, which no file can take the place of.", "Give another path.");
    }

    /// <summary>Whether what is written to a path goes to a device, such as /dev/null.</summary>
    internal static bool IsDevice(string path) => UnixFile.Kind(path, followLinks: true) == FileKind.Device;

    /// <summary>The file that a path leads to, over links.</summary>
    internal static string Target(string path)
    {
        for (var links = 0; links < MostLinks && new FileInfo(path) is { Exists: true } file && UnixFile.IsLink(file) && UnixFile.LinkTarget(file) is { } target; links++)
            path = Path.Combine(Path.GetDirectoryName(file.FullName) ?? "", target);
        return path;
    }

    /// <summary>A path from the root on.</summary>
    /// <exception cref="ScramjetException"><c>FILE_UNREADABLE</c>: it isn't a path.</exception>
    internal static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception e) when (IsFileError(e))
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>What failed when a file was read, as an error that says so.</summary>
    internal static ScramjetException Unreadable(string path, Exception e) => e is FileNotFoundException or DirectoryNotFoundException
        ? new ScramjetException(ErrorCodes.FileNotFound, $"There is no '{path}'.", "Check the path.", e)
        : new ScramjetException(ErrorCodes.FileUnreadable, $"'{path}' can't be read: {e.Message}", "Check the file's permissions, and that no other program holds it.", e);

    /// <summary>Whether this is what the system throws for a path or a file that can't be used.</summary>
    internal static bool IsFileError(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException or System.Security.SecurityException;

    /// <summary>Reads a text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">How many bytes it may have.</param>
    /// <param name="tooLarge">The error for a file that has more.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ScramjetException">As <see cref="OpenRead"/>.</exception>
    internal static string ReadText(string path, int most, Func<ScramjetException> tooLarge, CancellationToken cancellationToken)
    {
        using var file = OpenRead(path);
        try
        {
            // A file's length is only what it was: what is read counts.
            using var bytes = new MemoryStream();
            var block = new byte[BufferSize];
            int read;
            while ((read = file.Read(block, 0, block.Length)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (bytes.Length + read > most)
                    throw tooLarge();
                bytes.Write(block, 0, read);
            }

            bytes.Position = 0;
            using var text = new StreamReader(bytes, Encoding.UTF8);
            return text.ReadToEnd();
        }
        catch (Exception e) when (IsFileError(e))
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>Removes a file, where that can be done.</summary>
    internal static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (IsFileError(e))
        {
            // The first error is the one to tell of.
        }
    }

    /// <summary>What isn't a file is told before it is opened, which for a pipe could last for ever.</summary>
    private static void Check(string path)
    {
        var kind = UnixFile.Kind(path, followLinks: true);
        if (kind == FileKind.Folder || (kind == FileKind.Unknown && Directory.Exists(path)))
            throw NotPlain(path, "is a folder");
        if (Name(kind) is { } name)
            throw NotPlain(path, $"is {name}, not a file");
    }

    /// <summary>What is neither a file nor a folder, in words.</summary>
    internal static string? Name(FileKind kind) => kind switch
    {
        FileKind.Pipe => "a pipe",
        FileKind.Device => "a device",
        FileKind.Disk => "a disk",
        FileKind.Socket => "a socket",
        _ => null,
    };

    private static ScramjetException NotPlain(string path, string why) => new(ErrorCodes.FileUnreadable, $"'{path}' {why}.", "Give a plain file.");
}
