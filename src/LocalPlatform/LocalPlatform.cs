using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;
using Yarp.ReverseProxy.Forwarder;

namespace Scramjet.LocalPlatform;

/// <summary>A platform on one's own machine: the middleware's, the multi-manager's and the managers' routes, before real hubs.</summary>
public sealed class LocalPlatform : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PlatformSpace> _spaces = new(StringComparer.Ordinal);
    private readonly AuditLog _audit = new();
    private readonly WebApplication _app;
    private readonly HubForwarder _forwarder;
    private readonly ManagerRoutes _manager;

    private LocalPlatform(LocalPlatformOptions options)
    {
        Token = options.Token ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        _app = builder.Build();
        _forwarder = new HubForwarder(_app.Services.GetRequiredService<IHttpForwarder>());
        _manager = new ManagerRoutes(_forwarder, _audit);
        _app.Run(HandleAsync);
    }

    /// <summary>The middleware's address, like <c>http://127.0.0.1:40123/api/v1</c>.</summary>
    public Uri BaseUri { get; private set; } = new("http://127.0.0.1");

    /// <summary>The multi-manager's address.</summary>
    public Uri MultiManagerUri => new(BaseUri, "/mm/api/v1");

    /// <summary>The bearer token that requests need.</summary>
    public string Token { get; }

    /// <summary>The spaces' ids.</summary>
    public IReadOnlyList<string> Spaces => _spaces.Keys.Order(StringComparer.Ordinal).ToArray();

    /// <summary>The real hubs.</summary>
    public IReadOnlyList<LocalHub> Hubs => _spaces.Values.OrderBy(s => s.Id, StringComparer.Ordinal).SelectMany(s => s.InOrder).Select(h => h.Process).OfType<LocalHub>().ToArray();

    /// <summary>Starts the platform and its hubs, all at once.</summary>
    /// <exception cref="InvalidOperationException">A hub could not be started.</exception>
    public static async Task<LocalPlatform> StartAsync(LocalPlatformOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalPlatformOptions();
        var platform = new LocalPlatform(options);
        try
        {
            await platform._app.StartAsync(cancellationToken);
            var address = platform._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            platform.BaseUri = new Uri(address + "/api/v1");
            foreach (var space in options.Spaces.DefaultIfEmpty($"org-{Guid.NewGuid()}-manager"))
                platform._spaces[space!] = new PlatformSpace(space!);

            await HubPackages.EnsureAsync(cancellationToken);
            await Task.WhenAll(platform._spaces.Values.SelectMany(space => Enumerable.Range(0, options.HubsPerSpace).Select(async n =>
            {
                var hub = await LocalHub.StartAsync($"sth-{n}", cancellationToken);
                space.Hubs[hub.Id] = new PlatformHub(hub.Id, hub.BaseUri, hub);
            })));
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a hub that runs elsewhere into a space.</summary>
    public void AddHub(string space, string hubId, Uri uri) => _spaces[space].Hubs[hubId] = new PlatformHub(hubId, uri, null);

    /// <summary>Ends the platform and its hubs.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Hubs.Select(h => h.DisposeAsync().AsTask()));
        using (var now = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            try
            {
                await _app.StopAsync(now.Token);
            }
            catch (OperationCanceledException)
            {
                // Streams that nobody ends are cut off.
            }
        }

        await _app.DisposeAsync();
        _manager.Dispose();
        _forwarder.Dispose();
    }

    /// <summary>Waits until the program is told to end.</summary>
    internal Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var target = RawTarget.Parse(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        if (target is null)
        {
            await Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, "Dot segments name no route");
            return;
        }

        if (!await AuthorizeAsync(context))
            return;

        var requestId = Guid.NewGuid().ToString();
        var code = 10000 + (context.Request.Method switch { "POST" => 100, "GET" => 200, "PUT" => 300, "DELETE" => 400, _ => 0 });
        _audit.Add("START", code, requestId, target.Segments[^1], context.Request.ContentLength ?? 0, 0);
        try
        {
            await RouteAsync(context, target);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away.
        }
        finally
        {
            _audit.Add("END", code, requestId, target.Segments[^1], context.Request.ContentLength ?? 0, context.Response.ContentLength ?? 0);
        }
    }

    private Task RouteAsync(HttpContext context, RawTarget target) => (context.Request.Method, target.Segments) switch
    {
        ("GET", ["api", "v1", "spaces"]) or ("GET", ["mm", "api", "v1", "list"]) => Answers.JsonAsync(context, new JArray(Spaces.Select(id => new JObject { ["id"] = id }))),
        ("GET", ["api", "v1", "version"]) => Answers.JsonAsync(context, new JObject { ["service"] = "LocalPlatform", ["apiVersion"] = "v1", ["version"] = "local" }),
        ("GET", ["api", "v1", "audit"]) => Answers.LinesAsync(context, _audit.ListenAsync(context.RequestAborted)),
        (_, ["api", "v1", "space", var id, "apikey"]) when _spaces.TryGetValue(id, out var space) => AccessKeyRoutes.HandleAsync(context, space),
        (_, ["api", "v1", "space", var id, "api", "v1", ..]) when _spaces.TryGetValue(id, out var space) => _manager.HandleAsync(context, space, target, 6),
        ("POST", ["mm", "api", "v1", "start"]) => StartManagerAsync(context),
        ("GET", ["mm", "api", "v1", "version"]) => Answers.JsonAsync(context, new JObject { ["service"] = "@scramjet/multi-manager", ["apiVersion"] = "v1", ["version"] = "local", ["build"] = "LocalPlatform" }),
        ("GET", ["mm", "api", "v1", "info"]) => Answers.JsonAsync(context, new JObject { ["apiBase"] = "/mm/api/v1", ["apiPort"] = BaseUri.Port, ["id"] = "local", ["managersCount"] = _spaces.Count }),
        ("GET", ["mm", "api", "v1", "load"]) when _spaces.Values.FirstOrDefault() is { } space => _manager.HandleAsync(context, space, target, 3),
        ("GET", ["mm", "api", "v1", "log"]) when _spaces.Values.FirstOrDefault() is { } space => _manager.HandleAsync(context, space, target, 3),
        (_, ["mm", "api", "v1", "cpm", var id, "api", "v1", ..]) when _spaces.TryGetValue(id, out var space) => _manager.HandleAsync(context, space, target, 7),
        _ => Answers.NotFoundAsync(context),
    };

    /// <summary>Whether the request may go on; answers it where it may not.</summary>
    private async Task<bool> AuthorizeAsync(HttpContext context)
    {
        const string Scheme = "Bearer ";

        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            await Answers.MessageAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized");
            return false;
        }

        var token = header[Scheme.Length..].Trim();
        if (token == Token || _spaces.Values.Any(s => s.AccessKeys.ContainsKey(token)))
            return true;

        await Answers.MessageAsync(context, StatusCodes.Status403Forbidden, "Forbidden");
        return false;
    }

    private async Task StartManagerAsync(HttpContext context)
    {
        var wishes = await Answers.ReadObjectAsync(context);
        var id = (string?)(wishes?["manager"] as JObject)?["id"] ?? $"org-{Guid.NewGuid()}-manager";
        if (wishes is null)
            await Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, "Could not parse content");
        else if (_spaces.TryAdd(id, new PlatformSpace(id)))
            await Answers.JsonAsync(context, new JObject { ["id"] = id });
        else
            await Answers.ErrorAsync(context, StatusCodes.Status409Conflict, $"Manager {id} already exists");
    }
}
