using System;
using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>What an instance in a state file is started with, and how a running instance differs from it.</summary>
/// <param name="written">The settings as they are in the file, with references to environment variables.</param>
/// <param name="resolved">The same with the values of the variables.</param>
internal sealed class StateSettings(StartOptions written, StartOptions resolved)
{
    private const int LongestValue = 200;
    private const string Hidden = "***";
    private const string Configuration = "appConfig";
    private const string Limits = "limits";

    private readonly Dictionary<string, string> _fingerprints = new(StringComparer.Ordinal);

    /// <summary>The fingerprint in the file, in place of the configuration and the limits; null if these are known.</summary>
    public string? GivenFingerprint { get; set; }

    /// <summary>The values of the environment variables that the settings refer to.</summary>
    public IEnumerable<string> Secrets => StateReferences.Values(ToJson(written));

    /// <summary>Whether the instance exchanges data with topics.</summary>
    public bool HasTopics => Topics.Any();

    /// <summary>The topics of the instance.</summary>
    public IEnumerable<string> Topics => new[] { resolved.InputTopic, resolved.OutputTopic }.OfType<string>();

    /// <summary>Whether the instance can only be started on hubs that take more than a configuration and arguments.</summary>
    public bool RequiresStartOptions => HasTopics || HasFields(resolved.Limits) || GivenFingerprint is not null;

    /// <summary>Returns the options to start the instance with.</summary>
    /// <param name="id">Its id; null if the hub chooses it.</param>
    public StartOptions ToOptions(string? id)
    {
        var options = resolved.Clone();
        options.InstanceId = id;
        options.Template = StateReferences.Has(ToJson(written)) ? written : null;
        return options;
    }

    /// <summary>Returns the fingerprint of the settings.</summary>
    /// <param name="sequence">The name of the sequence.</param>
    public string Fingerprint(string sequence)
    {
        if (GivenFingerprint is not null)
            return GivenFingerprint;

        lock (_fingerprints)
        {
            if (!_fingerprints.TryGetValue(sequence, out var fingerprint))
                _fingerprints[sequence] = fingerprint = StateIdentity.FingerprintOf(sequence, ToJson(resolved));
            return fingerprint;
        }
    }

    /// <summary>Describes the settings without secrets.</summary>
    public string Describe()
    {
        var parts = ToJson(written).Properties().Select(p => $"{p.Name} {Show(p.Name, p.Value, p.Value)}").ToList();
        if (GivenFingerprint is not null)
            parts.Add($"fingerprint {GivenFingerprint}");
        return string.Join(", ", parts);
    }

    /// <summary>Returns how a running instance differs, in a line for each difference.</summary>
    /// <param name="instance">The instance, as its hub tells it.</param>
    /// <param name="sequence">The name of its sequence.</param>
    public IReadOnlyList<string> Compare(Instance instance, string sequence)
    {
        var started = instance.StartedWith;
        var known = StateIdentity.Parse(instance.Id)?.Fingerprint;
        var differences = new List<string>();
        if (known is not null && known == Fingerprint(sequence) && GivenFingerprint is null)
            return differences;

        Add(differences, "args", resolved.ArgumentList ?? [], written.ArgumentList ?? [], started.ArgumentList ?? []);
        Add(differences, "inputTopic", resolved.InputTopic, started.InputTopic);
        Add(differences, "outputTopic", resolved.OutputTopic, started.OutputTopic);
        if (GivenFingerprint is not null)
        {
            if (known != GivenFingerprint)
                differences.Add($"fingerprint: {known ?? "none"} -> {GivenFingerprint}");
            return differences;
        }

        var isToldAll = started.AppConfig is not null && instance.KnowsLimits;
        if (started.AppConfig is not null)
            Add(differences, Configuration, resolved.AppConfig ?? [], written.AppConfig ?? [], started.AppConfig);
        else if (known is null && HasFields(resolved.AppConfig))
            differences.Add($"{Configuration}: unknown -> {Show(Configuration, written.AppConfig!, written.AppConfig!)}");
        if (instance.KnowsLimits)
            Add(differences, Limits, resolved.Limits ?? [], written.Limits ?? [], started.Limits ?? []);
        else if (known is null && HasFields(resolved.Limits))
            differences.Add($"{Limits}: unknown -> {Show(Limits, written.Limits!, written.Limits!)}");
        if (known is not null && differences.Count == 0 && !isToldAll)
            differences.Add("settings: changed since the start, which the id of the instance tells, but its hub doesn't tell how");
        return differences;
    }

    /// <summary>Returns the settings as the fields of a startup config. Settings that are empty are left out.</summary>
    public static JObject ToJson(StartOptions options)
    {
        var fields = new JObject();
        if (options.ArgumentList is { Count: > 0 } arguments)
            fields["args"] = arguments.DeepClone();
        if (HasFields(options.AppConfig))
            fields[Configuration] = options.AppConfig!.DeepClone();
        if (HasFields(options.Limits))
            fields[Limits] = options.Limits!.DeepClone();
        if (options.InputTopic is not null)
            fields["inputTopic"] = options.InputTopic;
        if (options.OutputTopic is not null)
            fields["outputTopic"] = options.OutputTopic;
        return fields;
    }

    private static bool HasFields(JObject? fields) => fields is { Count: > 0 };

    /// <summary>A topic that the file doesn't name may be one that the program names itself, which hubs tell in the same way.</summary>
    private static void Add(List<string> differences, string path, string? wanted, string? found)
    {
        if (wanted is not null && wanted != found)
            differences.Add($"{path}: {found ?? "none"} -> {wanted}");
    }

    private static void Add(List<string> differences, string path, JToken wanted, JToken shown, JToken found)
    {
        if (StateIdentity.Canonical(wanted) == StateIdentity.Canonical(found))
            return;
        if (wanted is not JObject fields || found is not JObject others)
        {
            differences.Add($"{path}: {Show(path, found, shown)} -> {Show(path, shown, shown)}");
            return;
        }

        foreach (var name in fields.Properties().Concat(others.Properties()).Select(p => p.Name).Distinct(StringComparer.Ordinal))
        {
            var at = $"{path}.{name}";
            if (fields[name] is not { } value)
                differences.Add($"{at}: {Show(at, others[name]!, others[name]!)} -> none");
            else if (others[name] is not { } other)
                differences.Add($"{at}: none -> {Show(at, shown[name]!, shown[name]!)}");
            else
                Add(differences, at, value, shown[name]!, other);
        }
    }

    /// <summary>Returns a value without secrets: what a reference stands for, and values whose names say that they are secret.</summary>
    /// <param name="path">The names of the value.</param>
    /// <param name="value">The value.</param>
    /// <param name="written">The value in the file.</param>
    private static string Show(string path, JToken value, JToken written)
    {
        var hasReference = StateReferences.Has(written);
        var isSecret = path.Split('.').Any(SecretFields.IsSecret);
        if (isSecret ? !(hasReference && ReferenceEquals(value, written)) : hasReference && !ReferenceEquals(value, written))
            return Hidden;

        var text = SecretFields.Hide(value.ToString(Newtonsoft.Json.Formatting.None));
        return text.Length <= LongestValue ? text : text.Substring(0, LongestValue) + "...";
    }
}
