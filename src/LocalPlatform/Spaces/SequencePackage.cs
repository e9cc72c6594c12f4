using System;
using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>What was sent is no sequence's package; <see cref="Error"/> is what a hub answers then.</summary>
internal sealed class PackageException(JsonNode error) : Exception("Not a sequence's package.")
{
    public JsonNode Error => error;
}

/// <summary>Looks into a package as a hub does.</summary>
internal static class SequencePackage
{
    /// <summary>Checks a package and makes the configuration that the platform shows for it.</summary>
    /// <exception cref="PackageException">It is no package.</exception>
    public static async Task<JsonObject> ReadConfigAsync(string file, string id, CancellationToken cancellationToken)
    {
        var package = await ReadPackageJsonAsync(file, cancellationToken).ConfigureAwait(false);
        if (Text(package, "main") is not { } main)
            throw new PackageException("<SequencePackageJSON> decoder failed at key \"main\" with error: undefined is not a valid string");

        var engines = package["engines"] as JsonObject ?? new JsonObject();
        var config = new JsonObject
        {
            ["type"] = "process",
            ["engines"] = engines.DeepClone(),
            ["entrypointPath"] = main,
            ["version"] = Text(package, "version") ?? "",
            ["name"] = Text(package, "name") ?? "",
            ["id"] = id,
            ["language"] = engines.ContainsKey("python3") ? "py" : "js",
            ["packageSize"] = new FileInfo(file).Length,
        };
        foreach (var field in new[] { "description", "author", "keywords", "args", "repository" })
        {
            if (package[field] is { } value)
                config[field] = value.DeepClone();
        }

        return config;
    }

    private static async Task<JsonObject> ReadPackageJsonAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            JsonObject? found = null;
            await using var tar = new TarReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (name == "package.json" && entry.DataStream is { } data)
                    found = await JsonNode.ParseAsync(data, cancellationToken: cancellationToken).ConfigureAwait(false) as JsonObject;
            }

            return found is not null && await IsWholeAsync(file, cancellationToken).ConfigureAwait(false) ? found : throw Invalid();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or JsonException)
        {
            throw Invalid();
        }
    }

    // GZipStream takes a file that was cut short for one that ends; its last four bytes say how long the content should be.
    private static async Task<bool> IsWholeAsync(string file, CancellationToken cancellationToken)
    {
        await using var source = File.OpenRead(file);
        var end = new byte[sizeof(uint)];
        source.Seek(-end.Length, SeekOrigin.End);
        await source.ReadExactlyAsync(end, cancellationToken).ConfigureAwait(false);
        source.Position = 0;

        var length = 0L;
        var buffer = new byte[64 * 1024];
        await using var content = new GZipStream(source, CompressionMode.Decompress);
        for (int count; (count = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            length += count;
        return unchecked((uint)length) == BinaryPrimitives.ReadUInt32LittleEndian(end);
    }

    private static PackageException Invalid() => new(new JsonObject { ["code"] = "PRERUNNER_ERROR", ["data"] = "Invalid pkg tar.gz archive" });

    private static string? Text(JsonObject package, string field) =>
        package[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
