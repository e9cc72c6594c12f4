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
                if (IsFileSystem(cmdlet, provider, path))
                    result.AddRange(found);
            }
            catch (SessionStateException e)
            {
                cmdlet.WriteError(ErrorRecords.From(new ScramjetException(ErrorCodes.FileNotFound, $"There is no '{path}'.", "Check the path.", e), path));
            }
        }

        foreach (var path in literalPaths ?? [])
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            if (IsFileSystem(cmdlet, provider, path))
                result.Add(full);
        }

        return result;
    }

    private static bool IsFileSystem(PSCmdlet cmdlet, ProviderInfo provider, string path)
    {
        if (provider.Name == "FileSystem")
            return true;

        cmdlet.WriteError(ErrorRecords.From(new ScramjetException(ErrorCodes.BadParameters, $"'{path}' isn't in the file system, but in {provider.Name}.", "Give a path in the file system."), path));
        return false;
    }
}
