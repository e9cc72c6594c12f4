using System.Formats.Tar;
using System.IO;
using System.IO.Compression;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>Packs a folder like any tar program, without the module.</summary>
internal static class TestPackage
{
    public static byte[] Pack(string folder)
    {
        var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest))
            TarFile.CreateFromDirectory(folder, zip, includeBaseDirectory: false);
        return packed.ToArray();
    }
}
