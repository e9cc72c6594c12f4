using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scramjet.LocalPlatform.Connections;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Routes;
using Scramjet.LocalPlatform.Spaces;
using Yarp.ReverseProxy.Forwarder;

namespace Scramjet.LocalPlatform;

/// <summary>A Scramjet Platform: middleware, multi-manager and spaces in this process, which real hubs join by themselves.</summary>
public sealed class LocalPlatform : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan JoinPause = TimeSpan.FromMilliseconds(20);

    private readonly PlatformState state;
    private readonly WorkingFolder folder;
    private readonly ChannelTransport channels = new();
    private readonly List<(string SpaceId, LocalHub Hub)> hubs = [];
    private WebApplication? app;

    private LocalPlatform(LocalPlatformOptions options)
    {
        folder = new WorkingFolder(options.WorkingFolder);
        state = new PlatformState(folder.Path, options.Token, options.RequireToken);
    }

    /// <summary>The middleware's base, e.g. http://127.0.0.1:41234/api/v1.</summary>
    public Uri BaseUri { get; private set; } = null!;

    /// <summary>The multi-manager's base, e.g. http://127.0.0.1:41234/mm/api/v1.</summary>
    public Uri MultiManagerUri => new(BaseUri, "/mm/api/v1");

    /// <summary>The token that requests must have.</summary>
    public string Token => state.Token;

    /// <summary>Canceled when Windows stops the service that the platform runs as.</summary>
    public CancellationToken Stopping => app?.Lifetime.ApplicationStopping ?? CancellationToken.None;

    /// <summary>The ids of the spaces.</summary>
    public IReadOnlyList<string> SpaceIds => [.. state.Spaces.Select(space => space.Id)];

    /// <summary>The real hubs that this platform has started, space by space.</summary>
    public IReadOnlyList<LocalHub> Hubs => [.. hubs.Select(item => item.Hub)];

    /// <summary>Starts the platform and its hubs, and returns when all of them respond.</summary>
    /// <exception cref="LocalPlatformException">Something could not be started.</exception>
    public static async Task<LocalPlatform> StartAsync(LocalPlatformOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalPlatformOptions();
        if (options.IsForOthers && !options.RequireToken)
            throw new LocalPlatformException("A platform with a certificate, or that listens on an address that others can reach, must require a token.");

        var server = new LocalPlatform(options);
        try
        {
            server.AddSpaces(options.Spaces);
            var own = server.SpaceIds.SelectMany(
                (space, index) => Enumerable.Range(0, options.HubsPerSpace)
                    .Select(number => new OwnHub(index, new HubOrigin(space, string.Create(CultureInfo.InvariantCulture, $"sth-{number}"))))).ToArray();
            var addresses = await server.ListenAsync(options, own, cancellationToken).ConfigureAwait(false);
            await server.StartHubsAsync(own, addresses, cancellationToken).ConfigureAwait(false);
            foreach (var hub in options.ExternalHubs)
                server.AddHub(hub);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The hub with an id that this platform has started in a space.</summary>
    public LocalHub GetHub(string spaceId, string hubId) =>
        hubs.FirstOrDefault(
            item => item.SpaceId == spaceId && item.Hub.Id == hubId).Hub ?? throw new KeyNotFoundException($"No hub {hubId} was started in {spaceId}.");

    /// <summary>Adds a running hub to a space. It isn't stopped with the platform.</summary>
    public void AddHub(string spaceId, string hubId, Uri uri) => AddHub(new ExternalHub(hubId, uri, spaceId));

    /// <summary>Adds a running hub. It isn't stopped with the platform.</summary>
    public void AddHub(ExternalHub hub)
    {
        ArgumentNullException.ThrowIfNull(hub);
        if (!Space(hub.SpaceId ?? SpaceIds[0]).Add(new HubEntry(hub)))
            throw new ArgumentException($"A hub with the id {hub.Id} already exists.", nameof(hub));
    }

    /// <summary>Waits until a hub has joined a space.</summary>
    /// <exception cref="LocalPlatformException">It hasn't joined in time.</exception>
    public async Task WaitForHubAsync(string spaceId, string hubId, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        for (
            var clock = Stopwatch.StartNew(); Space(spaceId)
                .Hub(hubId) is not { IsConnected: true }; await Task.Delay(JoinPause, cancellationToken).ConfigureAwait(false))
        {
            if (clock.Elapsed > timeout)
                throw new LocalPlatformException($"The hub {hubId} did not join the space {spaceId} within {timeout.TotalSeconds} s.");
        }
    }

    /// <summary>Connects a hub again that its space has disconnected.</summary>
    public void ReconnectHub(string spaceId, string hubId)
    {
        var hub = Space(spaceId).Hub(hubId) ?? throw new KeyNotFoundException($"There is no hub {hubId} in {spaceId}.");
        hub.Reconnect();
    }

    /// <summary>Stops the platform and the hubs that it has started.</summary>
    public async ValueTask DisposeAsync()
    {
        // Their hubs needn't wait for the requests of others to end.
        foreach (var space in state.Spaces)
            space.Dispose();
        await Task.WhenAll(hubs.Select(item => item.Hub.DisposeAsync().AsTask()).Append(StopListeningAsync())).ConfigureAwait(false);
        await state.DisposeAsync().ConfigureAwait(false);
        folder.Dispose();
    }

    private Space Space(string id) => state.Space(id) ?? throw new KeyNotFoundException($"There is no space {id}.");

    private void AddSpaces(IList<string> ids)
    {
        if (ids.Distinct().Count() != ids.Count)
            throw new LocalPlatformException("Two spaces have the same id.");

        // The folder may have spaces already.
        foreach (var id in ids)
            state.Add(id);
        if (state.Spaces.Count == 0)
            state.Add(PlatformState.NewSpaceId());
    }

    private async Task StartHubsAsync(OwnHub[] own, IReadOnlyList<Uri> addresses, CancellationToken cancellationToken)
    {
        if (own.Length > 0)
            await NpmInstall.EnsureAsync(cancellationToken).ConfigureAwait(false);

        var starts = own.Zip(addresses, (hub, address) => (hub.Origin, Start: StartHubAsync(hub, address, cancellationToken))).ToArray();
        try
        {
            await Task.WhenAll(starts.Select(item => item.Start)).ConfigureAwait(false);
        }
        finally
        {
            // Even if another one failed: those that run are stopped with the platform.
            foreach (var (origin, start) in starts.Where(item => item.Start.IsCompletedSuccessfully))
                hubs.Add((origin.SpaceId, await start.ConfigureAwait(false)));
        }

        await Task.WhenAll(own.Select(hub => WaitForHubAsync(hub.Origin.SpaceId, hub.Origin.HubId, JoinTimeout, cancellationToken))).ConfigureAwait(false);
    }

    private Task<LocalHub> StartHubAsync(OwnHub hub, Uri space, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"space-{hub.SpaceIndex}"), hub.Origin.HubId);
        return LocalHub.StartAsync(new LocalHubOptions { Id = hub.Origin.HubId, WorkingFolder = path, Space = space.Authority }, cancellationToken);
    }

    // Each hub that is started here has a listener of its own, because a hub of 0.18 doesn't say which space it means.
    private async Task<IReadOnlyList<Uri>> ListenAsync(LocalPlatformOptions options, OwnHub[] own, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var register = new HubRegister(state, channels);

        // Nothing here blocks a thread, and handing each block of a stream to another one takes more time than the block itself.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(options.Address, options.Port, listener =>
            {
                if (options.Certificate is { } certificate)
                    listener.UseHttps(certificate);
                Take(listener, new ListenerInfo(options.RequireKeys || options.IsForOthers, null));
            });
            foreach (var hub in own)
                kestrel.Listen(IPAddress.Loopback, 0, listener => Take(listener, new ListenerInfo(NeedsKeys: false, hub.Origin)));
            kestrel.Listen(new ChannelEndPoint(), listener => listener.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddLogging();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();

        // Takes the place of the one before, but only in a service of Windows.
        builder.Services.AddWindowsService(service => service.ServiceName = "ScramjetSpace");
        builder.Services.AddSingleton<IConnectionListenerFactory>(channels);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new LargeBlocks());

        app = builder.Build();
        app.Run(new PlatformRoutes(state, new HubForwarder(app.Services.GetRequiredService<IHttpForwarder>())).HandleAsync);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new LocalPlatformException($"The platform can't listen on port {options.Port}: {error.Message}", error);
        }

        // In the order of the listeners.
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Uri[] uris = [.. addresses.Take(1 + own.Length).Select(address => new Uri(address))];
        var isAny = options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any);
        BaseUri = new UriBuilder(uris[0]) { Path = "/api/v1", Host = isAny ? "localhost" : uris[0].Host }.Uri;
        return uris[1..];

        void Take(ListenOptions listener, ListenerInfo info)
        {
            listener.Protocols = HttpProtocols.Http1;
            var gate = new HubGate(register, info);
            listener.Use(next => connection => gate.HandleAsync(connection, next));
        }
    }

    private async Task StopListeningAsync()
    {
        if (app is null)
            return;

        // Endless streams are canceled after the timeout.
        using var stopping = new CancellationTokenSource(StopTimeout);
        await app.StopAsync(stopping.Token).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    private sealed record OwnHub(int SpaceIndex, HubOrigin Origin);

    // Signals are handled by the program that hosts the platform.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
