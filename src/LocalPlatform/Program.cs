using System;
using System.Globalization;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform;

internal static class Program
{
    private const string Usage = """
        A Scramjet platform on this machine: one program that answers as the middleware does, before real hubs.

          dotnet run --project src/LocalPlatform -- [options]

          --hubs N          hubs in each space (default 2)
          --spaces A,B      the spaces' ids (default: one, with an id like the cloud's)
          --port N          the port (default: a free one)
          --token TEXT      the access token (default: one is made)
        """;

    private static async Task<int> Main(string[] arguments)
    {
        var options = new LocalPlatformOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            if (value is null || !TrySet(options, arguments[i], value))
            {
                Console.Error.WriteLine(Usage);
                return 2;
            }
        }

        try
        {
            await using var platform = await LocalPlatform.StartAsync(options);
            Console.WriteLine($"The platform is up at {platform.BaseUri}, with {platform.Hubs.Count} hubs. Ctrl+C ends it.");
            foreach (var hub in platform.Hubs)
                Console.WriteLine($"  hub {hub.Id} by itself: {hub.BaseUri}");
            Console.WriteLine("In PowerShell:");
            Console.WriteLine($"  Connect-ScramjetPlatform -Uri {platform.BaseUri} -AccessToken {platform.Token}");
            await platform.WaitForShutdownAsync();
            return 0;
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static bool TrySet(LocalPlatformOptions options, string name, string value)
    {
        switch (name)
        {
            case "--hubs" when int.TryParse(value, CultureInfo.InvariantCulture, out var hubs) && hubs >= 0:
                options.HubsPerSpace = hubs;
                return true;
            case "--spaces":
                foreach (var space in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    options.Spaces.Add(space);
                return true;
            case "--port" when int.TryParse(value, CultureInfo.InvariantCulture, out var port):
                options.Port = port;
                return true;
            case "--token":
                options.Token = value;
                return true;
            default:
                return false;
        }
    }
}
