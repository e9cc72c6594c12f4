using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Scramjet.Client.Packaging;

/// <summary>Writes several files as one change: if a file can't be written, the previous state is restored.</summary>
internal static class ProjectWriter
{
    private static readonly UTF8Encoding Utf8 = new(false);

    public static void Write(IReadOnlyList<ProjectFile> files)
    {
        var tag = "." + Guid.NewGuid().ToString("N").Substring(0, 8);
        var undo = new Stack<Action>();
        var current = "";
        try
        {
            foreach (var file in files)
            {
                current = file.FullPath;
                CreateFolder(Path.GetDirectoryName(file.FullPath)!, undo);
                undo.Push(() => File.Delete(file.FullPath + tag));
                File.WriteAllText(file.FullPath + tag, file.Text, Utf8);
            }

            foreach (var file in files)
            {
                current = file.FullPath;
                if (File.Exists(file.FullPath))
                {
                    File.Move(file.FullPath, file.FullPath + tag + ".old");
                    undo.Push(() => File.Move(file.FullPath + tag + ".old", file.FullPath));
                }

                File.Move(file.FullPath + tag, file.FullPath);
                undo.Push(() => File.Delete(file.FullPath));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            while (undo.Count > 0)
                Try(undo.Pop());
            throw new ScramjetException(
                ErrorCodes.FileUnwritable,
                $"'{current}' can't be written: {e.Message.TrimEnd('.')}. Nothing was changed.",
                "Check the path, its permissions, and the free disk space.",
                e);
        }

        foreach (var file in files)
            Try(() => File.Delete(file.FullPath + tag + ".old"));
    }

    private static void CreateFolder(string path, Stack<Action> undo)
    {
        if (Directory.Exists(path))
            return;

        if (Path.GetDirectoryName(path) is { } parent)
            CreateFolder(parent, undo);
        Directory.CreateDirectory(path);
        undo.Push(() => Directory.Delete(path));
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The caller reports an earlier error.
        }
    }
}
