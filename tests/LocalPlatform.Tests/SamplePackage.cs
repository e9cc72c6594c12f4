using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Tests;

/// <summary>The packages of docs/samples.</summary>
internal static class SamplePackage
{
    private static readonly string Root = typeof(SamplePackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>Writes the package of a sample.</summary>
    public static async Task WriteAsync(string sample, Stream target)
    {
        await using var zip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(zip);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "docs", "samples", sample)))
            await tar.WriteEntryAsync(file, Path.GetFileName(file));
    }
}
