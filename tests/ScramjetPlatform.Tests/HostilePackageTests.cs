using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Harmful packages are rejected before anything is sent.</summary>
public sealed class HostilePackageTests : IAsyncLifetime
{
    private const int SetUserId = 0xDED; // 06755

    private readonly string _folder = Directory.CreateTempSubdirectory("scramjet-hostile-").FullName;
    private AdminPlatform _platform = null!;

    private static Dictionary<string, (Func<byte[]> Make, string Words)> Packages { get; } = new()
    {
        ["a plain path out"] = (() => RawTar.Good().Add("../evil", "x").ToPackage(), "'../evil'"),
        ["a pax path out"] = (() => RawTar.Good().Pax("path", "a/../../evil").Add("good", "x").ToPackage(), "'a/../../evil'"),
        ["a long name out"] = (() => RawTar.Good().Add("././@LongLink", "../evil\0", 'L').Add("good", "x").ToPackage(), "'../evil'"),
        ["a ustar prefix out"] = (() => Prefixed("..", "evil"), "'../evil'"),
        ["a link out"] = (() => RawTar.Good().Add("l", type: '2', link: "../secret").ToPackage(), "'../secret'"),
        ["a pax link path out"] = (() => RawTar.Good().Pax("linkpath", "/etc/passwd").Add("l", type: '2', link: "index.js").ToPackage(), "'/etc/passwd'"),
        ["a long link out"] = (
            () => RawTar.Good().Add("././@LongLink", "../../etc/passwd\0", 'K').Add("l", type: '2', link: "index.js").ToPackage(),
            "'../../etc/passwd'"),
        ["a hard link out by pax"] = (() => RawTar.Good().Pax("linkpath", "../secret").Add("l", type: '1', link: "index.js").ToPackage(), "'../secret'"),
        ["a hard link out by a long link"] = (
            () => RawTar.Good().Add("././@LongLink", "/etc/passwd\0", 'K').Add("l", type: '1', link: "index.js").ToPackage(),
            "'/etc/passwd'"),
        ["a hard link to a missing file"] = (() => RawTar.Good().Add("l", type: '1', link: "nothing").ToPackage(), "'nothing'"),
        ["a file in a linked folder"] = (() => RawTar.Good().Add("a/b/l", type: '2', link: "../..").Add("a/b/l/x", "x").ToPackage(), "'a/b/l/x'"),
        ["a link in a linked folder"] = (
            () => RawTar.Good().Add("a/b/l", type: '2', link: "../..").Add("a/b/l/x", type: '2', link: "../../../x").ToPackage(),
            "'a/b/l/x'"),
        ["a global pax path"] = (() => RawTar.Good().Pax("path", "elsewhere", 'g').Add("good", "x").ToPackage(), "global header"),
        ["two pax headers"] = (() => RawTar.Good().Pax("path", "a").Pax("path", "../evil").Add("good", "x").ToPackage(), "two headers"),
        ["a pax and a long name"] = (() => RawTar.Good().Pax("path", "a").Add("././@LongLink", "b\0", 'L').Add("good", "x").ToPackage(), "two headers"),
        ["a pax and a long link"] = (() => RawTar.Good().Add("././@LongLink", "index.js\0", 'K').Pax("path", "a").Add("good", "x").ToPackage(), "two headers"),
        ["a damaged pax header"] = (() => RawTar.Good().Add("PaxHeader", "999 path=a\n", 'x').Add("good", "x").ToPackage(), "damaged"),
        ["a character device"] = (() => RawTar.Good().Add("d", type: '3').ToPackage(), "'d' is a device"),
        ["a block device"] = (() => RawTar.Good().Add("d", type: '4').ToPackage(), "'d' is a device"),
        ["a pipe"] = (() => RawTar.Good().Add("d", type: '6').ToPackage(), "'d' is a pipe"),
        ["a sparse file"] = (() => RawTar.Good().Pax("GNU.sparse.name", "../evil").Add("d", "x").ToPackage(), "sparse"),
        ["an old sparse file"] = (() => RawTar.Good().Add("d", "x", 'S').ToPackage(), "'d' is neither"),
        ["setuid"] = (() => RawTar.Good().Add("tool", "x", mode: SetUserId).ToPackage(), "'tool' would run with the rights"),
        ["a second package.json"] = (
            () => RawTar.Good().Add("package.json", """{ "name": "other", "version": "1.0.0", "main": "index.js" }""").ToPackage(),
            "'package.json' twice"),
        ["a second package.json by another way"] = (
            () => RawTar.Good().Add("./package.json", """{ "name": "other", "version": "1.0.0", "main": "index.js" }""").ToPackage(),
            "'package.json' twice"),
        ["a second package.json by pax"] = (
            () => RawTar.Good().Pax("path", "package.json").Add("x", """{ "main": "index.js" }""").ToPackage(),
            "'package.json' twice"),
        ["package.json as a link"] = (
            () => new RawTar().Add("index.js", "{}").Add("package.json", type: '2', link: "index.js").ToPackage(),
            "package.json is a link"),
        ["package.json as a hard link"] = (
            () => new RawTar().Add("index.js", "{}").Add("package.json", type: '1', link: "index.js").ToPackage(),
            "package.json is a link"),
        ["package.json as a folder"] = (() => new RawTar().Add("index.js", "{}").Add("package.json/", type: '5').ToPackage(), "no package.json"),
        ["package.json that isn't JSON"] = (() => new RawTar().Add("index.js", "{}").Add("package.json", "").ToPackage(), "JSON"),
        ["package.json that is too large"] = (
            () => new RawTar().Add("index.js", "{}").Add("package.json", new string(' ', 5 * 1024 * 1024)).ToPackage(),
            "too large"),
        ["an escape in a name"] = (() => RawTar.Good().Add("a\u001b[2Jb", "x").ToPackage(), "'a\\u001b[2Jb'"),
        ["a line break in a name"] = (() => RawTar.Good().Pax("path", "a\nb").Add("x", "x").ToPackage(), "'a\\u000ab'"),
        ["an escape in a link"] = (() => RawTar.Good().Add("l", type: '2', link: "\u001b[2J").ToPackage(), "control characters"),
        ["a name that isn't UTF-8"] = (() => RawTar.Good().Add([0x61, 0x9B, 0x32, 0x4A], []).ToPackage(), "UTF-8"),
        ["a very long name"] = (() => RawTar.Good().Add("././@LongLink", new string('a', 5000) + "\0", 'L').Add("x", "x").ToPackage(), "4096 bytes"),
        ["a name of 2 GiB"] = (() => RawTar.Good().Add("././@LongLink", new string('a', 100_000), 'L', size: 2L << 30).ToPackage(), "1048576 bytes"),
        ["a pax header of 2 GiB"] = (() => RawTar.Good().Add("PaxHeader", "2147483648 path=a", 'x', size: 2L << 30).ToPackage(), "1048576 bytes"),
        ["a size that is too large"] = (() => RawTar.Good().Add("x", "x", size: long.MaxValue).ToPackage(), "cut off"),
        ["a folder with content"] = (() => RawTar.Good().Add("d/", "x", '5').ToPackage(), "'d/' has content"),
        ["no end"] = (() => RawTar.Good().ToPackage(withEnd: false), "cut off"),
        ["cut in the compressed data"] = (() => [.. Large().SkipLast(2000)], "cut off"),
        ["cut in the checksum"] = (() => [.. RawTar.Good().ToPackage().SkipLast(4)], "cut off"),
        ["cut in a file"] = (() => RawTar.Gzip([.. RawTar.Good().ToTar(withEnd: false).SkipLast(100)]), "cut off"),
        ["damaged in the compressed data"] = (() => Damaged(Large(), 3000), "damaged"),
        ["damaged in a header"] = (() => RawTar.Gzip(Damaged(RawTar.Good().ToTar(), 1030)), "damaged"),
        ["data after the end"] = (() => RawTar.Gzip(RawTar.Good().ToTar(), RawTar.Good().ToTar()), "after its end"),
        ["nothing"] = (() => [], "empty"),
        ["an empty tar"] = (() => new RawTar().ToPackage(), "no files"),
        ["not compressed"] = (() => RawTar.Good().ToTar(), "gzip"),
        ["not a tar"] = (() => RawTar.Gzip(Encoding.UTF8.GetBytes(new string('x', 5000))), "gzip-compressed tar"),
    };

