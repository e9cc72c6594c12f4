using System;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Profiles;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Connects the session to a Scramjet platform, to a hub that is used alone, or to a multi-manager.</summary>
[Cmdlet(VerbsCommunications.Connect, "ScramjetPlatform", DefaultParameterSetName = PlatformSet)]
[OutputType(typeof(ScramjetConnection))]
public sealed class ConnectScramjetPlatformCommand : AsyncCmdlet
{
    private const string PlatformSet = "Platform";
    private const string HubSet = "Hub";
    private const string MultiManagerSet = "MultiManager";
    private const string ProfileSet = "Profile";

    private const string HubService = "@scramjet/host";
    private const string MultiManagerService = "@scramjet/multi-manager";
    private const string ManagerService = "@scramjet/manager";

    /// <summary>The maximum time without data after which the server of a stream is checked.</summary>
    private static readonly TimeSpan SilenceLimit = new TransportOptions().SilenceLimit;

    /// <summary>The longest that connecting takes, whatever -TimeoutSec allows later calls.</summary>
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    [Parameter(Position = 0, ParameterSetName = PlatformSet)]
    [Alias("PlatformUri")]
    [ValidateNotNull]
    [NoCompletion]
    public Uri? Uri { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The address of the hub, such as http://127.0.0.1:8000/api/v1.", ParameterSetName = HubSet)]
    [ValidateNotNull]
    [NoCompletion]
    public Uri? HubUri { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The address of the multi-manager.", ParameterSetName = MultiManagerSet)]
    [ValidateNotNull]
    [NoCompletion]
    public Uri? MultiManagerUri { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The name of a profile of the si command line, or its file.", ParameterSetName = ProfileSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? Profile { get; set; }

    [Parameter(Position = 1, ParameterSetName = PlatformSet)]
    [Parameter(ParameterSetName = HubSet)]
    [Parameter(ParameterSetName = MultiManagerSet)]
    [Parameter(ParameterSetName = ProfileSet)]
    [Alias("Token")]
    [SecretTransformation]
    [ValidateNotNull]
    [NoCompletion]
    public SecureString? AccessToken { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? Name { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double TimeoutSec { get; set; } = 100;

    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override int MaxRecords => 1;

    private protected override void Begin()
    {
        // PSReadLine keeps a line out of its history file where a parameter's name says that a secret follows.
        if (AccessToken is not null && Secret.WasPlainText(AccessToken) && CommandLine.HasByPosition(nameof(AccessToken)))
        {
            throw TerminatingError.BadParameters(
                "A token given as plain text without -AccessToken stays readable in the command history.",
                "Give it with -AccessToken, or as a SecureString or a credential, such as (Get-Secret scramjet).");
        }
    }

    private protected override async Task ProcessAsync()
    {
        var connection = CreateConnection();
        try
        {
            var activity = $"Connecting to {Shown(connection.Uri)}";
            await Context.Progress.ShowAsync(activity, "Waiting for a response", () => TestAsync(connection)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            connection.Close();
            if (StopToken.IsCancellationRequested)
                throw;
            throw new TerminatingError(
                e is ScramjetApiException { StatusCode: HttpStatusCode.NotFound }
                    ? new ScramjetException(
                        ErrorCodes.InvalidResponse,
                        $"There is no Scramjet API at {Shown(connection.Uri)}: {e.Message}",
                        "Check the address: an API's ends in /api/v1.",
                        e)
                    : e,
                Shown(connection.Uri));
        }

        Context.Session.Add(connection);
        if (PassThru)
            await WriteAsync(connection).ConfigureAwait(false);
    }

    private ScramjetConnection CreateConnection()
    {
        Uri? address = null;
        try
        {
            (var kind, address, var token) = FindAddress();
            var connection = new ScramjetConnection(Name, kind, new ScramjetTransport(address, new TransportOptions
            {
                AccessToken = token,
                Timeout = TimeSpan.FromSeconds(TimeoutSec),
                SilenceLimit = TimeSpan.FromSeconds(Math.Min(TimeoutSec, SilenceLimit.TotalSeconds)),
                SkipCertificateCheck = SkipCertificateCheck,
                UserAgent = $"ScramjetPlatform/{ModuleVersion.Text} (PowerShell)",
            }));
            if (address.Scheme == System.Uri.UriSchemeHttp && !address.IsLoopback)
            {
                var secrets = connection.HasAccessToken ? "the access token and " : "";
                WriteWarning(
                    $"The connection to {address.GetLeftPart(UriPartial.Authority)} is not encrypted: {secrets}all data can be read on the way. Use https "
                        + "if the server has it.");
            }

            return connection;
        }
        catch (ScramjetException e)
        {
            throw new TerminatingError(e, Shown(address) ?? Profile);
        }
    }

    /// <summary>The first calls, which show a wrong address, kind or token at once.</summary>
    private async Task TestAsync(ScramjetConnection connection)
    {
        var limit = TimeSpan.FromSeconds(Math.Min(TimeoutSec, ConnectTime.TotalSeconds));
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        bound.CancelAfter(limit);
        var context = new RequestContext(new RequestOptions { Timeout = limit, Trace = Context.Output.PostVerbose }, Context.Report, bound.Token);
        try
        {
            await CheckKindAsync(connection, context).ConfigureAwait(false);
            if (connection.IsPlatform)
                await PlaceFinder.GetSpacesAsync(context, connection).ConfigureAwait(false);
            else
                await PlaceFinder.GetSelfAsync(context, connection).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            throw new ScramjetException(
                ErrorCodes.Timeout,
                $"{Shown(connection.Uri)} didn't answer within {limit.TotalSeconds:0.###} s.",
                "Check the address, that the server runs, and that this machine reaches it.");
        }
    }

    /// <summary>Distinguishes hubs, platforms, spaces and multi-managers by the version that they report.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: it is another kind of server than the parameter says.</exception>
    private static async Task CheckKindAsync(ScramjetConnection connection, RequestContext context)
    {
        VersionInfo version;
        try
        {
            version = await context.Bind(connection.Middleware).GetVersionAsync(context.Cancellation).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (
            connection.IsPlatform
                && (e.Code == ErrorCodes.InvalidResponse || e.StatusCode is not (null or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)))
        {
            // A platform may well keep its version to itself: its spaces tell more.
            return;
        }

        // Every hub tells its version.
        if (connection.Target == ConnectionKind.Hub && version is { Service: null or "", Version: null or "" }
            && !await HasSpacesAsync(connection, context).ConfigureAwait(false))
        {
            throw new ScramjetException(
                ErrorCodes.InvalidResponse,
                $"There is no Scramjet API at {Shown(connection.Uri)}: its /version reports no version.",
                "Check the address: an API's ends in /api/v1.");
        }

        var found = version.Service switch
        {
            HubService => "hub",
            ManagerService => "space",
            MultiManagerService => "multi-manager",
            null or "" => await HasSpacesAsync(connection, context).ConfigureAwait(false)
                ? connection.IsPlatform
                ? ""
                : "platform"
                : version.Version is null
                ? ""
                : "hub",
            _ => "platform",
        };
        var expected = connection.Target switch
        {
            ConnectionKind.Hub => "hub",
            ConnectionKind.MultiManager => "multi-manager",
            _ => "platform",
        };
        if (found.Length == 0 || found == expected)
            return;

        throw new ScramjetException(
            ErrorCodes.BadParameters,
            $"{Shown(connection.Uri)} is a {found}, not a {expected}.",
            found switch
            {
                "hub" => $"Connect with -HubUri {Shown(connection.Uri)}.",
                "multi-manager" => $"Connect with -MultiManagerUri {Shown(connection.Uri)}.",
                "space" => "Connect to the platform that has the space, with -Uri; its address ends before /space.",
                _ => $"Connect with -Uri {Shown(connection.Uri)}.",
            });
    }

    /// <summary>Whether the server answers with spaces: a hub of 0.18 doesn't say what it is, and has none.</summary>
    private static async Task<bool> HasSpacesAsync(ScramjetConnection connection, RequestContext context)
    {
        try
        {
            await PlaceFinder.GetSpacesAsync(context, connection).ConfigureAwait(false);
            return true;
        }
        catch (ScramjetApiException e) when (e.StatusCode is not null)
        {
            return e.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
        }
    }

    private (ConnectionKind Kind, Uri Address, string? Token) FindAddress()
    {
        var token = Secret.Reveal(AccessToken) ?? (Environment.GetEnvironmentVariable("SCRAMJET_TOKEN") is { Length: > 0 } variable ? variable : null);
        if (Profile is not null)
            return Of(ReadProfile(Profile), Secret.Reveal(AccessToken));
        if (HubUri is not null)
            return (ConnectionKind.Hub, HubUri, token);
        if (MultiManagerUri is not null)
            return (ConnectionKind.MultiManager, MultiManagerUri, token);
        if (Uri is not null)
            return (ConnectionKind.Platform, Uri, token);
        if (FromEnvironment("SCRAMJET_URI") is { } platform)
            return (ConnectionKind.Platform, platform, token);
        if (FromEnvironment("SCRAMJET_HUB_URI") is { } hub)
            return (ConnectionKind.Hub, hub, token);
        if (ReadLocal(new SiSettings().ReadCurrent) is { } profile)
        {
            WriteVerbose($"Using the si profile '{profile.Path}'.");
            return Of(profile, Secret.Reveal(AccessToken));
        }

        throw new ScramjetException(
            ErrorCodes.BadParameters,
            "There is no address to connect to.",
            "Give -Uri for a platform, -HubUri for a hub, or -Profile; or set SCRAMJET_URI or SCRAMJET_HUB_URI.");
    }

    /// <summary>An address without what may be a secret in it.</summary>
    private static string? Shown(Uri? address) => address is null ? null
        : address.IsAbsoluteUri ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : address.OriginalString.Split('?', '#')[0];

    /// <summary>Reads a profile by its name or by a PowerShell path.</summary>
    private SiProfile ReadProfile(string nameOrPath)
    {
        var profile = SiSettings.IsPath(nameOrPath) ? Paths.FullPath(nameOrPath) : nameOrPath;
        return ReadLocal(cancellationToken => new SiSettings().Read(profile, cancellationToken));
    }

    private static (ConnectionKind Kind, Uri Address, string? Token) Of(SiProfile profile, string? token) =>
        (profile.IsPlatform ? ConnectionKind.Platform : ConnectionKind.Hub, profile.Uri, token ?? profile.GetAccessToken());

    private static Uri? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? System.Uri.TryCreate(value, UriKind.RelativeOrAbsolute, out var uri)
                ? uri
                : throw new ScramjetException(
                    ErrorCodes.BadParameters,
                    $"The environment variable {name} isn't an address: '{value}'.",
                    "Set it to an address such as https://api.scramjet.cloud/api/v1.")
            : null;
}
