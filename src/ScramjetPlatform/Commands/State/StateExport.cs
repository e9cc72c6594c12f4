using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>Makes the content of a state file of what hubs have.</summary>
/// <param name="hubs">The hubs.</param>
/// <param name="includeSecrets">Whether secrets are written, rather than references to environment variables.</param>
internal sealed class StateExport(IReadOnlyList<HubState> hubs, bool includeSecrets)
{
    /// <summary>How many things a warning names.</summary>
    private const int MaxNamed = 3;

    private readonly Dictionary<string, string> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _orphans = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _nameless = new(StringComparer.Ordinal);

    private HubState[] All { get; } = [.. hubs.OrderBy(h => h.Space, StringComparer.Ordinal).ThenBy(h => h.Hub, StringComparer.Ordinal)];

    private bool IsStandalone => All.All(h => h.Space is null);

    private bool HasSpaces => All.Select(h => h.Space).Distinct().Count() > 1;

    /// <summary>What the user should know about the content.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            if (_variables.Count > 0)
            {
                yield return "The file has references to environment variables in place of secrets. Set these variables before you use the file: "
                    + $"{string.Join(", ", _variables.Keys)}. With -IncludeSecret, the file has the secrets themselves.";
            }

            if (_unknown.Count > 0)
            {
                yield return "The file doesn't have the configuration of these instances, because their hub doesn't tell it, and they weren't started over " +
                    $"this connection: {Some(_unknown)}. Add it before the file is used to start them.";
            }

            if (_orphans.Count > 0)
                yield return $"The file doesn't have these instances, because their hub no longer has their sequence: {Some(_orphans)}.";

