using System;
using System.ComponentModel;
using System.Linq;
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

    private readonly ScramjetTransport _transport;
    private volatile HubClient? _self;

    internal ScramjetConnection(string? name, ConnectionKind kind, ScramjetTransport transport)
    {
        _transport = transport;
        Target = kind;
        Name = name ?? transport.BaseUri.Authority;
        s_byTransport.Add(transport, this);
    }

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

    /// <summary>The default space; null for none.</summary>
    public string? Space { get; internal set; }

    /// <summary>The default hub; null for none.</summary>
    public string? Hub { get; internal set; }

    /// <summary>Whether the connection is open.</summary>
    public bool IsConnected { get; private set; } = true;

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

    internal void Close()
    {
        IsConnected = false;
        _transport.Dispose();
    }
}

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

/// <summary>Converts the name of a connection of the session to the connection.</summary>
public sealed class ScramjetConnectionConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => sourceValue is string || sourceValue is PSObject { BaseObject: string };

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        ScramjetSession.Current.Connections.FirstOrDefault(c => string.Equals(c.Name, sourceValue.ToString(), StringComparison.OrdinalIgnoreCase))
        ?? throw new PSInvalidCastException($"There is no connection '{sourceValue}'. See Get-ScramjetConnection.");

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new NotSupportedException();
}
