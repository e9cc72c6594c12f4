using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Runtime.CompilerServices;
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

    /// <summary>The name; by default the address's host and port.</summary>
    public string Name { get; }

    /// <summary>What it leads to: <c>Platform</c>, <c>MultiManager</c> or <c>Hub</c>.</summary>
    public string Kind => Target.ToString();

    /// <summary>The address.</summary>
    public Uri Uri => _transport.BaseUri;

    /// <summary>Whether requests carry a token.</summary>
    public bool HasAccessToken => _transport.HasAccessToken;

    /// <summary>The bound for a call, in seconds.</summary>
    public double TimeoutSec => _transport.Timeout.TotalSeconds;

    /// <summary>The space that is meant where none is given.</summary>
    public string? Space { get; internal set; }

    /// <summary>The hub that is meant where none is given.</summary>
    public string? Hub { get; internal set; }

    /// <summary>Whether it is open.</summary>
    public bool IsConnected { get; private set; } = true;

    internal ConnectionKind Target { get; }

    internal bool IsPlatform => Target != ConnectionKind.Hub;

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal MiddlewareClient Middleware => new(_transport);

    internal MultiManagerClient MultiManager => new(_transport);

    internal HubClient Host => _self ?? new HubClient(_transport);

    /// <summary>The connection that a server's object came over; null where it isn't known.</summary>
    internal static ScramjetConnection? Of(Entity entity) => entity.Transport is { } transport && s_byTransport.TryGetValue(transport, out var connection) ? connection : null;

    /// <summary>The spaces, from the middleware or the multi-manager. (A hub is asked as a middleware, to see whether it is one.)</summary>
    internal async Task<IReadOnlyList<Space>> GetSpacesAsync(CommandContext context)
    {
        ApiClient client = Target == ConnectionKind.MultiManager ? MultiManager : Middleware;
        return (await context.ListAsync(client, () => Target == ConnectionKind.MultiManager
            ? context.Own(MultiManager).ListSpacesAsync(context.Cancellation)
            : context.Own(Middleware).ListSpacesAsync(context.Cancellation)).ConfigureAwait(false)).Items;
    }

    /// <summary>The hub that the connection leads to, by the id that it has given itself.</summary>
    internal async Task<Hub> GetSelfAsync(CommandContext context)
    {
        var hub = (await context.ListAsync<Hub>(Host, async () => [new Hub(await context.Own(Host).IdentifyAsync(context.Cancellation).ConfigureAwait(false))]).ConfigureAwait(false)).Items[0];
        _self = hub.Client;
        return hub;
    }

    internal void Close()
    {
        IsConnected = false;
        _transport.Dispose();
    }
}
