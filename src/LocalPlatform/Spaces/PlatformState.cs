using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>The spaces, and who may use them. What must survive a restart is in files of the platform's folder that only their owner can read.</summary>
internal sealed class PlatformState : IAsyncDisposable
{
    private const string StateFile = "state.json";
    private const string SecretFile = "secret";
    private const string TokenFile = "token";
    private const int SecretLength = 32;

    private static readonly TimeSpan SavePause = TimeSpan.FromMilliseconds(200);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Lock gate = new();
    private readonly Lock saving = new();
    private readonly List<Space> spaces = [];
    private readonly string folder;
    private readonly bool requireToken;
    private readonly byte[] secret;
    private bool loaded;
    private bool disposed;
    private int waiting;

    /// <param name="folder">The platform's folder.</param>
    /// <param name="token">The token that people have; null for the one of the folder, or a new one.</param>
    /// <param name="requireToken">Whether people need the token.</param>
    public PlatformState(string folder, string? token, bool requireToken)
    {
        this.folder = folder;
        this.requireToken = requireToken;
        secret = ReadOrMake(SecretFile, () => RandomNumberGenerator.GetBytes(SecretLength));
        Token = token ?? Encoding.UTF8.GetString(ReadOrMake(TokenFile, () => Encoding.UTF8.GetBytes(AccessKeys.NewSecret())));
        Load();
    }

    public AuditLog Audit { get; } = new();

    public HubReader Hubs { get; } = new();

    /// <summary>The token that people have.</summary>
    public string Token { get; }

    /// <summary>The spaces in the order in which they came.</summary>
    public IReadOnlyList<Space> Spaces
    {
        get
        {
            lock (gate)
                return [.. spaces];
        }
    }

    /// <summary>The space with an id.</summary>
    public Space? Space(string id) => Spaces.FirstOrDefault(space => space.Id == id);

    /// <summary>Makes a space; null where the id is taken.</summary>
    public Space? Add(string id)
    {
        Space space;
        lock (gate)
        {
            if (spaces.Any(other => other.Id == id))
                return null;

            space = Make(id);
            spaces.Add(space);
        }

        Save();
        return space;
    }

    /// <summary>A new space's id, as the platform generates them.</summary>
    public static string NewSpaceId() => $"org-{Guid.NewGuid()}-manager";

    /// <summary>Whether a bearer token is the one that people have.</summary>
    public bool Accepts(string? bearer) => !requireToken || (bearer is not null && AccessKeys.Same(bearer, Token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        disposed = true;
        Save();
        foreach (var space in Spaces)
            space.Dispose();
        await Audit.DisposeAsync().ConfigureAwait(false);
    }

    private Space Make(string id) =>
        new(id, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"store-{spaces.Count}")), secret, Save, SaveSoon);

    private byte[] ReadOrMake(string name, Func<byte[]> make)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
            return File.ReadAllBytes(path);

        var content = make();
        PrivateFile.Write(path, content);
        return content;
    }

    private void Load()
    {
        var path = Path.Combine(folder, StateFile);
        if (File.Exists(path))
        {
            try
            {
                foreach (var saved in (JsonArray)JsonNode.Parse(File.ReadAllText(path))!["spaces"]!)
                {
                    var space = Make((string)saved!["id"]!);
                    space.Load((JsonObject)saved);
                    spaces.Add(space);
                }
            }
            catch (Exception error) when (
                error is JsonException or InvalidCastException or InvalidOperationException or NullReferenceException or FormatException)
            {
                throw new LocalPlatformException(
                    $"The platform's state in {path} can't be read: {error.Message} To start with an empty state, move the file to another place.",
                    error);
            }
        }

        loaded = true;
    }

    // What many hubs change in a short time is written once.
    private void SaveSoon()
    {
        if (Interlocked.Exchange(ref waiting, 1) == 0)
            _ = SaveLaterAsync();

        async Task SaveLaterAsync()
        {
            await Task.Delay(SavePause).ConfigureAwait(false);
            Volatile.Write(ref waiting, 0);
            if (!disposed)
                Save();
        }
    }

    private void Save()
    {
        if (!loaded)
            return;

        // One after the other, so that the last one to write has the last state.
        lock (saving)
        {
            var state = new JsonObject { ["spaces"] = new JsonArray([.. Spaces.Select(space => space.Save())]) };
            PrivateFile.Write(Path.Combine(folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(state, Indented));
        }
    }
}
