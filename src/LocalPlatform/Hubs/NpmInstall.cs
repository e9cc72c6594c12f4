using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform;

/// <summary>The npm packages that a real hub is made of, installed once for a user and lock file.</summary>
public static class NpmInstall
{
    private const string Stamp = "installed";

    /// <summary>The folder next to this assembly with hub.js, package.json and package-lock.json.</summary>
    internal static string SourceFolder { get; } = Path.Combine(Path.GetDirectoryName(typeof(NpmInstall).Assembly.Location) ?? AppContext.BaseDirectory, "hub");

    /// <summary>
    /// Ensures that the packages are installed, and returns the folder with node_modules. Runs <c>npm ci</c> only if the packages of this lock file
    /// aren't installed. Several processes wait for each other.
    /// </summary>
    /// <exception cref="LocalPlatformException">node or npm is missing or too old, or npm failed.</exception>
    public static async Task<string> EnsureAsync(CancellationToken cancellationToken = default)
    {
        var lockFile = Path.Combine(SourceFolder, "package-lock.json");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(lockFile, cancellationToken).ConfigureAwait(false)));
        var folder = Path.Combine(CacheFolder(), "hub-" + hash[..16]);
        if (await IsInstalledAsync(folder, hash, cancellationToken).ConfigureAwait(false))
            return folder;

        await NodeTools.NodeAsync(cancellationToken).ConfigureAwait(false);
        var npm = NodeTools.Npm();
        Directory.CreateDirectory(folder);
        await using (await LockAsync(folder + ".lock", cancellationToken).ConfigureAwait(false))
        {
            if (await IsInstalledAsync(folder, hash, cancellationToken).ConfigureAwait(false))
                return folder;

            foreach (var file in new[] { "package.json", "package-lock.json" })
                File.Copy(Path.Combine(SourceFolder, file), Path.Combine(folder, file), overwrite: true);

            var (exitCode, output) = await NodeTools.RunAsync(
                npm,
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                folder,
                cancellationToken).ConfigureAwait(false);
            if (exitCode != 0)
                throw new LocalPlatformException($"npm could not install the hub's packages (exit code {exitCode}):{Environment.NewLine}{LastLines(output)}");

            await File.WriteAllTextAsync(Path.Combine(folder, Stamp), hash, cancellationToken).ConfigureAwait(false);
            return folder;
        }
    }

    private static async Task<bool> IsInstalledAsync(string folder, string hash, CancellationToken cancellationToken)
    {
        var stamp = Path.Combine(folder, Stamp);
        return File.Exists(stamp)
            && await File.ReadAllTextAsync(stamp, cancellationToken).ConfigureAwait(false) == hash
            && Directory.Exists(Path.Combine(folder, "node_modules"));
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another process is installing them.
                await Task.Delay(200, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string CacheFolder()
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(local.Length > 0 ? local : Path.GetTempPath(), "scramjet-local-platform");
    }

    private static string LastLines(string text) => string.Join(Environment.NewLine, text.Split('\n').Select(line => line.TrimEnd()).TakeLast(15));
}
