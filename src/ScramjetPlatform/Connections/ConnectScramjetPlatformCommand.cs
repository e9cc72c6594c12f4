using System;
using System.Management.Automation;
using System.Security;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Connects the session to a Scramjet platform, or to a hub that is used alone.</para>
/// </summary>
[Cmdlet(VerbsCommunications.Connect, "ScramjetPlatform", DefaultParameterSetName = PlatformSet)]
[OutputType(typeof(ScramjetConnection))]
public sealed class ConnectScramjetPlatformCommand : ScramjetCmdlet
{
    private const string PlatformSet = "Platform";
    private const string HubSet = "Hub";
    private const string MultiManagerSet = "MultiManager";

    /// <summary>
    /// <para type="description">The address of the platform's API, such as https://api.scramjet.cloud/api/v1. Not given: the environment variable SCRAMJET_URI, or SCRAMJET_HUB_URI for a hub.</para>
    /// </summary>
    [Parameter(Position = 0, ParameterSetName = PlatformSet)]
    [Alias("PlatformUri")]
    [ValidateNotNull]
    public Uri? Uri { get; set; }

    /// <summary>
    /// <para type="description">The address of a hub that is used alone, such as http://127.0.0.1:8000/api/v1.</para>
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = HubSet)]
    [ValidateNotNull]
    public Uri? HubUri { get; set; }

    /// <summary>
    /// <para type="description">The address of a multi-manager, for operators. Its managers are the spaces.</para>
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = MultiManagerSet)]
    [ValidateNotNull]
    public Uri? MultiManagerUri { get; set; }

    /// <summary>
    /// <para type="description">The access token, as a SecureString or a string. Not given: the environment variable SCRAMJET_TOKEN. It is sent to the address's own origin only.</para>
    /// </summary>
    [Parameter(Position = 1, ParameterSetName = PlatformSet)]
    [Parameter(ParameterSetName = HubSet)]
    [Parameter(ParameterSetName = MultiManagerSet)]
    [Alias("Token")]
    [SecretTransformation]
    [ValidateNotNull]
    public SecureString? AccessToken { get; set; }

    /// <summary>
    /// <para type="description">A name for the connection. Not given: the address's host and port. A connection of the same name is closed.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>
    /// <para type="description">The bound for each call over this connection in seconds, retries included. Default: 100.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 100;

    /// <summary>
    /// <para type="description">Accepts any server certificate. For test systems only.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>
    /// <para type="description">Writes the connection to the pipeline.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var (kind, address) = FindAddress();
        var token = Secret.Reveal(AccessToken) ?? Environment.GetEnvironmentVariable("SCRAMJET_TOKEN");
        ScramjetConnection connection;
        try
        {
            connection = new ScramjetConnection(Name, kind, new ScramjetTransport(address, new TransportOptions
            {
                AccessToken = token,
                Timeout = TimeSpan.FromSeconds(TimeoutSec),
                SkipCertificateCheck = SkipCertificateCheck,
                UserAgent = $"ScramjetPlatform/{ModuleVersion.Text} (PowerShell)",
            }));
        }
        catch (ScramjetException e)
        {
            Fail(e, address);
            return;
        }

        if (address.Scheme == System.Uri.UriSchemeHttp && !address.IsLoopback)
            WriteWarning($"{address.GetLeftPart(UriPartial.Authority)} is reached without encryption: {(connection.HasAccessToken ? "the access token and " : "")}all data can be read on the way. Use https where it is to be had.");

        Exception? failure = null;
        Run(async () =>
        {
            try
            {
                await TryOutAsync(connection).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                connection.Close();
                if (StopToken.IsCancellationRequested)
                    throw;
                failure = e;
            }
        });

        if (failure is not null)
            Fail(failure, address);
        ScramjetSession.Current.Add(connection);
        if (PassThru)
            WriteObject(connection);
    }

    /// <summary>The first call, which shows a wrong address or token at once.</summary>
    private Task TryOutAsync(ScramjetConnection connection) => connection.IsPlatform ? connection.GetSpacesAsync(this) : connection.GetSelfAsync(this);

    private (ConnectionKind Kind, Uri Address) FindAddress()
    {
        if (HubUri is not null)
            return (ConnectionKind.Hub, HubUri);
        if (MultiManagerUri is not null)
            return (ConnectionKind.MultiManager, MultiManagerUri);
        if (Uri is not null)
            return (ConnectionKind.Platform, Uri);
        if (FromEnvironment("SCRAMJET_URI") is { } platform)
            return (ConnectionKind.Platform, platform);
        if (FromEnvironment("SCRAMJET_HUB_URI") is { } hub)
            return (ConnectionKind.Hub, hub);

        Fail(new ScramjetException(
            ErrorCodes.BadParameters,
            "There is no address to connect to.",
            "Give -Uri for a platform or -HubUri for a hub, or set SCRAMJET_URI or SCRAMJET_HUB_URI."));
        return default;
    }

    private static Uri? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? new Uri(value, UriKind.RelativeOrAbsolute) : null;
}
