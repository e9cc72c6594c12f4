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
                var found = cmdlet.GetResolvedProviderPathFromPSPath(path, out var provider);
                if (!IsFileSystem(provider))
                    throw NotFiles(path, provider);
                result.AddRange(found);
            }
            catch (ScramjetException e)
            {
                cmdlet.WriteError(ErrorRecords.From(e, path));
            }
            catch (SessionStateException e)
            {
                cmdlet.WriteError(ErrorRecords.From(new ScramjetException(ErrorCodes.FileNotFound, $"There is no '{path}'.", "Check the path.", e), path));
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