    public async ValueTask InitializeAsync() => _platform = await AdminPlatform.StartAsync(1, "alpha");

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void None_is_sent()
    {
        using var session = _platform.Connect();
        foreach (var (fault, (make, words)) in Packages)
        {
            var error = session.Error($"Publish-ScramjetSequence '{RawTar.Save(_folder, make())}'");
            Assert.True(error.FullyQualifiedErrorId.StartsWith("INVALID_PACKAGE,", StringComparison.Ordinal), $"{fault}: {error.FullyQualifiedErrorId}");
            Assert.True(error.ToString().Contains(words, StringComparison.Ordinal), $"{fault}: {error}");
            Assert.DoesNotContain(error.ToString(), char.IsControl);
            Assert.NotNull(error.ErrorDetails.RecommendedAction);
        }

        Assert.Empty(session.Get("Get-ScramjetSequence"));
    }

    [Theory]
    [InlineData("Publish-ScramjetSequence $package -IfChanged")]
    [InlineData("Publish-ScramjetStoreItem $package")]
    [InlineData("Invoke-ScramjetSequence -Path $package -Hub sth-0")]
    public void No_command_sends_it(string command)
    {
        using var session = _platform.Connect();
        session.Set("package", RawTar.Good().Pax("linkpath", "/etc/passwd").Add("l", type: '2', link: "index.js").Save(_folder));
        Assert.StartsWith("INVALID_PACKAGE,", session.Error(command).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(session.Get("Get-ScramjetSequence; Get-ScramjetStoreItem"));
    }

    [Fact]
    public void Packages_of_tar_programs_are_accepted()
    {
        var longName = string.Join('/', Enumerable.Repeat("a-rather-long-folder-name", 8)) + "/file.txt";
        using var session = _platform.Connect();
        session.Get($"Publish-ScramjetSequence '{RawTar.Good()
            .Pax("comment", "of git archive", 'g')
            .Add("./", type: '5')
            .Add("d/", type: '5', mode: 0x5FD)
            .Add("d/", type: '5')
            .Add("old/")
            .Pax("path", longName).Add("short", "x")
            .Add("././@LongLink", longName + "2\0", 'L').Add("short", "x")
            .Pax("linkpath", "../index.js").Add("d/link", type: '2')
            .Add("d/hard", type: '1', link: "./index.js")
            .Pax("mtime", "1234.5").Add("zażółć 🚀", "x")
            .Add("contiguous", "x", '7')
            .Save(_folder)}'");
        Assert.Equal("raw-package", session.Single("Get-ScramjetSequence").Properties["Name"].Value);
    }

    private static byte[] Large()
    {
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        return RawTar.Good().Add("large"u8.ToArray(), content).ToPackage();
    }

    private static byte[] Damaged(byte[] bytes, int at)
    {
        bytes[at] ^= 0xFF;
        return bytes;
    }

    private static byte[] Prefixed(string prefix, string name)
    {
        var tar = new RawTar().Add(name, "x").ToTar(withEnd: false);
        Encoding.ASCII.GetBytes(prefix).CopyTo(tar, 345);
        tar.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(tar.Take(512).Sum(b => b), 8).PadLeft(6, '0') + "\0").CopyTo(tar, 148);
        return RawTar.Gzip(RawTar.Good().Raw(tar).ToTar());
    }
}
