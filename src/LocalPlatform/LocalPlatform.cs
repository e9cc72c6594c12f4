using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Routes;
using Scramjet.LocalPlatform.Spaces;
using Yarp.ReverseProxy.Forwarder;

namespace Scramjet.LocalPlatform;

/// <summary>A Scramjet Platform on the local machine: middleware, multi-manager and spaces in this process, in front of real hubs.</summary>
public sealed class LocalPlatform : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    private readonly PlatformState state;
    private readonly WorkingFolder folder;
    private readonly List<(string SpaceId, LocalHub Hub)> hubs = [];
    private WebApplication? app;
    private HubForwarder? forwarder;

    private LocalPlatform(LocalPlatformOptions options)
    {
        Token = options.Token ?? AccessKeys.NewSecret();
        folder = new WorkingFolder(options.WorkingFolder);
        state = new PlatformState(folder.Path, Token, options.RequireToken);
    }

    /// <summary>The middleware's base, e.g. http://127.0.0.1:41234/api/v1.</summary>
    public Uri BaseUri { get; private set; } = null!;

    /// <summary>The multi-manager's base, e.g. http://127.0.0.1:41234/mm/api/v1.</summary>
    public Uri MultiManagerUri => new(BaseUri, "/mm/api/v1");

    /// <summary>The token that requests must have.</summary>
    public string Token { get; }

    /// <summary>The ids of the spaces.</summary>
    public IReadOnlyList<string> SpaceIds => [.. state.Spaces.Select(space => space.Id)];

    /// <summary>The real hubs that this platform has started, space by space.</summary>
    public IReadOnlyList<LocalHub> Hubs => [.. hubs.Select(item => item.Hub)];

    /// <summary>Starts the platform and its hubs, and returns when all of them respond.</summary>
    /// <exception cref="LocalPlatformException">Something could not be started.</exception>
    public static async Task<LocalPlatform> StartAsync(LocalPlatformOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalPlatformOptions();
        var server = new LocalPlatform(options);
        try
        {
            foreach (var id in options.Spaces.DefaultIfEmpty(PlatformState.NewSpaceId()))
            {
                if (server.state.Add(id) is null)
                    throw new LocalPlatformException($"Two spaces have the id {id}.");
            }

            await Task.WhenAll(
                server.ListenAsync(options.Port, cancellationToken),
                server.StartHubsAsync(options.HubsPerSpace, cancellationToken)).ConfigureAwait(false);
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

    /// <summary>Connects a hub again that its space has disconnected.</summary>
    public void ReconnectHub(string spaceId, string hubId)
    {
        var hub = Space(spaceId).Hub(hubId) ?? throw new KeyNotFoundException($"There is no hub {hubId} in {spaceId}.");
        hub.Connect();
    }

    /// <summary>Stops the platform and the hubs that it has started.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(hubs.Select(item => item.Hub.DisposeAsync().AsTask()).Append(StopListeningAsync())).ConfigureAwait(false);
        await state.DisposeAsync().ConfigureAwait(false);
        folder.Dispose();
    }

    private Space Space(string id) => state.Space(id) ?? throw new KeyNotFoundException($"There is no space {id}.");

    private async Task StartHubsAsync(int count, CancellationToken cancellationToken)
    {
        if (count > 0)
            await NpmInstall.EnsureAsync(cancellationToken).ConfigureAwait(false);

        var starts = SpaceIds.SelectMany(
            (spaceId, space) => Enumerable.Range(0, count)
                .Select(number => (SpaceId: spaceId, Start: StartHubAsync(space, number, cancellationToken)))).ToArray();
        try
        {
            await Task.WhenAll(starts.Select(item => item.Start)).ConfigureAwait(false);
        }
        finally
        {
            // Even if another one failed: those that run are stopped with the platform.
            foreach (var (spaceId, start) in starts.Where(item => item.Start.IsCompletedSuccessfully))
                hubs.Add((spaceId, await start.ConfigureAwait(false)));
        }

        foreach (var (spaceId, hub) in hubs)
            AddHub(spaceId, hub.Id, hub.BaseUri);
    }

    private Task<LocalHub> StartHubAsync(int space, int number, CancellationToken cancellationToken)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"sth-{number}");
        var path = Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"space-{space}"), id);
        return LocalHub.StartAsync(new LocalHubOptions { Id = id, WorkingFolder = path }, cancellationToken);
    }

    private async Task ListenAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, port, listener => listener.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddLogging();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();

        app = builder.Build();
        forwarder = new HubForwarder(app.Services.GetRequiredService<IHttpForwarder>());
        app.Run(new PlatformRoutes(state, forwarder).HandleAsync);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new LocalPlatformException($"The platform can't listen on port {port}: {error.Message}", error);
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        BaseUri = new Uri(new Uri(address), "/api/v1");
    }

    private async Task StopListeningAsync()
    {
        if (app is null)
            return;

        // Endless streams are canceled after the timeout.
        using var stopping = new CancellationTokenSource(StopTimeout);
        await app.StopAsync(stopping.Token).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
        forwarder?.Dispose();
    }

    // Signals are handled by the program that hosts the platform.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
