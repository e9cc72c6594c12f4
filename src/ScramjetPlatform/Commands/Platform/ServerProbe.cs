using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Finds the API at an address, and what kind of server it is, with the first requests of a connection.</summary>
/// <param name="context">The requests' time limit and cancellation.</param>
/// <param name="warn">Receives warnings.</param>
/// <param name="name">The name of the connection; null for the address's host and port.</param>
/// <param name="options">The settings of the connection.</param>
internal sealed class ServerProbe(RequestContext context, Action<string> warn, string? name, TransportOptions options)
{
    private const string HubService = "@scramjet/host";
    private const string MultiManagerService = "@scramjet/multi-manager";
    private const string ManagerService = "@scramjet/manager";

    /// <summary>How long the hubs of a platform's spaces may take to be listed: the connection does without.</summary>
    private static readonly TimeSpan HubListTime = TimeSpan.FromSeconds(2);

    private bool _warned;

    /// <summary>The address that is tried now, or that the error is about; null before the first.</summary>
    public string? Shown { get; private set; }

    /// <summary>Connects to the first address at which there is an API.</summary>
    /// <param name="address">The address, which may be incomplete.</param>
    /// <param name="expected">The kind of server that is meant; null for any.</param>
    /// <exception cref="ScramjetException">There is none, or it is another kind of server.</exception>
    public async Task<ScramjetConnection> ConnectAsync(ServerAddress address, ConnectionKind? expected)
    {
        var failures = new List<(Uri Address, ScramjetException Error)>();
        foreach (var scheme in address.Candidates(!string.IsNullOrEmpty(options.AccessToken)))
        {
            foreach (var candidate in scheme)
            {
                try
                {
                    Shown = ServerAddress.ShownOf(candidate);
                    return await TryAsync(candidate, expected).ConfigureAwait(false);
                }
                catch (ScramjetException e) when (IsNoServer(e) || IsNoApi(e))
                {
                    failures.Add((candidate, e));
                    if (IsNoServer(e))
                        break;
                }
            }
        }

        // An error of a server that responds tells more than that of an address without a server.
        Shown = ServerAddress.ShownOf(failures[0].Address);
        throw failures.Select(f => f.Error).FirstOrDefault(IsNoApi) is { } answered
            ? new ScramjetException(
                ErrorCodes.InvalidResponse,
                $"There is no Scramjet API at {string.Join(" or ", failures.Where(f => IsNoApi(f.Error)).Select(f => ServerAddress.ShownOf(f.Address)))}: "
                    + $"{answered.Message}",
                "Check the address: an API's ends in /api/v1.",
                answered)
            : failures[0].Error;
    }

    private async Task<ScramjetConnection> TryAsync(Uri address, ConnectionKind? expected)
    {
        var transport = new ScramjetTransport(address, options);
        try
        {
            var (kind, version) = await FindKindAsync(transport, expected).ConfigureAwait(false);
            WarnOfPlainHttp(transport);
            var connection = new ScramjetConnection(name, kind, transport) { Version = version };
            if (connection.IsPlatform)
            {
                var spaces = await PlaceFinder.GetSpacesAsync(context, connection).ConfigureAwait(false);
                connection.Spaces = [.. spaces.Select(s => s.Id)];
                connection.Hubs = await ListHubsAsync(spaces).ConfigureAwait(false);
            }
            else
            {
                connection.Hubs = [(await PlaceFinder.GetSelfAsync(context, connection).ConfigureAwait(false)).Id];
            }

            return connection;
        }
        catch (Exception e)
        {
            transport.Dispose();
            if (e is not ScramjetException error || !IsNoServer(error))
                WarnOfPlainHttp(transport);
            throw;
        }
    }

    private void WarnOfPlainHttp(ScramjetTransport transport)
    {
        if (transport.BaseUri is not { Scheme: "http", IsLoopback: false } address || _warned)
            return;

        _warned = true;
        var secrets = transport.HasAccessToken ? "the access token and " : "";
        warn(
            $"The connection to {address.GetLeftPart(UriPartial.Authority)} is not encrypted: {secrets}all data can be read on the way. Use https if the "
                + "server has it.");
    }

