using System;
using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;

namespace ScramjetPlatform;

/// <summary>The state of a platform in a file: its sequences, their instances, and its topics, each with its hubs.</summary>
internal sealed class StateFile : IDisposable
{
    /// <summary>The keys of a state file.</summary>
    public const string SequencesKey = "sequences";
    public const string TopicsKey = "topics";
    public const string HubsKey = "hubs";
    public const string SpacesKey = "spaces";
    public const string PathKey = "path";
    public const string NameKey = "name";
    public const string VersionKey = "version";
    public const string InstancesKey = "instances";
    public const string CountKey = "count";
    public const string OrderKey = "order";
    public const string FingerprintKey = "fingerprint";
    public const string ContentTypeKey = "contentType";

    private const string ArgumentsKey = "args";
    private const string ConfigurationKey = "appConfig";
    private const string LimitsKey = "limits";
    private const string InputTopicKey = "inputTopic";
    private const string OutputTopicKey = "outputTopic";
    private const string StartFirst = "startFirst";
    private const string StopFirst = "stopFirst";

    private StateFile(IReadOnlyList<StateSequence> sequences, IReadOnlyList<StateTopic> topics, StatePlaces places)
    {
        Sequences = sequences;
        Topics = topics;
        Places = places;
    }

    public IReadOnlyList<StateSequence> Sequences { get; }

    public IReadOnlyList<StateTopic> Topics { get; }

    /// <summary>The hubs of everything that names no other hubs.</summary>
    public StatePlaces Places { get; }

    /// <summary>The hubs that are named in full.</summary>
    public IEnumerable<(TextPattern Hub, string Location)> NamedHubs => Parts.SelectMany(p => p.NamedHubs).Distinct();

    /// <summary>Whether the file has no entries.</summary>
    public bool IsEmpty => Sequences.Count + Topics.Count == 0;

    private IEnumerable<StatePlaces> Parts => Sequences.Select(s => s.Places)
        .Concat(Sequences.SelectMany(s => s.Instances ?? []).Select(i => i.Places))
        .Concat(Topics.Select(t => t.Places))
        .Append(Places);

    /// <summary>Reads a state.</summary>
    /// <param name="file">The path of the file, for errors.</param>
    /// <param name="content">The content of the file.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: a key is unknown, or a value has another form. The message says where.</exception>
    public static StateFile Parse(string file, JObject content)
    {
        var fields = new StateNode(file, "", content).Fields(SequencesKey, TopicsKey, HubsKey, SpacesKey);
        var places = ReadPlaces(fields, null);
        return new StateFile(
            [.. EntriesOf(fields, SequencesKey).Select(e => ReadSequence(e.Key, e.Value, places))],
            [.. EntriesOf(fields, TopicsKey).Select(e => ReadTopic(e.Key, e.Value, places))],
            places);
    }

    /// <summary>The values of the environment variables that the file refers to.</summary>
    public IReadOnlyCollection<string> Secrets => [.. Sequences.SelectMany(s => s.Instances ?? []).SelectMany(i => i.Settings.Secrets)];

    /// <summary>Returns whether the file is about a hub.</summary>
    public bool Includes(string hub, string? space) =>
        (Places.NamesHubs && Places.Include(hub, space))
        || Sequences.Any(s => s.IsOn(hub, space) || s.Instances?.Any(i => i.Places.Include(hub, space)) == true)
        || Topics.Any(t => t.Places.Include(hub, space));

    public void Dispose()
    {
        foreach (var sequence in Sequences)
            sequence.Package?.Dispose();
    }

    private static IEnumerable<KeyValuePair<string, StateNode>> EntriesOf(IReadOnlyDictionary<string, StateNode> fields, string key) =>
        fields.TryGetValue(key, out var node) ? node.Entries() : [];

    private static StatePlaces ReadPlaces(IReadOnlyDictionary<string, StateNode> fields, StatePlaces? outer)
    {
        var hubs = Patterns(fields, HubsKey);
        var spaces = Patterns(fields, SpacesKey);
        return hubs is null && spaces is null && outer is not null
            ? outer
            : new StatePlaces(hubs ?? outer?.Hubs, spaces ?? outer?.Spaces, hubs is null ? outer?.Location ?? HubsKey : fields[HubsKey].Location)
            {
                NamesHubs = hubs is not null || spaces is not null,
            };
    }

