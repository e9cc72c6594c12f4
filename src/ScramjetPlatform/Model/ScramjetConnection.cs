using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>A connection to a platform or a hub, with its context. The token isn't accessible.</summary>
[TypeConverter(typeof(ScramjetConnectionConverter))]
public sealed class ScramjetConnection
{
    private static readonly ConditionalWeakTable<ScramjetTransport, ScramjetConnection> s_byTransport = new();

    /// <summary>How many names of spaces or hubs are named one by one.</summary>
    private const int MostNames = 4;

    private readonly ScramjetTransport _transport;
    private volatile HubClient? _self;
    private volatile ConnectionContext _context = new(null, null);

    internal ScramjetConnection(string? name, ConnectionKind kind, ScramjetTransport transport)
    {
        _transport = transport;
        Target = kind;
        Name = name ?? transport.BaseUri.Authority;
        s_byTransport.Add(transport, this);
    }

    /// <summary>Whether it is the default connection of the runspace that asks: the one that commands without -Connection use.</summary>
    public bool IsDefault => ScramjetSession.IsDefault(this);

    /// <summary>The name. By default, it is the host and port of the address.</summary>
    public string Name { get; }

    /// <summary>The kind of server: <c>Platform</c>, <c>MultiManager</c> or <c>Hub</c>.</summary>
    public string Kind => Target.ToString();

    /// <summary>The address.</summary>
    public Uri Uri => _transport.BaseUri;

    /// <summary>Whether requests have a token.</summary>
    public bool HasAccessToken => _transport.HasAccessToken;

    /// <summary>The time limit of a call, in seconds.</summary>
    public double TimeoutSec => _transport.Timeout.TotalSeconds;

    /// <summary>The version that the server reported when the connection was opened; null if it reported none.</summary>
    public string? Version { get; internal set; }

    /// <summary>How many spaces there were when the connection was opened; null for a hub.</summary>
    public int? SpaceCount => Spaces?.Count;

    /// <summary>How many hubs there were when the connection was opened; null if they could not be listed in time.</summary>
    public int? HubCount => Hubs?.Count;

    /// <summary>The default space; null for none.</summary>
    public string? Space => _context.Space;

    /// <summary>The default hub; null for none.</summary>
    public string? Hub => _context.Hub;

    /// <summary>Whether the connection is open.</summary>
    public bool IsConnected { get; private set; } = true;

    /// <summary>The ids of the spaces that were there when it was opened.</summary>
    internal IReadOnlyList<string>? Spaces { get; set; }

    /// <summary>The ids of the hubs that were there when it was opened.</summary>
    internal IReadOnlyList<string>? Hubs { get; set; }

    /// <summary>What is meant where no space and no hub is given. Runspaces that share the connection share it too.</summary>
    internal ConnectionContext Context
    {
        get => _context;
        set => _context = value;
    }

    /// <summary>The session that opened it.</summary>
    internal ScramjetSession? Owner { get; set; }

    internal ConnectionKind Target { get; }

    internal bool IsPlatform => Target != ConnectionKind.Hub;

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;

    internal MiddlewareClient Middleware => new(_transport);

    internal MultiManagerClient MultiManager => new(_transport);

    /// <summary>The hub of the connection, with the id that it has reported, if known.</summary>
    internal HubClient Host
    {
        get => _self ?? new HubClient(_transport);
        set => _self = value;
    }

    /// <summary>Returns the connection that an object was received over, or null if it is unknown.</summary>
    internal static ScramjetConnection? Of(Entity entity) =>
        entity.Transport is { } transport && s_byTransport.TryGetValue(transport, out var connection) ? connection : null;

    /// <summary>Whether it goes by a name.</summary>
    internal bool HasName(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The error for a connection that was closed; null if it is open.</summary>
    internal ScramjetException? FindClosed() => IsConnected ? null : new ScramjetException(
        ErrorCodes.NotConnected,
        $"The connection '{Name}' has been closed.",
        "Connect again with Connect-ScramjetPlatform.");

    /// <summary>What was reached, in a sentence.</summary>
    internal string Describe()
    {
        var kind = Target switch { ConnectionKind.Hub => "hub", ConnectionKind.MultiManager => "multi-manager", _ => "platform" };
        var what = Target == ConnectionKind.Hub && Hubs is { Count: 1 } ids ? $"hub {ids[0]}" : kind;
        var version = Version is null ? "" : $" {Version}";
        var places = IsPlatform ? $" with {Count(Spaces, "space")}{(Hubs is null ? "" : $" and {Count(Hubs, "hub")}")}" : "";
        return $"Connected to {Name}: {what}{version}{places}, {Uri}";

        static string Count(IReadOnlyList<string>? names, string noun) => names is null or { Count: 0 } ? $"no {noun}s"
            : $"{DisplayText.Amount(names.Count, noun)}{(names.Count <= MostNames ? $" ({string.Join(", ", names)})" : "")}";
    }

    internal void Close()
    {
        IsConnected = false;
        _transport.Dispose();
    }
}

/// <summary>The space and the hub of a connection's context.</summary>
internal sealed record ConnectionContext(string? Space, string? Hub);

/// <summary>The kinds of servers.</summary>
internal enum ConnectionKind
{
    /// <summary>The middleware of a platform with spaces.</summary>
    Platform,

    /// <summary>A standalone hub.</summary>
    Hub,

    /// <summary>An operator's multi-manager, whose managers are spaces.</summary>
    MultiManager,
}

/// <summary>Lets a connection be given by its name: one of the session, or one of another runspace of the process.</summary>
public sealed class ScramjetConnectionConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => sourceValue is string || sourceValue is PSObject { BaseObject: string };

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        var found = ScramjetSession.Current.FindByName(sourceValue.ToString());
        return found.Count switch
        {
            0 => throw new PSInvalidCastException($"There is no connection '{sourceValue}'. See Get-ScramjetConnection."),
            1 => found[0],
            _ => throw new PSInvalidCastException(
                $"{found.Count} other runspaces have a connection '{sourceValue}'. Connect in this runspace, or pass the connection itself, such as with "
                    + "$using:."),
        };
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new NotSupportedException();
}
