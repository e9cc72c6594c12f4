using System;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using ICSharpCode.SharpZipLib.Tar;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Json;

namespace Scramjet.Client.Packaging;

/// <summary>Writes a package anew, with the hash of its content in its version.</summary>
internal sealed class ContentLabel
{
    private const int BlockSize = 64 * 1024;
    private const int HashBytes = 8;

    private readonly Func<Stream> _open;
    private readonly CancellationToken _cancellationToken;

    public ContentLabel(Func<Stream> open, string? version, CancellationToken cancellationToken)
    {
        _open = open;
        _cancellationToken = cancellationToken;
        var plain = version ?? "";
        Version = $"{plain}{(plain.IndexOf('+') < 0 ? '+' : '.')}sha.{Hash()}";
    }

    /// <summary>The version with the label.</summary>
    public string Version { get; }

    /// <summary>Writes the package with the labelled version.</summary>
    public void Write(Stream output)
    {
        using var source = new TarInputStream(new GZipStream(_open(), CompressionMode.Decompress), Encoding.UTF8);
        using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        using var target = new TarOutputStream(gzip, Encoding.UTF8) { IsStreamOwner = false };
        while (source.GetNextEntry() is { } entry)
        {
            if (!entry.IsDirectory && PackageFile.Normalize(entry.Name) == PackageManifest.FileName)
            {
                var text = Labelled(source);
                entry.Size = text.Length;
                target.PutNextEntry(entry);
                target.Write(text, 0, text.Length);
            }
            else
            {
                target.PutNextEntry(entry);
                Copy(source, target);
            }

            target.CloseEntry();
        }
    }

    /// <summary>The hash of what is in the package, however well it was compressed.</summary>
    private string Hash()
    {
        using var sha = SHA256.Create();
        using (var content = new GZipStream(_open(), CompressionMode.Decompress))
        using (var hashed = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
            Copy(content, hashed);
        return BitConverter.ToString(sha.Hash, 0, HashBytes).Replace("-", "").ToLowerInvariant();
    }

    private byte[] Labelled(Stream source)
    {
        using var reader = new StreamReader(source, Encoding.UTF8, true, 1024, leaveOpen: true);
        var package = (JObject)JsonText.Parse(reader.ReadToEnd());
        package["version"] = Version;
        return Encoding.UTF8.GetBytes(package.ToString(Formatting.Indented));
    }

    private void Copy(Stream source, Stream target)
    {
        var block = new byte[BlockSize];
        int read;
        while ((read = source.Read(block, 0, block.Length)) > 0)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            target.Write(block, 0, read);
        }
    }
}
