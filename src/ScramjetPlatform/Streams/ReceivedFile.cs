using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Streams;

/// <summary>
/// A file for the data of a stream. Until the data is complete, it is written to a file with the extension .partial, which remains if the stream is
/// interrupted, because hubs don't send the data again. Appended data, and that for a device, is written directly.
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

    /// <summary>The file with the received part of an incomplete stream; null if there is none.</summary>
    public string? Partial => _length > 0 && !_whole ? _partial : null;

    /// <summary>Opens a file. Do this before the request, because the stream can be read only once.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="append">Whether the data is added to an existing file.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <exception cref="ScramjetException"><c>ALREADY_EXISTS</c>, or <c>FILE_UNWRITABLE</c>.</exception>
    public static ReceivedFile Open(string path, bool append, bool replace)
    {
        try
        {
            path = LocalFile.Target(path);
            var isDevice = LocalFile.IsDevice(path);
            if (Directory.Exists(path))
                throw new ScramjetException(ErrorCodes.FileUnwritable, $"'{path}' is a folder.", "Specify a file.");
            if (append || isDevice)
                return new ReceivedFile(path, null, false, Open(path, isDevice ? FileMode.Open : FileMode.Append));

            if (File.Exists(path) && !replace)
            {
                throw new ScramjetException(
                    ErrorCodes.AlreadyExists,
                    $"'{path}' already exists.",
                    "Specify another path, -Force to replace the file, or -Append to add to it.");
            }

            LocalFile.CheckReplaceable(path, replace);
            var partial = path + Ending;
            if (File.Exists(partial) && !replace)
            {
                throw new ScramjetException(
                    ErrorCodes.AlreadyExists,
                    $"'{partial}' exists: a stream for '{path}' is still being received, or was interrupted.",
                    "Specify another path, move that file, or use -Force to replace it.");
            }

            return new ReceivedFile(path, partial, replace, Open(partial, replace ? FileMode.Create : FileMode.CreateNew));
        }
        catch (Exception e) when (LocalFile.IsFileError(e))
        {
            throw LocalFile.Unwritable(path, e);
        }
    }

    /// <summary>Writes a stream into the file.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="progress">Receives the number of bytes received.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
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
                throw LocalFile.Unwritable(_path, e);
            }

            progress.Report(_length += read);
        }
    }

    /// <summary>Gives the file its final name when the data is complete.</summary>
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
            throw LocalFile.Unwritable(_path, e);
        }
    }

    /// <summary>Closes the file. An empty part is removed.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (_partial is not null && !_whole && _length == 0)
            LocalFile.Remove(_partial);
    }

    // The file isn't buffered: if a buffer can't be written, closing the file would fail again.
    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 1);
}
