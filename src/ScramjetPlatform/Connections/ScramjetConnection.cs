using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>A connection to a platform or a hub, with the context that is set for it. The token stays inside.</summary>
[TypeConverter(typeof(ScramjetConnectionConverter))]
public sealed class ScramjetConnection
{
    private readonly ScramjetTransport _transport;
    private volatile HostClient? _self;

    internal ScramjetConnection(string? name, ConnectionKind kind, ScramjetTransport transport)
    {
        _transport = transport;
        Kind = kind;
        Name = name ?? transport.BaseUri.Authority;
    }

    /// <summary>The name; by default the address's host and port.</summary>
    public string Name { get; }

    /// <summary>What it leads to.</summary>
    public ConnectionKind Kind { get; }

    /// <summary>The address.</summary>
    public Uri Uri => _transport.BaseUri;

    /// <summary>Whether requests carry a token.</summary>
    public bool HasAccessToken => _transport.HasAccessToken;

    /// <summary>The bound for a call.</summary>
    public TimeSpan Timeout => _transport.Timeout;

    /// <summary>The space that is meant where none is given.</summary>
    public string? Space { get; internal set; }

    /// <summary>The hub that is meant where none is given.</summary>
    public string? Hub { get; internal set; }

    /// <summary>Whether it is open.</summary>
    public bool IsConnected { get; private set; } = true;

    internal bool IsPlatform => Kind != ConnectionKind.Hub;

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal MiddlewareClient Middleware => new(_transport);

    internal MultiManagerClient MultiManager => new(_transport);

    internal HostClient Host => _self ?? new HostClient(_transport);

    /// <summary>The spaces, from the middleware or the multi-manager.</summary>
    internal Task<IReadOnlyList<Space>> GetSpacesAsync(ScramjetCmdlet cmdlet) => Kind == ConnectionKind.MultiManager
        ? cmdlet.Own(MultiManager).GetManagersAsync(cmdlet.Cancellation)
        : cmdlet.Own(Middleware).GetManagersAsync(cmdlet.Cancellation);

    /// <summary>The hub that the connection leads to, by the id that it has given itself.</summary>
    internal async Task<Hub> GetSelfAsync(ScramjetCmdlet cmdlet)
    {
        var hub = await cmdlet.Own(Host).GetInfoAsync(cmdlet.Cancellation).ConfigureAwait(false);
        _self = hub.Client;
        return hub;
    }

    internal void Close()
    {
        IsConnected = false;
        _transport.Dispose();
    }
}
