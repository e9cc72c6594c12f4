using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform;

internal static class Program
{
    private const string PasswordVariable = "SCRAMJET_CERTIFICATE_PASSWORD";

    private const string Usage = $"""
        A space manager for Scramjet hubs: hubs join its spaces by themselves, and people use the spaces with the cmdlets of ScramjetPlatform.

        Usage: LocalPlatform [--hubs <number>] [--spaces <id,id>] [--listen <address>] [--port <number>] [--certificate <file> [--certificate-key <file>]]
                             [--require-keys] [--token <token> | --no-token] [--folder <path>] [--stdin]

          --help             show this text
          --hubs             real hubs to start in each space (2)
          --spaces           the ids of the spaces (those of the folder, or one with a generated id)
          --listen           the address to listen on (127.0.0.1)
          --port             the port (a free one)
          --certificate      for TLS, a PEM file with the certificate, or a PFX file; its password is in {PasswordVariable}
          --certificate-key  a PEM file with the private key, if it isn't in the one with the certificate
          --require-keys     hubs need an access key to join; always so with a certificate, or if others can reach the address
          --token            the token that requests must have (the one of the folder, or a random one)
          --no-token         require no token; neither with a certificate, nor if others can reach the address
          --folder           where the platform keeps its state, and hubs and stores their files (a temporary folder)
          --stdin            stop when the standard input ends
        """;

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["--help" or "-h" or "-?"])
        {
            Console.WriteLine(Usage);
            return 0;
        }

        LocalPlatformOptions? options;
        bool withInput;
        try
        {
            options = Parse(arguments, out withInput);
        }
        catch (LocalPlatformException error)
        {
            await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            return 1;
        }

        if (options is null)
        {
            await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
            return 2;
        }

        using var ending = new CancellationTokenSource();
        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ending.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            await using var platform = await LocalPlatform.StartAsync(options, ending.Token).ConfigureAwait(false);
            Print(platform, options);
            if (withInput)
                _ = EndWithInputAsync(ending);
            await using var stopping = platform.Stopping.Register(ending.Cancel);
            await Task.Delay(Timeout.Infinite, ending.Token).ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return 0;
        }
        catch (LocalPlatformException error)
        {
            await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task EndWithInputAsync(CancellationTokenSource ending)
    {
        // A thread of its own, because a read of the console isn't asynchronous.
        await Task.Factory.StartNew(
            () => Console.OpenStandardInput().CopyTo(Stream.Null),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
    }

    private static void Print(LocalPlatform platform, LocalPlatformOptions options)
    {
        var uri = platform.BaseUri;
        if (options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any))
            uri = new UriBuilder(uri) { Host = Dns.GetHostName() }.Uri;

        Console.WriteLine($"Platform       {uri}");
        Console.WriteLine($"Multi-manager  {new Uri(uri, platform.MultiManagerUri.AbsolutePath)}");
        foreach (var space in platform.SpaceIds)
            Console.WriteLine($"Space          {space}");
        foreach (var hub in platform.Hubs)
            Console.WriteLine($"Hub            {hub.Id}  {hub.BaseUri}");
        Console.WriteLine();

        // What a service prints is kept in logs, so that the token isn't printed where it is in a file.
        var token = options switch
        {
            { RequireToken: false } => "",
            { Token: null, WorkingFolder: { } folder } => $" -AccessToken (Get-Content '{Path.Combine(Path.GetFullPath(folder), "token")}')",
            _ => $" -AccessToken {platform.Token}",
        };
        Console.WriteLine($"Connect-ScramjetPlatform -Uri {uri}{token}");
        Console.WriteLine();
        Console.WriteLine("To let a hub of 1.0 join, start it with these options:");
        Console.WriteLine(options.RequireKeys || options.IsForOthers
            ? $"--platform-api {uri.GetLeftPart(UriPartial.Authority)} --platform-space org:{platform.SpaceIds[0]} "
                + "--platform-api-key <a key of New-ScramjetAccessKey>"
            : $"--cpm-url {uri.Authority} --cpm-id {platform.SpaceIds[0]}");
        Console.WriteLine();
        Console.WriteLine("Press Ctrl+C to stop it.");
    }

    private static LocalPlatformOptions? Parse(IReadOnlyList<string> arguments, out bool withInput)
    {
        withInput = false;
        var options = new LocalPlatformOptions();
        string? certificate = null;
        string? key = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--no-token":
                    options.RequireToken = false;
                    break;
                case "--require-keys":
                    options.RequireKeys = true;
                    break;
                case "--stdin":
                    withInput = true;
                    break;
                case "--certificate" when i + 1 < arguments.Count:
                    certificate = arguments[++i];
                    break;
                case "--certificate-key" when i + 1 < arguments.Count:
                    key = arguments[++i];
                    break;
                case var name when i + 1 < arguments.Count && Set(options, name, arguments[++i]):
                    break;
                default:
                    return null;
            }
        }

        if (certificate is not null)
            options.Certificate = ReadCertificate(certificate, key);
        return options;
    }

    private static X509Certificate2 ReadCertificate(string file, string? key)
    {
        try
        {
            var password = Environment.GetEnvironmentVariable(PasswordVariable);
            if (key is null && Path.GetExtension(file) is ".pfx" or ".p12")
                return X509CertificateLoader.LoadPkcs12FromFile(file, password);

            // Windows can't use a key that was never in a store, but one from a PFX.
            using var pem = password is null
                ? X509Certificate2.CreateFromPemFile(file, key ?? file)
                : X509Certificate2.CreateFromEncryptedPemFile(file, password, key ?? file);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LocalPlatformException($"The certificate in {file} can't be used: {error.Message}", error);
        }
    }

    private static bool Set(LocalPlatformOptions options, string name, string value)
    {
        switch (name)
        {
            case "--hubs" when Number(value) is { } hubs:
                options.HubsPerSpace = hubs;
                return true;
            case "--listen" when IPAddress.TryParse(value, out var address):
                options.Address = address;
                return true;
            case "--port" when Number(value) is { } and <= 65535 and var port:
                options.Port = port;
                return true;
            case "--spaces":
                foreach (var space in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    options.Spaces.Add(space);
                return true;
            case "--token" when value.Length > 0:
                options.Token = value;
                return true;
            case "--folder":
                options.WorkingFolder = value;
                return true;
            default:
                return false;
        }
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
