using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;

namespace ScramjetPlatform.Quickstart;

internal static class Program
{
    /// <summary>What a new user would type, in order. Only $uri and $token are set before.</summary>
    private static readonly string[] Commands =
    [
        "Connect-ScramjetPlatform -Uri $uri -AccessToken $token",
        "Get-ScramjetSpace | Get-ScramjetHub",
        "Publish-ScramjetSequence docs/samples/hello",
        "Get-ScramjetSpace | Get-ScramjetHub | Get-ScramjetSequence hello* | Start-ScramjetSequence -Wait",
        "Show-ScramjetTree",
        "Get-ScramjetInstance -Status Running | Get-ScramjetHealth",
        "Get-ScramjetInstance -Hub sth-1 | Stop-ScramjetInstance -GracePeriodSec 1 -Wait -PassThru",
        "Get-ScramjetInstance | Stop-ScramjetInstance -Force -Wait",
        "'Ada', 'Grace', 'Gdańsk' | Invoke-ScramjetSequence hello -Hub sth-0 -ArgumentList 'Welcome'",
        "Get-ScramjetSequence hello* | Remove-ScramjetSequence -Confirm:$false",
        "Get-ScramjetSequence",
    ];

    private static async Task<int> Main(string[] arguments)
    {
        var keep = arguments.Contains("--keep");
        if (arguments.Any(a => a != "--keep"))
        {
            Console.Error.WriteLine(
                "dotnet run --project src/Quickstart [-- --keep]\n  --keep  Keeps the platform running, so that you can use it from your own PowerShell.");
            return 2;
        }

        var root = typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
        var manifest = Path.Combine(root, "ScramjetPlatform.psd1");
        try
        {
            Console.WriteLine("Installing the npm packages of the hub, if they are not installed yet...");
            await NpmInstall.EnsureAsync();
            Console.WriteLine("Starting a platform with one space and two real Scramjet hubs...");
            var options = new LocalPlatformOptions();
            options.Spaces.Add("local");
            await using var platform = await LocalPlatform.StartAsync(options);

            var session = new Session(root, manifest, platform.BaseUri.ToString(), platform.Token);
            var ok = await session.RunAsync(Commands);
            if (keep)
                await KeepAsync(platform, manifest);
            return ok ? 0 : 1;
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static async Task KeepAsync(LocalPlatform platform, string manifest)
    {
        Console.WriteLine();
        Console.WriteLine("The platform runs until you press Ctrl+C. To use it, run this in your own PowerShell:");
        Console.WriteLine();
        Console.WriteLine($"Import-Module '{manifest}'; Connect-ScramjetPlatform -Uri {platform.BaseUri} -AccessToken {platform.Token}");
        var end = new TaskCompletionSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            end.TrySetResult();
        };
        using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, c =>
        {
            c.Cancel = true;
            end.TrySetResult();
        });
        await end.Task;
    }
}
