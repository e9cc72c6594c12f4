using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>A space's store: packages in a folder and what they say of themselves, each in a file beside it.</summary>
internal sealed class PackageStore
{
    private const string PackageEnd = ".tar.gz";
    private const string ConfigEnd = ".json";

    private readonly Lock gate = new();
    private readonly List<(string Id, string File, JsonObject Config)> items = [];
    private readonly string folder;

    /// <summary>Opens the store of a folder.</summary>
    public PackageStore(string folder)
    {
        this.folder = folder;
        if (!Directory.Exists(folder))
            return;

        foreach (var file in new DirectoryInfo(folder).GetFiles("*" + ConfigEnd).OrderBy(file => file.CreationTimeUtc))
        {
            var package = Path.ChangeExtension(file.FullName, null) + PackageEnd;
            if (File.Exists(package) && JsonNode.Parse(File.ReadAllText(file.FullName)) is JsonObject config && (string?)config["id"] is { } id)
                items.Add((id, package, config));
        }
    }

    /// <summary>The stored packages' configurations.</summary>
    public JsonArray List()
    {
        lock (gate)
            return new JsonArray([.. items.Select(item => item.Config.DeepClone())]);
    }

    /// <summary>Whether an id is taken.</summary>
    public bool Has(string id)
    {
        lock (gate)
            return items.Any(item => item.Id == id);
    }

    /// <summary>Opens a package; null where there is none with the id.</summary>
    public Stream? Open(string id)
    {
        lock (gate)
            return items.FirstOrDefault(item => item.Id == id).File is { } file ? File.OpenRead(file) : null;
    }

    /// <summary>Stores a package; null where another upload has taken the id meanwhile.</summary>
    /// <exception cref="PackageException">It is no package.</exception>
    public async Task<JsonObject?> PutAsync(string id, Stream package, CancellationToken cancellationToken)
    {
        PrivateFile.CreateFolder(folder);
        var file = Path.Combine(folder, Guid.NewGuid() + PackageEnd);
        var stored = false;
        try
        {
            await using (var target = File.Create(file))
                await package.CopyToAsync(target, cancellationToken).ConfigureAwait(false);

            var config = await SequencePackage.ReadConfigAsync(file, id, cancellationToken).ConfigureAwait(false);
            lock (gate)
            {
                if (items.Any(item => item.Id == id))
                    return null;

                File.WriteAllText(ConfigOf(file), config.ToJsonString());
                items.Add((id, file, config));
                stored = true;
                return (JsonObject)config.DeepClone();
            }
        }
        finally
        {
            if (!stored)
                File.Delete(file);
        }
    }

    /// <summary>Deletes the packages that a condition picks, and says how many there were.</summary>
    public int Remove(Func<string, bool> picks)
    {
        lock (gate)
        {
            foreach (var (id, file, _) in items)
            {
                if (!picks(id))
                    continue;

                File.Delete(ConfigOf(file));
                File.Delete(file);
            }

            return items.RemoveAll(item => picks(item.Id));
        }
    }

    private static string ConfigOf(string package) => package[..^PackageEnd.Length] + ConfigEnd;
}