    private static TextPattern[]? Patterns(IReadOnlyDictionary<string, StateNode> fields, string key)
    {
        if (!fields.TryGetValue(key, out var node))
            return null;

        var texts = node.Texts();
        return node.Guard(() => texts.Select(t => new TextPattern(t)).ToArray());
    }

    private static StateSequence ReadSequence(string key, StateNode node, StatePlaces outer)
    {
        var fields = node.Fields(PathKey, VersionKey, NameKey, HubsKey, SpacesKey, InstancesKey);
        var path = fields.TryGetValue(PathKey, out var given) ? given : null;
        if (path is not null && (fields.TryGetValue(VersionKey, out var extra) || fields.TryGetValue(NameKey, out extra)))
            throw extra.Error($"a sequence with a {PathKey} has the name and the version of its package", $"Remove this key, or {PathKey}.");
        if (path is null && !fields.ContainsKey(VersionKey))
        {
            throw node.Error(
                $"the sequence has neither a {PathKey} nor a {VersionKey}",
                $"Add {PathKey}, the folder or package of the sequence, or {VersionKey}, the version that its hubs have already.");
        }

        path?.Text();
        var places = ReadPlaces(fields, outer);
        var instances = fields.TryGetValue(InstancesKey, out var items) ? ReadInstances(items, places) : null;
        return new StateSequence(node.Location, key, places)
        {
            HasOwnPlaces = places != outer,
            Path = path,
            Name = fields.TryGetValue(NameKey, out var name) ? name.Text() : key,
            Version = fields.TryGetValue(VersionKey, out var version) ? version.Text() : null,
            Instances = instances,
        };
    }

    private static StateInstances[] ReadInstances(StateNode node, StatePlaces outer)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. node.Items().Select(item =>
        {
            var entry = ReadEntry(item, outer);
            return entry.Name.Length == 0 || names.Add(entry.Name)
                ? entry
                : throw item.Error($"another entry of this sequence has the {NameKey} '{entry.Name}', too", $"Use another {NameKey}.");
        })];
    }

    private static StateInstances ReadEntry(StateNode node, StatePlaces outer)
    {
        var fields = node.Fields(
            NameKey, CountKey, HubsKey, SpacesKey, ArgumentsKey, ConfigurationKey, LimitsKey, InputTopicKey, OutputTopicKey, OrderKey, FingerprintKey);
        var settings = ReadSettings(fields);
        return new StateInstances(node.Location, ReadPlaces(fields, outer), settings)
        {
            Name = fields.TryGetValue(NameKey, out var name) ? name.Text() : "",
            Count = fields.TryGetValue(CountKey, out var count) ? count.Count() : 1,
            StopsFirst = fields.TryGetValue(OrderKey, out var order) ? ReadOrder(order) : settings.HasTopics,
        };
    }

    private static bool ReadOrder(StateNode node) => node.Text() switch
    {
        StartFirst => false,
        StopFirst => true,
        var other => throw node.Error($"'{other}' isn't an order", $"Use {StartFirst} or {StopFirst}."),
    };

    private static StateSettings ReadSettings(IReadOnlyDictionary<string, StateNode> fields)
    {
        T? Read<T>(string key, string expected, Func<StateNode, JToken> read) where T : JToken
        {
            if (!fields.TryGetValue(key, out var node))
                return null;
            node.As<T>(expected);
            return (T)read(node);
        }

        StartOptions Options(Func<StateNode, JToken> read) => new()
        {
            ArgumentList = Read<JArray>(ArgumentsKey, "a list", read),
            AppConfig = Read<JObject>(ConfigurationKey, "names with values", read),
            Limits = Read<JObject>(LimitsKey, "names with values", read),
            InputTopic = fields.TryGetValue(InputTopicKey, out var input) ? input.Text() : null,
            OutputTopic = fields.TryGetValue(OutputTopicKey, out var output) ? output.Text() : null,
        };

        foreach (var limit in EntriesOf(fields, LimitsKey))
        {
            if (InstanceLimits.FindWrong(limit.Key, limit.Value.Token) is { } why)
                throw limit.Value.Error(why, InstanceLimits.Advice);
        }

        var settings = new StateSettings(Options(node => node.Token), Options(StateReferences.Resolve));
        if (!fields.TryGetValue(FingerprintKey, out var fingerprint))
            return settings;

        if (!StateIdentity.IsFingerprint(fingerprint.Text()))
            throw fingerprint.Error("this isn't a fingerprint of Export-ScramjetState", $"Remove it, and add {ConfigurationKey} and {LimitsKey} if needed.");
        if (fields.TryGetValue(ConfigurationKey, out var known) || fields.TryGetValue(LimitsKey, out known))
            throw known.Error($"{FingerprintKey} stands for a configuration and limits that aren't known", $"Remove this key, or {FingerprintKey}.");
        settings.GivenFingerprint = fingerprint.Text();
        return settings;
    }

    private static StateTopic ReadTopic(string key, StateNode node, StatePlaces outer)
    {
        var fields = node.Fields(NameKey, ContentTypeKey, HubsKey, SpacesKey);
        var contentType = fields.TryGetValue(ContentTypeKey, out var given) ? given.Text() : ContentTypes.NdJson;
        given?.Guard(() => ContentTypes.Check(contentType));
        return new StateTopic(node.Location, fields.TryGetValue(NameKey, out var name) ? name.Text() : key, contentType, ReadPlaces(fields, outer));
    }
}

