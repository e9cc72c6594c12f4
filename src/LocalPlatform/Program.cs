using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform;

internal static class Program
{
    private const string Usage = """
        Usage: LocalPlatform [--hubs <number>] [--spaces <id,id>] [--port <number>] [--token <token> | --no-token] [--folder <path>] [--stdin]

          --hubs      real hubs in each space (2)
          --spaces    the ids of the spaces (one with a generated id)
          --port      the port on the loopback interface (a free one)
          --token     the token that requests must have (a random one)
          --no-token  require no token
          --folder    where hubs and stores keep their files (a temporary folder)
          --stdin     stop when the standard input ends
        """;

    public static async Task<int> Main(string[] arguments)
    {
        if (Parse(arguments, out var withInput) is not { } options)
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
        Console.WriteLine($"Platform       {platform.BaseUri}");
        Console.WriteLine($"Multi-manager  {platform.MultiManagerUri}");
        foreach (var space in platform.SpaceIds)
            Console.WriteLine($"Space          {space}");
        foreach (var hub in platform.Hubs)
            Console.WriteLine($"Hub            {hub.Id}  {hub.BaseUri}");
        Console.WriteLine();
        Console.WriteLine(options.RequireToken
            ? $"Connect-ScramjetPlatform -Uri {platform.BaseUri} -AccessToken {platform.Token}"
            : $"Connect-ScramjetPlatform -Uri {platform.BaseUri}");
        Console.WriteLine();
        Console.WriteLine("Press Ctrl+C to stop it.");
    }

    private static LocalPlatformOptions? Parse(IReadOnlyList<string> arguments, out bool withInput)
    {
        withInput = false;
        var options = new LocalPlatformOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--no-token")
            {
                options.RequireToken = false;
                continue;
            }

            if (arguments[i] == "--stdin")
            {
                withInput = true;
                continue;
            }

            if (i + 1 == arguments.Count || !Set(options, arguments[i], arguments[++i]))
                return null;
        }

        return options;
    }

    private static bool Set(LocalPlatformOptions options, string name, string value)
    {
        switch (name)
        {
            case "--hubs" when Number(value) is { } hubs:
                options.HubsPerSpace = hubs;
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
