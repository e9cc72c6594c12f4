using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// A file that a stream is received into. What isn't whole yet is in a file of the same name with .partial behind it, and stays there when the stream
/// breaks off: hubs don't give it again. What is appended to, and a device, is written as it comes.
/// </summary>
internal sealed class ReceivedFile : IDisposable
{
    private const string Ending = ".partial";

    private readonly string _path;
    private readonly string? _partial;
    private readonly bool _replaces;
    private readonly FileStream _file;
    private long _length;
    private bool _whole;

    private ReceivedFile(string path, string? partial, bool replaces, FileStream file)
    {
        _path = path;
        _partial = partial;
        _replaces = replaces;
        _file = file;
    }

    /// <summary>The file with what came of a stream that isn't whole; null where there is none.</summary>
    public string? Partial => _length > 0 && !_whole ? _partial : null;

    /// <summary>Opens a file, before anything is asked of a stream that gives what it has once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="append">Whether what comes is added to what is there.</param>
    /// <param name="replace">Whether a file that is there is replaced.</param>
    /// <exception cref="ScramjetException"><c>ALREADY_EXISTS</c>, or <c>FILE_UNWRITABLE</c>.</exception>
    public static ReceivedFile Open(string path, bool append, bool replace)
    {
        try
        {
            path = LocalFile.Target(path);
            var isDevice = LocalFile.IsDevice(path);
            if (Directory.Exists(path))
                throw new ScramjetException(ErrorCodes.FileUnwritable, $"'{path}' is a folder.", "Give a file.");
            if (append || isDevice)
                return new ReceivedFile(path, null, false, Open(path, isDevice ? FileMode.Open : FileMode.Append));

            if (File.Exists(path) && !replace)
                throw new ScramjetException(ErrorCodes.AlreadyExists, $"'{path}' is there already.", "Give another path, -Force to replace the file, or -Append to add to it.");
            LocalFile.CheckReplaceable(path, replace);
            var partial = path + Ending;
            if (File.Exists(partial) && !replace)
                throw new ScramjetException(ErrorCodes.AlreadyExists, $"'{partial}' is there already: a stream that was to become '{path}' is still received into it, or broke off.", "Give another path, move that file away, or give -Force to replace it.");
            return new ReceivedFile(path, partial, replace, Open(partial, replace ? FileMode.Create : FileMode.CreateNew));
        }
        catch (Exception e) when (LocalFile.IsFileError(e))
        {
            throw Unwritable(path, e);
        }
    }

    /// <summary>Writes a stream into the file.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="progress">Told of the bytes that have come.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ReceiveAsync(ApiStream stream, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var block = new byte[OutputWriter.BlockSize];
        int read;
        while ((read = await stream.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0)
        {
            try
            {
                _file.Write(block, 0, read);
            }
            catch (Exception e) when (LocalFile.IsFileError(e))
            {
                throw Unwritable(_path, e);
            }

            progress.Report(_length += read);
        }
    }

    /// <summary>Gives the file its name: it is whole.</summary>
    public void Complete()
    {
        try
        {
            _file.Dispose();
            if (_partial is null)
                return;
            if (_replaces && File.Exists(_path))
                File.Replace(_partial, _path, null);
            else
                File.Move(_partial, _path);
            _whole = true;
        }
        catch (Exception e) when (LocalFile.IsFileError(e))
        {
            throw Unwritable(_path, e);
        }
    }

    /// <summary>Closes it. A part in which there is nothing goes.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (_partial is not null && !_whole && _length == 0)
            LocalFile.Remove(_partial);
    }

    // Without a buffer of its own: one that can't be written would fail again when the file is closed.
    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 1);

    private static ScramjetException Unwritable(string path, Exception e) =>
        new(ErrorCodes.FileUnwritable, $"'{path}' can't be written: {e.Message}", "Check the path, its permissions, and the room on the disk.", e);
}
