using System;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Profiles;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.View;

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

    /// <summary>The maximum time without data after which the server of a stream is checked.</summary>
    private static readonly TimeSpan SilenceLimit = new TransportOptions().SilenceLimit;

    /// <summary>The longest that connecting takes, whatever -TimeoutSec allows later calls.</summary>
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    [Parameter(Position = 0, ParameterSetName = PlatformSet)]
    [Alias("PlatformUri")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ProfileNameCompleter))]
    public Uri? Uri { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The address of the hub, such as http://127.0.0.1:8000/api/v1.", ParameterSetName = HubSet)]
    [ValidateNotNull]
    [NoCompletion]
    public Uri? HubUri { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The address of the multi-manager.", ParameterSetName = MultiManagerSet)]
    [ValidateNotNull]
    [NoCompletion]
    public Uri? MultiManagerUri { get; set; }

    [Parameter(
        Mandatory = true,
        HelpMessage = "The name of a saved connection or of a profile of the si command line, or a profile's file.",
        ParameterSetName = ProfileSet)]
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
        var target = FindTarget();
        var limit = TimeSpan.FromSeconds(Math.Min(target.TimeoutSec, ConnectTime.TotalSeconds));
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        bound.CancelAfter(limit);
        var probe = new ServerProbe(Context.Within(limit, bound.Token), Context.Output.PostWarning, target.Name, new TransportOptions
        {
            AccessToken = target.AccessToken,
            Timeout = TimeSpan.FromSeconds(target.TimeoutSec),
            SilenceLimit = TimeSpan.FromSeconds(Math.Min(target.TimeoutSec, SilenceLimit.TotalSeconds)),
            SkipCertificateCheck = target.SkipCertificateCheck,
            UserAgent = $"ScramjetPlatform/{ModuleVersion.Text} (PowerShell)",
        });
        ScramjetConnection connection;
        try
        {
            connection = await Context.Progress.ShowAsync(
                $"Connecting to {target.Address.Shown}",
                "Waiting for a response",
                () => probe.ConnectAsync(target.Address, target.Kind)).ConfigureAwait(false);
        }
        catch (Exception e) when (!StopToken.IsCancellationRequested)
        {
            throw new TerminatingError(
                e is not OperationCanceledException ? e : new ScramjetException(
                    ErrorCodes.Timeout,
                    $"{probe.Shown} didn't answer within {limit.TotalSeconds:0.###} s.",
                    "Check the address, that the server runs, and that this machine reaches it.",
                    e),
                probe.Shown ?? target.Address.Shown);
        }

        Context.Session.Add(connection);
        if (PassThru)
            await WriteAsync(connection).ConfigureAwait(false);
        else if (!ConsoleOutput.IsRedirected(Host))
            Context.Output.PostHostLine(connection.Describe());
    }

    /// <summary>What the parameters, a saved connection, the environment or a profile name. For the pipeline thread.</summary>
    private ConnectionTarget FindTarget()
    {
        try
        {
            if (Profile is not null)
                return FindByName(Profile) ?? OfProfile(ReadProfile(Profile));
            if (HubUri is not null)
                return OfAddress(HubUri.OriginalString, ConnectionKind.Hub);
            if (MultiManagerUri is not null)
                return OfAddress(MultiManagerUri.OriginalString, ConnectionKind.MultiManager);
            if (Uri is not null)
                return new ServerAddress(Uri.OriginalString).IsWord ? OfWord(Uri.OriginalString) : OfAddress(Uri.OriginalString, null);
            if (Variable("SCRAMJET_URI") is { } address)
                return OfAddress(address, null);
            if (Variable("SCRAMJET_HUB_URI") is { } hub)
                return OfAddress(hub, ConnectionKind.Hub);
            if (ReadLocal(new SiSettings().ReadCurrent) is { } profile)
            {
                Context.Output.PostVerbose($"Using the si profile '{profile.Path}'.");
                return OfProfile(profile);
            }
        }
        catch (ScramjetException e)
        {
            throw new TerminatingError(e, Profile ?? Uri?.OriginalString);
        }

        throw TerminatingError.BadParameters(
            "There is no address to connect to.",
            "Give -Uri for a platform, -HubUri for a hub, or -Profile; or set SCRAMJET_URI or SCRAMJET_HUB_URI.");
    }

    private ConnectionTarget OfAddress(string address, ConnectionKind? kind) => new(new ServerAddress(address), kind)
    {
        AccessToken = Secret.Reveal(AccessToken) ?? Variable("SCRAMJET_TOKEN"),
        Name = Name,
        TimeoutSec = TimeoutSec,
        SkipCertificateCheck = SkipCertificateCheck,
    };

    private ConnectionTarget OfProfile(SiProfile profile) =>
        new(new ServerAddress(profile.Uri.OriginalString), profile.IsPlatform ? ConnectionKind.Platform : ConnectionKind.Hub)
    {
        AccessToken = Secret.Reveal(AccessToken) ?? profile.GetAccessToken(),
        Name = Name,
        TimeoutSec = TimeoutSec,
        SkipCertificateCheck = SkipCertificateCheck,
    };

    /// <summary>
    /// A saved connection or a profile of si. A word that is neither is not taken for a host: it may be misspelled, and the token would go there.
    /// </summary>
    private ConnectionTarget OfWord(string word)
    {
        if (FindByName(word) is { } saved)
            return saved;
        if (new SiSettings().ListNames().Contains(word, StringComparer.Ordinal))
            return OfProfile(ReadProfile(word));
        throw new ScramjetException(
            ErrorCodes.NotFound,
            $"There is no saved connection and no profile '{word}'.",
            $"See Get-ScramjetProfile. If it is the name of a host, give the address with its port or scheme, such as https://{word}.");
    }

    /// <summary>A saved connection; null if none has the name.</summary>
    private ConnectionTarget? FindByName(string name)
    {
        if (!new ServerAddress(name).IsWord || ReadLocal(cancellationToken => new SavedPlatforms().Find(name, cancellationToken)) is not { } saved)
            return null;

        Context.Output.PostVerbose($"Using the saved connection '{saved.Name}' to {saved.Address}.");
        return new ConnectionTarget(new ServerAddress(saved.Address), null)
        {
            AccessToken = Secret.Reveal(AccessToken) ?? new SavedToken(InvokeCommand).Read(saved),
            Name = Name ?? saved.Name,
            TimeoutSec = CommandLine.Has(nameof(TimeoutSec)) ? TimeoutSec : saved.TimeoutSec ?? TimeoutSec,
            SkipCertificateCheck = SkipCertificateCheck || saved.SkipCertificateCheck,
        };
    }

    /// <summary>Reads a profile by its name or by a PowerShell path.</summary>
    private SiProfile ReadProfile(string nameOrPath)
    {
        var profile = SiSettings.IsPath(nameOrPath) ? Paths.FullPath(nameOrPath) : nameOrPath;
        return ReadLocal(cancellationToken => new SiSettings().Read(profile, cancellationToken));
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>What to connect to, and how.</summary>
    /// <param name="Address">The address.</param>
    /// <param name="Kind">The kind of server that is meant; null for any.</param>
    private sealed record ConnectionTarget(ServerAddress Address, ConnectionKind? Kind)
    {
        public string? AccessToken { get; init; }

        public string? Name { get; init; }

        public double TimeoutSec { get; init; }

        public bool SkipCertificateCheck { get; init; }

        // Without the token.
        public override string ToString() => Address.Shown;
    }
}
