using System;
using System.IO;
using System.Text;
using System.Threading;

namespace Scramjet.Client.Packaging;

/// <summary>Reads and writes local files. Only regular files can be read, because a pipe or a device can block forever.</summary>
public static class LocalFile
{
    /// <summary>Read and write for the owner.</summary>
    private const int PrivateMode = 0x180;

    private const int BufferSize = 64 * 1024;

    /// <summary>The maximum number of links to follow, which is the limit of Linux.</summary>
    private const int MaxLinks = 40;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, or <c>FILE_UNREADABLE</c>: the file can't be read, or isn't a regular file.</exception>
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

    /// <summary>Writes a file completely or not at all. An incomplete file never has the final name.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <param name="write">Writes the content. Its exceptions are passed on, except those of the file system.</param>
    /// <param name="isPrivate">Whether only the owner can read and write the file, where files have such permissions.</param>
    /// <exception cref="ScramjetException"><c>ALREADY_EXISTS</c>; or <c>FILE_UNWRITABLE</c>: the file can't be written, or isn't a regular file.</exception>
    public static void Write(string path, bool replace, Action<Stream> write, bool isPrivate = false)
    {
        CheckReplaceable(path, replace);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                if (isPrivate)
                    UnixFile.SetMode(partial, PrivateMode);
                write(file);
            }

            if (replace && File.Exists(path))
                File.Replace(partial, path, null);
            else
                File.Move(partial, path);
        }
        catch (Exception e) when (IsFileError(e))
        {
            throw Unwritable(path, e, e is DirectoryNotFoundException ? "its folder doesn't exist." : e.Message.Replace(partial, path));
        }
        finally
        {
            Remove(partial);
        }
    }

    /// <summary>Checks that <see cref="Write"/> wouldn't replace a file without permission, or a folder.</summary>
    /// <exception cref="ScramjetException">See <see cref="Write"/>.</exception>
    public static void CheckReplaceable(string path, bool replace)
    {
        if (Directory.Exists(path) || (File.Exists(path) && !replace))
        {
            throw new ScramjetException(ErrorCodes.AlreadyExists, $"'{path}' already exists.", "Specify another path, or allow the file to be replaced.")
            {
                Situation = ErrorSituation.FileExists,
            };
        }

        if (Name(UnixFile.Kind(path, followLinks: false)) is { } name)
            throw new ScramjetException(ErrorCodes.FileUnwritable, $"'{path}' is {name}, which can't be replaced with a file.", "Specify another path.");
    }

    /// <summary>Returns whether a path leads to a device, such as /dev/null.</summary>
    internal static bool IsDevice(string path) => UnixFile.Kind(path, followLinks: true) == FileKind.Device;

    /// <summary>Returns the path of a file after following links.</summary>
    internal static string Target(string path)
    {
        for (var links = 0; links < MaxLinks; links++)
        {
            if (new FileInfo(path) is not { Exists: true } file || !UnixFile.IsLink(file) || UnixFile.LinkTarget(file) is not { } target)
                break;
            path = Path.Combine(Path.GetDirectoryName(file.FullName) ?? "", target);
        }

        return path;
    }

    /// <summary>Returns the absolute path.</summary>
    /// <exception cref="ScramjetException"><c>FILE_UNREADABLE</c>: the path is invalid.</exception>
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

    /// <summary>Creates the error for a file that can't be read.</summary>
    internal static ScramjetException Unreadable(string path, Exception e) => e is FileNotFoundException or DirectoryNotFoundException
        ? new ScramjetException(ErrorCodes.FileNotFound, $"'{path}' doesn't exist.", "Check the path.", e)
        : new ScramjetException(ErrorCodes.FileUnreadable, $"'{path}' can't be read: {e.Message}", "Check its permissions, and that no program uses it.", e);

    /// <summary>What failed when a file was written, as an error that says so.</summary>
    internal static ScramjetException Unwritable(string path, Exception e, string? why = null) =>
        new(ErrorCodes.FileUnwritable, $"'{path}' can't be written: {why ?? e.Message}", "Check the path, its permissions, and the free disk space.", e);

    /// <summary>Returns whether the exception is one that the file system throws for a path or a file that can't be used.</summary>
    internal static bool IsFileError(Exception e) =>
        e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException or System.Security.SecurityException;

    /// <summary>Reads a file as text.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="maxLength">The maximum number of bytes.</param>
    /// <param name="tooLarge">Creates the error for a larger file.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ScramjetException">See <see cref="OpenRead"/>.</exception>
    internal static string ReadText(string path, int maxLength, Func<ScramjetException> tooLarge, CancellationToken cancellationToken)
    {
        using var file = OpenRead(path);
        try
        {
            // The file can grow, so the bytes that are read are counted.
            using var bytes = new MemoryStream();
            var block = new byte[BufferSize];
            int read;
            while ((read = file.Read(block, 0, block.Length)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (bytes.Length + read > maxLength)
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

    /// <summary>Removes a file if possible.</summary>
    internal static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (IsFileError(e))
        {
            // The caller reports an earlier error.
        }
    }

    /// <summary>Checks that the path is a regular file before it is opened, because opening a pipe can block forever.</summary>
    private static void Check(string path)
    {
        var kind = UnixFile.Kind(path, followLinks: true);
        if (kind == FileKind.Folder || (kind == FileKind.Unknown && Directory.Exists(path)))
            throw NotPlain(path, "is a folder");
        if (Name(kind) is { } name)
            throw NotPlain(path, $"is {name}, not a file");
    }

    /// <summary>Returns the name of the kind for messages, or null for files and folders.</summary>
    internal static string? Name(FileKind kind) => kind switch
    {
        FileKind.Pipe => "a pipe",
        FileKind.Device => "a device",
        FileKind.Disk => "a disk",
        FileKind.Socket => "a socket",
        _ => null,
    };

    private static ScramjetException NotPlain(string path, string why) => new(ErrorCodes.FileUnreadable, $"'{path}' {why}.", "Specify a regular file.");
}
