using System;
using System.Collections.Generic;
using System.Management.Automation;
using Scramjet.Client;

namespace ScramjetPlatform.Binding;

/// <summary>Converts PowerShell paths to file system paths. Use it on the pipeline thread.</summary>
internal sealed class PathResolver(PathIntrinsics paths)
{
    /// <summary>Returns the files and folders of the parameters.</summary>
    /// <param name="wildcards">Paths with or without wildcards.</param>
    /// <param name="literals">Paths without wildcards.</param>
    /// <param name="report">Receives the error for a path that doesn't exist.</param>
    public IReadOnlyList<string> Resolve(string[]? wildcards, string[]? literals, Action<Exception, object?> report)
    {
        var result = new List<string>();
        foreach (var path in wildcards ?? [])
            Add(path, Resolve);
        foreach (var path in literals ?? [])
            Add(path, p => [FullPath(p)]);
        return result;

        void Add(string path, Func<string, IEnumerable<string>> resolve)
        {
            try
            {
                result.AddRange(resolve(path));
            }
            catch (ScramjetException e)
            {
                report(e, path);
            }
        }
    }

    /// <summary>Returns the single file or folder of the parameters.</summary>
    /// <exception cref="ScramjetException">
    /// <c>BAD_PARAMETERS</c>: both are specified, or the wildcards match several; <c>FILE_NOT_FOUND</c>: they match none.
    /// </exception>
    public string ResolveOne(string? path, string? literalPath)
    {
        if (path is not null && literalPath is not null)
            throw new ScramjetException(ErrorCodes.BadParameters, "Both -Path and -LiteralPath are specified.", "Specify one of them.");

        // A path without wildcards doesn't have to exist. The error of opening it is more exact.
        if (literalPath is not null || !WildcardPattern.ContainsWildcardCharacters(path))
            return FullPath(literalPath ?? WildcardPattern.Unescape(path!));

        var found = Resolve(path!);
        return found.Count switch
        {
            1 => found[0],
            _ => throw new ScramjetException(ErrorCodes.BadParameters, $"'{path}' matches {found.Count} files or folders.", "Specify the path of one."),
        };
    }

    /// <summary>Returns the file system path of a path without wildcards, which doesn't have to exist.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>: the drive doesn't exist; <c>BAD_PARAMETERS</c>: the drive isn't a file system.</exception>
    public string FullPath(string path)
    {
        try
        {
            var full = paths.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return IsFileSystem(provider) ? full : throw NotInFileSystem(path, provider);
        }
        catch (SessionStateException e)
        {
            throw new ScramjetException(ErrorCodes.FileNotFound, $"'{path}' doesn't exist: {e.Message}", "Check the path.", e);
        }
    }

    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>: nothing matches the path.</exception>
    private IReadOnlyList<string> Resolve(string path)
    {
        try
        {
            var found = paths.GetResolvedProviderPathFromPSPath(path, out var provider);
            if (!IsFileSystem(provider))
                throw NotInFileSystem(path, provider);
            return found.Count > 0
                ? found
                : throw new ScramjetException(
                    ErrorCodes.FileNotFound,
                    $"Nothing matches '{path}'.",
                    "Check the path. Use -LiteralPath if it has no wildcards.");
        }
        catch (SessionStateException e)
        {
            throw new ScramjetException(ErrorCodes.FileNotFound, $"'{path}' doesn't exist.", "Check the path.", e);
        }
    }

    private static bool IsFileSystem(ProviderInfo provider) => provider.Name == "FileSystem";

    private static ScramjetException NotInFileSystem(string path, ProviderInfo provider) =>
        new(ErrorCodes.BadParameters, $"'{path}' is not in the file system, but in {provider.Name}.", "Specify a path in the file system.");
}