/// <summary>The hubs that a part of a state file is about.</summary>
/// <param name="hubs">Patterns of ids; null for all.</param>
/// <param name="spaces">Patterns of ids; null for all, and for standalone hubs.</param>
/// <param name="location">Where the file names the hubs.</param>
internal sealed class StatePlaces(TextPattern[]? hubs, TextPattern[]? spaces, string location)
{
    public TextPattern[]? Hubs => hubs;

    public TextPattern[]? Spaces => spaces;

    public string Location => location;

    /// <summary>Whether the file names hubs or spaces, rather than meaning all.</summary>
    public bool NamesHubs { get; init; }

    /// <summary>The hubs that are named in full, and where.</summary>
    public IEnumerable<(TextPattern Hub, string Location)> NamedHubs => (hubs ?? []).Where(h => !h.IsWildcard).Select(h => (h, location));

    /// <summary>Returns whether a hub is meant.</summary>
    public bool Include(string hub, string? space) =>
        (hubs is null || hubs.Any(h => h.IsMatch(hub))) && (spaces is null || spaces.Any(s => s.IsMatch(space) || (space is null && s.Text == "*")));
}

/// <summary>A sequence in a state file.</summary>
internal sealed class StateSequence(string location, string key, StatePlaces places)
{
    public string Location => location;

    /// <summary>The name in the file.</summary>
    public string Key => key;

    public StatePlaces Places => places;

    /// <summary>Whether the sequence itself names hubs.</summary>
    public bool HasOwnPlaces { get; init; }

    /// <summary>The folder or package; null if the sequence must be on its hubs already.</summary>
    public StateNode? Path { get; init; }

    /// <summary>The package, once it was checked.</summary>
    public LazyPackage? Package { get; set; }

    /// <summary>The sequence's name on hubs.</summary>
    public string Name { get; set; } = "";

    /// <summary>The version, with the label of its content if there is a package.</summary>
    public string? Version { get; set; }

    /// <summary>The instances; null if the file isn't about them.</summary>
    public IReadOnlyList<StateInstances>? Instances { get; init; }

    /// <summary>Returns whether the sequence is to be on a hub: on its own hubs, or, if it names none, on those of its instances.</summary>
    public bool IsOn(string hub, string? space)
    {
        var isOfInstances = !HasOwnPlaces && Instances is { Count: > 0 } && Instances.All(i => i.Places != places);
        return (!isOfInstances && places.Include(hub, space)) || Instances?.Any(i => i.Count > 0 && i.Places.Include(hub, space)) == true;
    }
}

/// <summary>Instances of a sequence in a state file.</summary>
internal sealed class StateInstances(string location, StatePlaces places, StateSettings settings)
{
    public string Location => location;

    public StatePlaces Places => places;

    public StateSettings Settings => settings;

    /// <summary>The name that distinguishes them from the other instances of the sequence; empty if they have none.</summary>
    public string Name { get; init; } = "";

    /// <summary>How many there are on each hub.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Whether an instance is stopped before another takes its place.</summary>
    public bool StopsFirst { get; init; }
}

/// <summary>A topic in a state file.</summary>
internal sealed class StateTopic(string location, string name, string contentType, StatePlaces places)
{
    public string Location => location;

    public string Name => name;

    public string ContentType => contentType;

    public StatePlaces Places => places;
}