    /// <summary>The hubs of the spaces; null if they can't be listed in time.</summary>
    private async Task<IReadOnlyList<string>?> ListHubsAsync(IReadOnlyList<Space> spaces)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        bound.CancelAfter(HubListTime);
        var limited = context.Within(HubListTime, bound.Token);
        try
        {
            var lists = await Task.WhenAll(spaces.Select(space => limited.Bind(space.Client).ListHubsAsync(bound.Token))).ConfigureAwait(false);
            return [.. lists.SelectMany(hubs => hubs).Select(hub => hub.Id)];
        }
        catch (Exception e) when (e is ScramjetException or OperationCanceledException && !context.Cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Distinguishes hubs, platforms, spaces and multi-managers by the version that they report.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: it is another kind of server than is meant.</exception>
    private async Task<(ConnectionKind Kind, string? Version)> FindKindAsync(ScramjetTransport transport, ConnectionKind? expected)
    {
        VersionInfo version;
        try
        {
            version = await context.Bind(new MiddlewareClient(transport)).GetVersionAsync(context.Cancellation).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (
            expected != ConnectionKind.Hub
                && (e.Code == ErrorCodes.InvalidResponse || e.StatusCode is not (null or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)))
        {
            // A platform doesn't have to report its version. Its list of spaces shows what it is.
            if (expected is null && !await HasSpacesAsync(transport, ConnectionKind.Platform).ConfigureAwait(false))
                throw;
            return (expected ?? ConnectionKind.Platform, null);
        }

        ConnectionKind? found = version.Service switch
        {
            HubService => ConnectionKind.Hub,
            MultiManagerService => ConnectionKind.MultiManager,
            ManagerService => throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"{Name(transport)} is a space, not a {Word(expected ?? ConnectionKind.Platform)}.",
                "Connect to the platform that has the space, with -Uri; its address ends before /space."),
            null or "" when await HasSpacesAsync(transport, expected ?? ConnectionKind.Platform).ConfigureAwait(false) =>
                expected is ConnectionKind.MultiManager ? expected : ConnectionKind.Platform,
            null or "" => version.Version is null or "" ? null : ConnectionKind.Hub,
            _ => ConnectionKind.Platform,
        };

        // Every hub reports its version.
        if (found is null && expected is null or ConnectionKind.Hub)
        {
            throw new ScramjetException(
                ErrorCodes.InvalidResponse,
                $"There is no Scramjet API at {Name(transport)}: its /version reports no version.",
                "Check the address: an API's ends in /api/v1.");
        }

        if (found is { } kind && expected is { } meant && kind != meant)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"{Name(transport)} is a {Word(kind)}, not a {Word(meant)}.",
                $"Connect with {(kind switch { ConnectionKind.Hub => "-HubUri", ConnectionKind.MultiManager => "-MultiManagerUri", _ => "-Uri" })} "
                    + $"{Name(transport)}.");
        }

        return (found ?? expected!.Value, version.Version is { Length: > 0 } text ? text : null);
    }

    /// <summary>Whether the server answers with spaces: a hub of 0.18 doesn't say what it is, and has none.</summary>
    private async Task<bool> HasSpacesAsync(ScramjetTransport transport, ConnectionKind kind)
    {
        try
        {
            ApiClient client = kind == ConnectionKind.MultiManager ? new MultiManagerClient(transport) : new MiddlewareClient(transport);
            await PlaceFinder.GetSpacesAsync(context, client).ConfigureAwait(false);
            return true;
        }
        catch (ScramjetApiException e) when (e.StatusCode is not null)
        {
            return e.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
        }
    }

    /// <summary>Whether no server answered as HTTP, so that another scheme may do better.</summary>
    private static bool IsNoServer(ScramjetException error) =>
        error.Code == ErrorCodes.CannotConnect
            || error is ScramjetApiException { Code: ErrorCodes.InvalidResponse, StatusCode: null, InnerException: not null };

    /// <summary>Whether a server answered, but not as an API does, so that another path may do better.</summary>
    private static bool IsNoApi(ScramjetException error) =>
        !IsNoServer(error) && (error.Code == ErrorCodes.InvalidResponse || error is ScramjetApiException { StatusCode: HttpStatusCode.NotFound });

    private static string Name(ScramjetTransport transport) => ServerAddress.ShownOf(transport.BaseUri);

    private static string Word(ConnectionKind kind) => kind switch
    {
        ConnectionKind.Hub => "hub",
        ConnectionKind.MultiManager => "multi-manager",
        _ => "platform",
    };
}