            if (_nameless.Count > 0)
                yield return $"The file doesn't have these sequences, because they have no name or no version: {Some(_nameless)}.";
        }
    }

    /// <summary>Names some of several things.</summary>
    public static string Some(IReadOnlyCollection<string> items, int most = MaxNamed) =>
        string.Join(", ", items.Take(most)) + (items.Count > most ? $", and {items.Count - most} more" : "");

    /// <summary>Creates the content.</summary>
    public JObject Create()
    {
        var content = new JObject();
        AddPlaces(content, All, isWhole: true);
        foreach (var hub in All)
            _orphans.UnionWith(hub.Running.Where(i => !HasVersionOf(hub, i)).Select(i => $"{i.Id} on {i.Hub}"));
        var entries = All.SelectMany(hub => hub.Sequences
                .Where(HasName)
                .GroupBy(s => (s.Name, s.Version))
                .Select(copies => (Hub: hub, copies.Key.Name, copies.Key.Version, Instances: InstancesOf(hub, copies.Key.Name, copies.Key.Version))))
            .GroupBy(e => (Space: HasSpaces ? e.Hub.Space : null, e.Name, e.Version))
            .OrderBy(g => g.Key.Name, StringComparer.Ordinal)
            .ThenBy(g => g.Key.Version, StringComparer.Ordinal)
            .ThenBy(g => g.Key.Space, StringComparer.Ordinal);
        var sequences = new JObject();
        foreach (var entry in entries)
        {
            var places = entry.Select(e => e.Hub).ToArray();
            var instances = entry.SelectMany(e => e.Instances.Select(i => (e.Hub, i.Settings, i.Count)))
                .GroupBy(i => (Text: StateIdentity.Canonical(i.Settings), i.Count))
                .OrderBy(g => g.Key)
                .Select(g => Instances(entry.Key.Name!, g.First().Settings, g.Key.Count, [.. g.Select(i => i.Hub)], places))
                .ToArray();
            var sequence = new JObject();
            Add(sequences, entry.Key.Name!, sequence);
            sequence[StateFile.VersionKey] = entry.Key.Version;

            // A sequence that names no hubs is only on those that its instances name.
            AddPlaces(sequence, places, isWhole: !IsStandalone && Array.Exists(instances, i => i.ContainsKey(StateFile.HubsKey)));
            sequence[StateFile.InstancesKey] = new JArray(instances.Cast<object>().ToArray());
        }

        if (sequences.Count > 0)
            content[StateFile.SequencesKey] = sequences;
        if (Topics() is { Count: > 0 } topics)
            content[StateFile.TopicsKey] = topics;
        return content;
    }

    private static bool HasVersionOf(HubState hub, Instance instance) =>
        hub.HasSequenceOf(instance) || hub.Sequences.Any(s => s.Name == hub.NameOf(instance) && s.Version == hub.VersionOf(instance));

    private bool HasName(Sequence sequence)
    {
        var isNamed = !string.IsNullOrEmpty(sequence.Name) && !string.IsNullOrEmpty(sequence.Version);
        if (!isNamed)
            _nameless.Add(sequence.Id);
        return isNamed;
    }

    private JObject Topics()
    {
        var topics = new JObject();
        var groups = All.Where(h => h.Version.SupportsManagement)
            .SelectMany(h => h.Topics.Where(t => t.ContentType is not null).Select(t => (Hub: h, Topic: t)))
            .GroupBy(t => (Space: HasSpaces ? t.Hub.Space : null, t.Topic.Name, t.Topic.ContentType))
            .OrderBy(g => g.Key.Name, StringComparer.Ordinal)
            .ThenBy(g => g.Key.ContentType, StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var topic = new JObject();
            Add(topics, group.Key.Name, topic);
            topic[StateFile.ContentTypeKey] = group.Key.ContentType;
            AddPlaces(topic, [.. group.Select(t => t.Hub).Distinct()], isWhole: false);
        }

        return topics;
    }

    /// <summary>Adds an entry. If its name is taken, it gets another key.</summary>
    private static void Add(JObject entries, string name, JObject entry)
    {
        var key = name;
        for (var i = 2; entries.Properties().Any(p => p.Name.Equals(key, StringComparison.OrdinalIgnoreCase)); i++)
            key = $"{name}-{i}";
        if (key != name)
            entry[StateFile.NameKey] = name;
        entries[key] = entry;
    }

    /// <summary>Adds the hubs of an entry, unless they are those of the whole file.</summary>
    private void AddPlaces(JObject entry, HubState[] places, bool isWhole)
    {
        if (IsStandalone)
            return;

        var spaces = places.Select(p => p.Space).Distinct().ToArray();
        var all = All.Where(h => !HasSpaces || spaces.Contains(h.Space)).ToArray();
        if (HasSpaces && (isWhole || spaces.Length < All.Select(h => h.Space).Distinct().Count()))
            entry[StateFile.SpacesKey] = new JArray(spaces.Cast<object>().ToArray());
        if (isWhole || places.Length < all.Length)
            entry[StateFile.HubsKey] = new JArray(places.Select(p => Escape(p.Hub)).Distinct());
    }

    private static string Escape(string id) => System.Management.Automation.WildcardPattern.Escape(id);

    private JObject Instances(string sequence, JObject settings, int count, HubState[] places, HubState[] all)
    {
        var entry = new JObject();
        if (count > 1)
            entry[StateFile.CountKey] = count;
        if (places.Length < all.Length)
            entry[StateFile.HubsKey] = new JArray(places.Select(p => Escape(p.Hub)));
        foreach (var field in settings.Properties())
            entry[field.Name] = field.Name == StateFile.FingerprintKey ? field.Value : WithReferences($"{sequence}_{field.Name}", field.Value, isSecret: false);
        return entry;
    }

    private IEnumerable<(JObject Settings, int Count)> InstancesOf(HubState hub, string? name, string? version) =>
        hub.Running.Where(i => hub.NameOf(i) == name && hub.VersionOf(i) == version)
            .Select(i => SettingsOf(hub, i))
            .GroupBy(StateIdentity.Canonical)
            .Select(g => (g.First(), g.Count()))
            .ToArray();

    private JObject SettingsOf(HubState hub, Instance instance)
    {
        // A file of this session can have references in place of what the instance was started with.
        var template = includeSecrets ? null : instance.StartedWith.Template;
        var known = template ?? instance.StartedWith;
        var settings = StateSettings.ToJson(
            hub.Version.SupportsStartOptions ? known : new StartOptions { AppConfig = known.AppConfig, ArgumentList = known.ArgumentList });
        if (template is null)
            settings = StateReferences.Escape(settings);
        if (instance.AppConfig is not null)
            return settings;

        _unknown.Add($"{instance.Id} on {instance.Hub}");
        if (StateIdentity.Parse(instance.Id) is { } identity)
            settings[StateFile.FingerprintKey] = identity.Fingerprint;
        return settings;
    }

    /// <summary>Returns a value with references to environment variables in place of secrets.</summary>
    private JToken WithReferences(string path, JToken value, bool isSecret) => value switch
    {
        JObject fields => new JObject(fields.Properties().Select(
            p => new JProperty(p.Name, WithReferences($"{path}_{p.Name}", p.Value, isSecret || SecretFields.IsSecret(p.Name))))),
        JArray items => new JArray(items.Select((item, i) => WithReferences($"{path}_{i}", item, isSecret || IsSecretOption(items.ElementAtOrDefault(i - 1))))),
        { Type: JTokenType.String } when !includeSecrets && !StateReferences.Has(value) => WithReference(path, (string)value!, isSecret),
        _ => value,
    };

    private string WithReference(string path, string text, bool isSecret)
    {
        if (isSecret && text.Length > 0)
            return StateReferences.To(VariableFor(path, text));
        return SecretFields.SplitOption(text) is { } option ? option.Option + StateReferences.To(VariableFor($"{path}_{option.Name}", option.Value)) : text;
    }

    /// <summary>Whether an argument is an option whose value is the next one.</summary>
    private static bool IsSecretOption(JToken? argument) => argument is JValue { Value: string text }
        && text.StartsWith("-", StringComparison.Ordinal) && text.IndexOf('=') < 0 && SecretFields.IsSecret(text.TrimStart('-'));

    private string VariableFor(string path, string secret)
    {
        var start = Regex.Replace(path.Replace("_appConfig_", "_"), "[^A-Za-z0-9]+", "_").Trim('_').ToUpperInvariant();
        var name = start;
        for (var i = 2; _variables.TryGetValue(name, out var other) && other != secret; i++)
            name = $"{start}_{i}";
        _variables[name] = secret;
        return name;
    }
}
