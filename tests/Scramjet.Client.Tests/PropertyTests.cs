using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using CsCheck;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using Scramjet.Client.Profiles;
using Scramjet.Testing;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>
/// Random packages, ignore rules and configurations: each is read, or rejected with a typed error, within limits. There are ten thousand cases in total;
/// SCRAMJET_TEST_CASES=10 runs ten times as many. To repeat a failure, set CsCheck_Seed to the seed in its message.
/// </summary>
public sealed class PropertyTests : IDisposable
{
    // The total allocation, not the maximum usage.
    private const long MostMemory = 1024L * 1024 * 1024;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);
    private static readonly int Times = int.TryParse(
        Environment.GetEnvironmentVariable("SCRAMJET_TEST_CASES"),
        NumberStyles.None,
        CultureInfo.InvariantCulture,
        out var times)
        ? Math.Max(1, times)
        : 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("scramjet-property-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly Gen<string> Names = Gen.OneOf(
        Gen.OneOf(
            "package.json", "./package.json", "index.js", "a", "a/b", "a/b/c", "l", "l/x", "..", "../x", "/x", "a/../../x", "a/..", ".", "", "a//b",
            "C:\\x", "a\\..\\x", "\u001b[2J", "żółć", "d/", "..\\x"),
        Gen.String[Gen.OneOf('a', '/', '.', '\\', ':', '\n', 'é', '\u202e'), 0, 12],
        Gen.Int[90, 300].Select(n => new string('n', n)));

    // Kinds that don't exist in a tar file stand for the data that is written around an entry.
    private static readonly Gen<(string Name, string Content, char Type, string Other, int Number)> Entries = Gen.Select(
        Names,
        Gen.OneOf(Gen.OneOf("path", "linkpath", "size", "GNU.sparse.name", "mtime", "comment"), Gen.String[0, 20]),
        Gen.OneOf('0', '0', '0', '\0', '1', '2', '2', '5', '3', '4', '6', '7', 'S', 'V', 'g', 'x', 'Z', 'p', 'p', 'P', 'n', 'r', 'L', 'L', 'K'),
        Names,
        Gen.Int[0, 0xFFF]);

    [Fact]
    public Task Every_package_is_read_or_rejected_and_its_files_stay_in_its_folder() =>
        SampleAsync(2000, Gen.Select(Entries.Array[0, 6], Gen.Bool, Gen.Bool), (entries, isGood, hasEnd) =>
        {
            var tar = isGood ? RawTar.Good() : new RawTar();
            foreach (var (name, content, type, other, number) in entries)
            {
                _ = type switch
                {
                    'p' => tar.Pax(content, other),
                    'P' => tar.Pax(content, other, 'g'),
                    'n' => tar.Add(name, content, size: number << 10),
                    'r' => tar.Raw(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(other, number)))),
                    'L' or 'K' => tar.Add("././@LongLink", other + "\0", type),
                    _ => tar.Add(name, content, type, other, number),
                };
            }

            CheckPackage(tar.ToPackage(hasEnd));
        });

    [Fact]
    public Task Every_damage_to_a_package_is_reported()
    {
        var random = new byte[30_000];
        new Random(1).NextBytes(random);
        var good = RawTar.Good().Pax("path", "a/żółć").Add("x", "x").Add("././@LongLink", new string('n', 150) + "\0", 'L').Add("x", "y")
            .Pax("linkpath", "../index.js").Add("a/link", type: '2').Add("large"u8.ToArray(), random).ToTar();
        var package = RawTar.Gzip(good);
        return SampleAsync(2000, Gen.Select(Gen.Bool, Gen.Int[0, 1 << 20], Gen.Byte, Gen.Int[0, 3]), (inTar, at, value, how) =>
        {
            var bytes = (inTar ? good : package).ToArray();
            at %= bytes.Length;
            bytes = how switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], value, .. bytes[at..]],
                2 => [.. bytes[..at], .. bytes[(at + 1)..]],
                _ => [.. bytes[..at], value, .. bytes[(at + 1)..]],
            };
            CheckPackage(inTar ? RawTar.Gzip(bytes) : bytes);
        });
    }

    private static readonly Gen<string> Patterns = Gen.OneOf(
        Gen.OneOf(
            "*", "**", "?", "a", "b", ".", "/", "[ab]", "[!a]", "[a-", "]", "{a,b}", "{a,", "{1..9}", "{", "}", ",", "*(a|b)", "+(", "@(a|", "!(a)",
            "?(", "|", ")", "(", "\\", "!", "#", " ", "\t", "\r\n", "[z-a]", "é", "\0").Array[0, 14].Select(string.Concat),
        Gen.String[0, 30],
        Gen.Select(Gen.OneOf("{a,b}", "*a", "+(a|", "[", "{", "**/", "!(", "\\", "{a,{b,", "*(*(a)", "{1..99}"), Gen.Int[1, 400])
            .Select((part, n) => string.Concat(Enumerable.Repeat(part, n))));

    private static readonly Gen<string> Paths = Gen.OneOf(
        Gen.OneOf("a", "b", "c", ".a", "ab", "é", "aab").Array[1, 5].Select(parts => string.Join('/', parts)),
        Gen.Int[100, 255].Select(n => new string('a', n)),
        Gen.Int[10, 60].Select(n => string.Join('/', Enumerable.Repeat("a", n))));

    [Fact]
    public Task Every_set_of_ignore_rules_is_applied_or_rejected() =>
        SampleAsync(2000, Gen.Select(Patterns.Array[1, 3], Paths.Array[1, 3]), (lines, paths) => Bounded(() =>
        {
            var rules = IgnoreRules.Parse(string.Join('\n', lines));
            foreach (var path in paths)
                rules.Excludes(path, TestContext.Current.CancellationToken);
        }, ErrorCodes.InvalidPackage));

    private static readonly Gen<string> SimplePatterns = Gen.OneOf(
        "*", "**", "?", "a", "b", ".", "/", "/", "[ab]", "[!a]", "@(a|b)", "+(a|bb)", "!(a)", "?(b)").Array[1, 8].Select(string.Concat);

    [Fact]
    public Task A_pattern_matches_what_the_definition_says() =>
        SampleAsync(1000, Gen.Select(SimplePatterns, Gen.OneOf("a", "b", "/", ".", "ab").Array[1, 6].Select(string.Concat)), (pattern, path) =>
            Assert.Equal(Fits(pattern.Split('/'), path.Split('/')), new GlobPattern(pattern).IsMatch(path)));

    private static readonly Gen<string> Yaml = Gen.OneOf(
        Gen.OneOf(
            "a", "b", ": ", ":", "\n", "\n  ", "- ", "[", "]", "{", "}", ",", "&a ", "*a", "*a ", "&b ", "*b", "\"", "'", "#", "|", ">", "!!str ",
            "!<", "!t ", "%YAML 1.2\n", "---\n", "...\n", "? ", "1", "-1.5e3", "99999999999999999999", ".inf", "null", "~", "true", "<<: ", "\t",
            "\\u", "\"\\x", "\0", "é", "\u2028", "\ud800").Array[0, 40].Select(string.Concat),
        Gen.String[0, 60],
        Gen.Select(Gen.OneOf("[", "{", "- ", "? ", "a: ", "[a, ", "{a: ", "\"", "&a [", "*a, ", "!!", "|\n ", "%", "'"), Gen.Int[1, 3000])
            .Select((part, n) => string.Concat(Enumerable.Repeat(part, n))),
        Gen.Select(Gen.Int[2, 12], Gen.Int[2, 12])
            .Select(
                (levels, width) => string.Concat(
                    Enumerable.Range(0, levels).Select(i => $"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat(i == 0 ? "x" : $"*l{i - 1}", width))}]\n"))));

    [Fact]
    public Task Every_YAML_text_is_read_or_rejected() =>
        SampleAsync(1500, Yaml, text => Bounded(() =>
        {
            var path = Save(text, ".yaml");
            try
            {
                Assert.InRange(ConfigFile.ReadObject(path, TestContext.Current.CancellationToken).DescendantsAndSelf().Count(), 1, 250_000);
            }
            finally
            {
                File.Delete(path);
            }
        }, ErrorCodes.BadParameters));

    private static readonly Gen<JToken> Json = Gen.Recursive<JToken>((depth, inner) =>
    {
        var leaf = Gen.OneOf<JToken>(
            Gen.String[Gen.Char['\u0001', '\u2fff'].Where(c => c is '\n' or '\t' || !char.IsControl(c)), 0, 12].Select(s => (JToken)s),
            Gen.Long.Select(n => (JToken)n),
            Gen.Double.Where(double.IsFinite).Select(n => (JToken)n),
            Gen.Bool.Select(b => (JToken)b),
            Gen.Const((JToken)JValue.CreateNull()));
        return depth > 3
            ? leaf
            : Gen.OneOf(
                leaf,
                inner.Array[0, 4].Select(a => (JToken)new JArray(a.Cast<object>().ToArray())),
                Gen.Select(Gen.Int, inner).Array[0, 4]
                    .Select(ps => (JToken)new JObject(ps.DistinctBy(p => p.Item1).Select(p => new JProperty($"n{p.Item1}", p.Item2)))));
    });

    [Fact]
    public Task JSON_is_read_as_YAML_with_the_same_values() =>
        SampleAsync(500, Gen.Select(Json, Gen.Bool), (value, indented) =>
        {
            var config = new JObject { ["value"] = value };
            var path = Save(config.ToString(indented ? Formatting.Indented : Formatting.None), ".yaml");
            var read = ConfigFile.ReadObject(path, TestContext.Current.CancellationToken);
            File.Delete(path);
            Assert.True(JToken.DeepEquals(config, read), $"{config}\n{read}");
        });

    private static readonly Gen<string> s_fieldNames = Gen.OneOf(
        "appConfig", "args", "outputTopic", "inputTopic", "limits", "instanceId", "configVersion", "env", "token", "apiUrl", "middlewareApiUrl", "scope",
        "name", "version", "main", "engines");

    [Fact]
    public Task Every_startup_config_profile_and_package_json_is_read_or_rejected() =>
        SampleAsync(1000, Gen.Select(s_fieldNames, Json).Array[0, 6], Gen.Int[-1, 200], (fields, cut) =>
        {
            var text = new JObject(fields.DistinctBy(f => f.Item1).Select(f => new JProperty(f.Item1, f.Item2))).ToString();
            if (cut >= 0 && cut < text.Length)
                text = text[..cut];
            var path = Save(text, ".json");
            Bounded(() => StartOptions.FromFile(path, TestContext.Current.CancellationToken), ErrorCodes.BadParameters);
            Bounded(() => SiProfile.FromFile(path, TestContext.Current.CancellationToken), ErrorCodes.InvalidProfile);
            File.Delete(path);
            Bounded(() => PackageManifest.Parse(text, "package"), ErrorCodes.InvalidPackage);
        });

    private static Task SampleAsync<T>(int cases, Gen<T> gen, Action<T> check) =>
        Task.Run(() => gen.Sample(check, iter: cases * Times)).WaitAsync(Times * TimeLimit, TestContext.Current.CancellationToken);

    private static Task SampleAsync<T1, T2>(int cases, Gen<(T1, T2)> gen, Action<T1, T2> check) => SampleAsync(cases, gen, c => check(c.Item1, c.Item2));

    private static Task SampleAsync<T1, T2, T3>(int cases, Gen<(T1, T2, T3)> gen, Action<T1, T2, T3> check) =>
        SampleAsync(cases, gen, c => check(c.Item1, c.Item2, c.Item3));

    private static Task SampleAsync<T1, T2, T3, T4>(int cases, Gen<(T1, T2, T3, T4)> gen, Action<T1, T2, T3, T4> check) =>
        SampleAsync(cases, gen, c => check(c.Item1, c.Item2, c.Item3, c.Item4));

    private static Task SampleAsync<T1, T2>(int cases, Gen<T1> one, Gen<T2> two, Action<T1, T2> check) => SampleAsync(cases, Gen.Select(one, two), check);

    /// <summary>Fails for an exception of another type, another code, or more memory.</summary>
    private static void Bounded(Action read, string code)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (ScramjetException e) when (e.Code == code)
        {
            Assert.DoesNotContain(e.Message, c => char.IsControl(c) && c != '\n');
            Assert.NotNull(e.RecommendedAction);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
    }

    private string Save(string text, string extension)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + extension);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        return path;
    }

    private void CheckPackage(byte[] package)
    {
        var path = RawTar.Save(_folder, package);
        Bounded(() =>
        {
            var read = PackageFile.Read(path, null, TestContext.Current.CancellationToken);
            Assert.Equal(16, read.Hash.Length);

            // Another reader finds no path that leads out of the folder either, as far as it can read the file.
            using var tar = new TarReader(new GZipStream(new MemoryStream(package), CompressionMode.Decompress));
            while (Next(tar) is { } entry)
            {
                // Nothing is unpacked for a header that applies to all entries: its name has no meaning, and GNU tar gives it one in the temporary folder.
                if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
                    continue;
                Assert.True(IsInside(entry.Name), entry.Name);
                if (entry.EntryType == TarEntryType.SymbolicLink)
                    Assert.True(!entry.LinkName.StartsWith('/') && IsInside($"{entry.Name}/../{entry.LinkName}"), entry.LinkName);
                else if (entry.EntryType == TarEntryType.HardLink)
                    Assert.True(IsInside(entry.LinkName), entry.LinkName);
                Assert.True(
                    entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile
                        or TarEntryType.Directory or TarEntryType.SymbolicLink or TarEntryType.HardLink,
                    entry.EntryType.ToString());
            }
        }, ErrorCodes.InvalidPackage);
        File.Delete(path);
    }

    private static TarEntry? Next(TarReader tar)
    {
        try
        {
            return tar.GetNextEntry();
        }
        catch (InvalidDataException)
        {
            // A comment can't contain a line break.
            return null;
        }
    }

    private static bool IsInside(string name) =>
        !name.StartsWith('/') && (Path.GetFullPath("/root-of-it/" + name) + "/").StartsWith("/root-of-it/", StringComparison.Ordinal);

    /// <summary>Returns what a pattern matches by trying all possibilities.</summary>
    private static bool Fits(string[] pattern, string[] path)
    {
        if (pattern.Length == 0)
            return path.Length == 0;
        if (pattern[0] == "**")
        {
            var most = path.TakeWhile(p => !p.StartsWith('.')).Count();
            return Enumerable.Range(0, most + 1).Any(n => (pattern.Length > 1 || n > 0) && Fits(pattern[1..], path[n..]));
        }

        return path.Length > 0 && !(path[0].StartsWith('.') && IsWild(pattern[0])) && Fits(pattern[0], path[0]) && Fits(pattern[1..], path[1..]);
    }

    private static bool IsWild(string part) => part.Length > 0 && (part[0] is '*' or '?' or '[' || (part.Length > 1 && part[1] == '('));

    private static bool Fits(string pattern, string text)
    {
        if (pattern.Length == 0)
            return text.Length == 0;
        if (pattern.Length > 1 && pattern[1] == '(' && pattern[0] is '*' or '?' or '+' or '@' or '!')
        {
            var end = pattern.IndexOf(')', StringComparison.Ordinal);
            var alternatives = pattern[2..end].Split('|');
            return Enumerable.Range(0, text.Length + 1).Any(n => Fits(pattern[0], alternatives, text[..n]) && Fits(pattern[(end + 1)..], text[n..]));
        }

        if (pattern[0] == '*')
            return Enumerable.Range(0, text.Length + 1).Any(n => Fits(pattern[1..], text[n..]));
        if (text.Length == 0)
            return false;
        if (pattern[0] == '[')
        {
            var end = pattern.IndexOf(']', StringComparison.Ordinal);
            var body = pattern[1..end];
            return (body[0] == '!' ? !body[1..].Contains(text[0], StringComparison.Ordinal) : body.Contains(text[0], StringComparison.Ordinal))
                && Fits(pattern[(end + 1)..], text[1..]);
        }

        return (pattern[0] == '?' || pattern[0] == text[0]) && Fits(pattern[1..], text[1..]);
    }

    private static bool Fits(char kind, string[] alternatives, string text) => kind switch
    {
        '!' => !alternatives.Contains(text),
        '@' => alternatives.Contains(text),
        '?' => text.Length == 0 || alternatives.Contains(text),
        '+' => IsRepeated(alternatives, text),
        _ => text.Length == 0 || IsRepeated(alternatives, text),
    };

    private static bool IsRepeated(string[] alternatives, string text) =>
        alternatives.Any(a => text.StartsWith(a, StringComparison.Ordinal) && (text.Length == a.Length || IsRepeated(alternatives, text[a.Length..])));
}
