using System.Collections.Generic;
using System.Management.Automation;
using Scramjet.Client;

namespace ScramjetPlatform.Pipeline;

/// <summary>Turns PowerShell paths into file system paths. For the pipeline thread.</summary>
internal static class PathResolver
{
    /// <summary>The files and folders that the parameters name; what names none is an error.</summary>
    public static IReadOnlyList<string> Resolve(PSCmdlet cmdlet, string[]? paths, string[]? literalPaths)
    {
        var result = new List<string>();
        foreach (var path in paths ?? [])
        {
            try
            {
                result.AddRange(Resolve(cmdlet, path));
            }
            catch (ScramjetException e)
            {
                cmdlet.WriteError(ErrorRecords.From(e, path));
            }
        }

        foreach (var path in literalPaths ?? [])
        {
            try
            {
                result.Add(FullPath(cmdlet, path));
            }
            catch (ScramjetException e)
            {
                cmdlet.WriteError(ErrorRecords.From(e, path));
            }
        }

        return result;
    }

    /// <summary>The one file or folder that is named, with wildcards or without.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: both are given, or the wildcards fit several; <c>FILE_NOT_FOUND</c>: they fit none.</exception>
    public static string One(PSCmdlet cmdlet, string? path, string? literalPath)
    {
        if (path is not null && literalPath is not null)
            throw new ScramjetException(ErrorCodes.BadParameters, "Both -Path and -LiteralPath name something.", "Give one of them.");

        // Without wildcards it needn't be there: whoever opens it says that, and why.
        if (literalPath is not null || !WildcardPattern.ContainsWildcardCharacters(path))
            return FullPath(cmdlet, literalPath ?? WildcardPattern.Unescape(path!));

        var found = Resolve(cmdlet, path!);
        return found.Count switch
        {
            0 => throw new ScramjetException(ErrorCodes.FileNotFound, $"There is nothing that fits '{path}'.", "Check the path, or give it with -LiteralPath where it has no wildcards."),
            1 => found[0],
            _ => throw new ScramjetException(ErrorCodes.BadParameters, $"'{path}' fits {found.Count} files or folders.", "Name one."),
        };
    }

    private static IReadOnlyList<string> Resolve(PSCmdlet cmdlet, string path)
    {
        try
        {
            var found = cmdlet.GetResolvedProviderPathFromPSPath(path, out var provider);
            return IsFileSystem(provider) ? found : throw NotFiles(path, provider);
        }
        catch (SessionStateException e)
        {
            throw new ScramjetException(ErrorCodes.FileNotFound, $"There is no '{path}'.", "Check the path.", e);
        }
    }

    /// <summary>The path in the file system of what may be there or not, without wildcards.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>: there is no such drive; <c>BAD_PARAMETERS</c>: it is a drive of something else than files.</exception>
    public static string FullPath(PSCmdlet cmdlet, string path)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return IsFileSystem(provider) ? full : throw NotFiles(path, provider);
        }
        catch (SessionStateException e)
        {
            throw new ScramjetException(ErrorCodes.FileNotFound, $"There is no '{path}': {e.Message}", "Check the path.", e);
        }
    }

    private static bool IsFileSystem(ProviderInfo provider) => provider.Name == "FileSystem";

    private static ScramjetException NotFiles(string path, ProviderInfo provider) =>
        new(ErrorCodes.BadParameters, $"'{path}' isn't in the file system, but in {provider.Name}.", "Give a path in the file system.");
}
