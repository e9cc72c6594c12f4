using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>A space's store: packages in a folder and what they say of themselves.</summary>
internal sealed class PackageStore(string folder)
{
    private readonly Lock gate = new();
    private readonly List<(string Id, string File, JsonObject Config)> items = [];

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

    /// <summary>Stores a package; null where another upload has taken the id meanwhile.</summary>
    /// <exception cref="PackageException">It is no package.</exception>
    public async Task<JsonObject?> PutAsync(string id, Stream package, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Guid.NewGuid() + ".tar.gz");
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
                if (picks(id))
                    File.Delete(file);
            }

            return items.RemoveAll(item => picks(item.Id));
        }
    }
}
