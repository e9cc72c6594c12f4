using System;
using System.Collections.Generic;
using System.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using Scramjet.Client.Streams;

namespace ScramjetPlatform;

/// <summary>Compares what a hub has with what a state file says of it, and says what is to be done. It makes no requests.</summary>
internal sealed class StatePlan
{
    private const string NotInFile = "the file doesn't have it";

    private readonly StateFile _file;
    private readonly HubState _hub;
    private readonly List<StateStep> _steps = [];
    private readonly List<ScramjetException> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _usedIds;

    private StatePlan(StateFile file, HubState hub)
    {
        _file = file;
        _hub = hub;
        _usedIds = new HashSet<string>(hub.Listed.Select(i => i.Id), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The hub.</summary>
    public HubState Hub => _hub;

    /// <summary>What is there and what is to be done, in the order in which it is shown.</summary>
    public IReadOnlyList<StateStep> Steps => _steps;

    /// <summary>What the file wants that the hub can't do.</summary>
    public IReadOnlyList<ScramjetException> Problems => _problems;

    /// <summary>What the hub has beside the file, and can't be changed.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Compares a hub with a file.</summary>
    /// <param name="file">The file, of which the packages were checked.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="prune">Whether the hub's sequences, instances and topics are removed that the file doesn't have.</param>
    public static StatePlan Of(StateFile file, HubState hub, bool prune)
    {
        var plan = new StatePlan(file, hub);
        plan.AddTopics();
        var wanted = file.Sequences.Where(s => s.IsOn(hub.Hub, hub.Space)).GroupBy(s => s.Name, StringComparer.Ordinal).ToArray();
        foreach (var group in wanted)
            new Group(plan, group.Key, [.. group]).AddSteps();
        if (prune)
            plan.AddRest(new HashSet<string>(wanted.Select(g => g.Key), StringComparer.Ordinal));
        return plan;
    }

    private ScramjetStateChange Change(StateAction action, StateKind kind, string name, string? setting) =>
        new(action, kind, name, _hub.Hub, _hub.Space) { Setting = setting };

    private void AddTopics()
    {
        var found = _hub.Topics.GroupBy(t => t.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        foreach (var same in _file.Topics.Where(t => t.Places.Include(_hub.Hub, _hub.Space)).GroupBy(t => t.Name, StringComparer.Ordinal))
        {
            var topic = same.First();
            var existing = found.TryGetValue(topic.Name, out var t) ? t : null;
            if (same.FirstOrDefault(o => !ContentTypes.AreSame(o.ContentType, topic.ContentType)) is { } other)
            {
                _problems.Add(new ScramjetException(
                    ErrorCodes.BadParameters,
                    $"{topic.Location} and {other.Location} give the topic '{topic.Name}' on '{_hub.Hub}' different content types.",
                    "Correct the file."));
                continue;
            }

            var isSame = existing is not null && (existing.ContentType is null || ContentTypes.AreSame(existing.ContentType, topic.ContentType));
            if (!isSame && !_hub.Version.SupportsManagement)
            {
                _problems.Add(NotSupported(topic.Location, $"creating the topic '{topic.Name}'"));
                continue;
            }

            if (!isSame && !TopicName.IsValid(topic.Name))
            {
                _problems.Add(new ScramjetException(
                    ErrorCodes.BadParameters,
                    $"{topic.Location}: the hub '{_hub.Hub}' can't create the topic '{topic.Name}', because it accepts only names with {TopicName.Characters}.",
                    "Use another name for the topic."));
                continue;
            }

            var change = Change(
                isSame ? StateAction.Same : existing is null ? StateAction.Add : StateAction.Change,
                StateKind.Topic,
                topic.Name,
                topic.Location);
            change.Description = topic.ContentType;
            if (existing is not null && !isSame)
                change.Differences = [$"{StateFile.ContentTypeKey}: {existing.ContentType} -> {topic.ContentType}"];
            _steps.Add(new StateStep(change) { Topic = topic });
        }
    }

    /// <summary>Adds the removal of what the file doesn't have.</summary>
    private void AddRest(HashSet<string> names)
    {
        foreach (var sequence in _hub.Sequences.Where(s => s.Name is null || !names.Contains(s.Name)))
        {
            AddRemoval(sequence, NotInFile);
            foreach (var instance in _hub.Running.Where(i => i.SequenceId == sequence.Id))
                AddRemoval(instance, sequence.Name ?? sequence.Id);
        }

        foreach (var instance in _hub.Running.Where(i => !_hub.HasSequenceOf(i) && !names.Contains(i.SequenceName ?? "")))
            AddRemoval(instance, instance.SequenceName ?? instance.SequenceId ?? instance.Id);

        // A topic that an instance uses belongs to the instance.
        var removed = new HashSet<string>(
            _steps.Where(s => s.Change.ActionCode == StateAction.Remove).Select(s => s.OldInstance?.Id).OfType<string>(),
            StringComparer.Ordinal);
        var staying = _hub.Running.Where(i => !removed.Contains(i.Id)).SelectMany(i => new[] { i.InputTopic, i.OutputTopic });
        var started = _steps.SelectMany(s => new[] { s.Options?.InputTopic, s.Options?.OutputTopic });
        var kept = new HashSet<string>(_file.Topics.Where(t => t.Places.Include(_hub.Hub, _hub.Space)).Select(t => t.Name), StringComparer.Ordinal);
        kept.UnionWith(staying.Concat(started).OfType<string>());
        foreach (var topic in _hub.Topics.Where(t => !kept.Contains(t.Name) && _hub.Version.SupportsManagement))
        {
            if (!TopicName.IsValid(topic.Name))
            {
                _warnings.Add(
                    $"The hub '{_hub.Hub}' has the topic '{topic.Name}', which the file doesn't have, and can't remove it: "
                        + $"it accepts only names with {TopicName.Characters}. The topic is there until the hub restarts.");
                continue;
            }

            var change = Change(StateAction.Remove, StateKind.Topic, topic.Name, null);
            change.Description = topic.ContentType ?? "";
            change.Differences = [NotInFile];
            _steps.Add(new StateStep(change));
        }
    }

    private void AddRemoval(Sequence sequence, string why)
    {
        var change = Change(StateAction.Remove, StateKind.Sequence, sequence.Name ?? sequence.Id, null);
        change.Id = sequence.Id;
        change.Description = sequence.Version ?? "";
        change.Differences = [why];
        _steps.Add(new StateStep(change) { OldSequence = sequence });
    }

    private void AddRemoval(Instance instance, string name)
    {
        var change = Change(StateAction.Remove, StateKind.Instance, name, null);
        change.Id = instance.Id;
        change.Description = Describe(instance);
        change.Differences = [NotInFile];
        _steps.Add(new StateStep(change) { OldInstance = instance });
    }

    private static string Describe(Instance instance) => new StateSettings(instance.StartedWith, instance.StartedWith).Describe();

    private ScramjetException NotSupported(string location, string what) => new(
        ErrorCodes.NotSupported,
        $"{location}: the hub '{_hub.Hub}' has version {_hub.Version}, which doesn't support {what}.",
        $"Name other hubs with {StateFile.HubsKey}, or use a hub of version 0.26 or newer.");

    /// <summary>
    /// Returns an id for a new instance that its hub doesn't list. Its number is random: a hub of 1.0.1 that is asked for one id twice at the same time, by two
    /// commands, runs two programs under it, and crashes when they end.
    /// </summary>
    private string NewId(string owner, string fingerprint)
    {
        var first = Guid.NewGuid().GetHashCode() & StateIdentity.MaxInstances;
        for (var i = 0; i <= StateIdentity.MaxInstances; i++)
        {
            var id = new StateIdentity(owner, (first + i) & StateIdentity.MaxInstances, fingerprint).ToString();
            if (_usedIds.Add(id))
                return id;
        }

        return Guid.NewGuid().ToString();
    }

    /// <summary>What the file and the hub have of a sequence's name: versions of the sequence, and their instances.</summary>
    private sealed class Group
    {
        private readonly StatePlan _plan;
        private readonly string _name;
        private readonly StateSequence[] _wanted;
        private readonly Sequence[] _found;
        private readonly Dictionary<string, PlannedSequence> _versions = new(StringComparer.Ordinal);
        private readonly Dictionary<string, PlannedSequence> _successors = new(StringComparer.Ordinal);
        private List<Instance> _instances;

        /// <summary>Whether instances can be there that the file isn't about.</summary>
        private bool _isOpen;

        /// <summary>Whether the file wants a version, or an instance of it, that the hub can't have. The other versions stay then.</summary>
        private bool _isIncomplete;

        public Group(StatePlan plan, string name, StateSequence[] wanted)
        {
            _plan = plan;
            _name = name;
            _wanted = wanted;
            _found = [.. Hub.Sequences.Where(s => s.Name == name)];
            _instances = [.. Hub.Running.Where(i => Hub.NameOf(i) == name).OrderBy(i => i.Created)];
            _isOpen = wanted.Any(s => s.Instances is null);
        }

        private HubState Hub => _plan._hub;

        public void AddSteps()
        {
            AddSequences();
            AddInstances();
            AddUnusedCopies();
        }

        private void AddSequences()
        {
            foreach (var sequence in _wanted.OrderBy(s => s.Package is null))
            {
                if (!_versions.ContainsKey(sequence.Version ?? ""))
                    _versions[sequence.Version ?? ""] = new PlannedSequence(sequence, Find(sequence.Version));
            }

            foreach (var missing in _versions.Values.Where(v => v.Existing is null && v.Source.Package is null).Select(v => v.Source).ToArray())
            {
                _isIncomplete = true;
                _versions.Remove(missing.Version ?? "");
                _plan._problems.Add(NotPublishable(missing));
            }

            // An instance that can't be started again isn't moved to another version.
            var fingerprints = _wanted.SelectMany(s => s.Instances ?? []).Select(i => i.Settings.GivenFingerprint).OfType<string>().ToArray();
            _isIncomplete |= _instances.Any(i => !HasVersionOf(i) && fingerprints.Contains(StateIdentity.Parse(i.Id)?.Fingerprint));
            _isOpen |= _isIncomplete;
            var old = new Queue<Sequence>(_isIncomplete ? [] : _found.Where(s => !_versions.ContainsKey(s.Version ?? "")));
            foreach (var planned in _versions.Values)
            {
                var (existing, replaced) = (planned.Existing, planned.Existing is null && old.Count > 0 ? old.Dequeue() : null);
                if (replaced is not null)
                    _successors[replaced.Id] = planned;
                var change = _plan.Change(
                    existing is not null ? StateAction.Same : replaced is not null ? StateAction.Change : StateAction.Add,
                    StateKind.Sequence,
                    _name,
                    planned.Source.Location);
                change.Id = existing?.Id ?? replaced?.Id;
                change.Description = $"{planned.Source.Version}{(planned.Source.Path is { } path ? $" from {path.Text()}" : "")}";
                if (replaced is not null)
                    change.Differences = [$"{StateFile.VersionKey}: {replaced.Version} -> {planned.Source.Version}"];
                _plan._steps.Add(new StateStep(change) { Sequence = planned, OldSequence = replaced });
            }

            foreach (var other in old)
            {
                _successors[other.Id] = _versions.Values.First();
                _plan.AddRemoval(other, "the file has another version of it");
            }
        }

        /// <summary>Returns the version on the hub. If there are several copies of it, this is the one with the most instances.</summary>
        private Sequence? Find(string? version) =>
            _found.Where(s => s.Version == version).OrderByDescending(s => _instances.Count(i => i.SequenceId == s.Id)).FirstOrDefault();

        /// <summary>
        /// Adds the removal of copies with the same content, such as one that another command has published at the same time. Without the hash in its version,
        /// the content of a copy isn't known.
        /// </summary>
        private void AddUnusedCopies()
        {
            var leaving = new HashSet<string?>(_plan._steps.Where(s => s.Change.ActionCode != StateAction.Same).Select(s => s.OldInstance?.Id));
            var used = new HashSet<string?>(Hub.Running.Where(i => !leaving.Contains(i.Id)).Select(i => i.SequenceId));
            foreach (var copy in _found.Where(s => ContentHash.IsIn(s.Version) && !used.Contains(s.Id)))
            {
                if (_versions.TryGetValue(copy.Version!, out var planned) && planned.Existing?.Id != copy.Id)
                    _plan.AddRemoval(copy, $"it is another copy of {copy.Version}, which no instance uses");
            }
        }

        private ScramjetException NotPublishable(StateSequence sequence)
        {
            var others = string.Join(", ", _found.Select(s => s.Version).Distinct());
            return new ScramjetException(
                ErrorCodes.NotFound,
                $"{sequence.Location}.{StateFile.VersionKey}: the hub '{Hub.Hub}' doesn't have version {sequence.Version} of '{_name}'"
                    + $"{(others.Length == 0 ? "" : $", only {others}")}, and the file has no {StateFile.PathKey} to publish it from.",
                $"Correct the version, or replace {StateFile.VersionKey} with {StateFile.PathKey}, the folder or package of the sequence.");
        }

        private void AddInstances()
        {
            // What runs of another version is left alone if that version stays.
            if (_isIncomplete)
                _instances.RemoveAll(i => !HasVersionOf(i));

            // Those of other copies come last, so that the copies can be removed.
            var kept = new HashSet<string?>(_versions.Values.Select(v => v.Existing?.Id));
            _instances = [.. _instances.OrderBy(i => !kept.Contains(i.SequenceId))];
            var slots = _wanted.SelectMany(Slots).ToArray();
            Match(slots, (slot, instance) => slot.IsOwned(instance) && IsSame(slot, instance));
            Match(slots, IsSame);
            Match(slots, static (slot, instance) => slot.IsOwned(instance));
            Match(slots, static (_, _) => true);
            foreach (var slot in slots)
                Add(slot);

            foreach (var instance in _instances)
            {
                if (!_isOpen)
                    _plan.AddRemoval(instance, _name);
                else if (_successors.TryGetValue(instance.SequenceId ?? "", out var successor))
                    AddMove(instance, successor);
            }
        }

        private IEnumerable<Slot> Slots(StateSequence sequence)
        {
            foreach (var instances in sequence.Instances ?? [])
            {
                if (instances.Count == 0 || !instances.Places.Include(Hub.Hub, Hub.Space) || !_versions.ContainsKey(sequence.Version ?? ""))
                    continue;

                if (instances.Settings.RequiresStartOptions && !Hub.Version.SupportsStartOptions)
                {
                    _isOpen = true;
                    _plan._problems.Add(_plan.NotSupported(instances.Location, "topics, limits or ids for instances"));
                    continue;
                }

                var owner = StateIdentity.OwnerOf(Hub.Hub, sequence.Key, instances.Name);
                for (var i = 0; i < instances.Count; i++)
                    yield return new Slot(_name, instances, _versions[sequence.Version ?? ""], owner);
            }
        }

        /// <summary>Gives instances to slots that have none.</summary>
        private void Match(Slot[] slots, Func<Slot, Instance, bool> condition)
        {
            foreach (var slot in slots.Where(s => s.Instance is null))
            {
                if (_instances.FindIndex(i => condition(slot, i)) is var at && at < 0)
                    continue;
                slot.Instance = _instances[at];
                _instances.RemoveAt(at);
            }
        }

        private bool IsSame(Slot slot, Instance instance) => slot.Differences(instance, Hub.VersionOf(instance)).Count == 0;

        private void Add(Slot slot)
        {
            var instance = slot.Instance;
            var differences = instance is null ? [] : slot.Differences(instance, Hub.VersionOf(instance));
            var isSame = instance is not null && differences.Count == 0;
            if (!isSame && slot.Source.Settings.GivenFingerprint is not null)
            {
                _plan._problems.Add(NotStartable(slot));
                return;
            }

            var change = _plan.Change(
                isSame ? StateAction.Same : instance is null ? StateAction.Add : StateAction.Change,
                StateKind.Instance,
                _name,
                slot.Source.Location);
            change.Id = instance?.Id;
            change.Description = slot.Source.Settings.Describe();
            change.Differences = differences;
            var id = isSame || !Hub.Version.SupportsStartOptions ? null : _plan.NewId(slot.Owner, slot.Source.Settings.Fingerprint(_name));
            _plan._steps.Add(new StateStep(change)
            {
                Sequence = slot.Sequence,
                OldInstance = instance,
                Options = slot.Source.Settings.ToOptions(id),
                StopsFirst = slot.Source.StopsFirst,
            });
        }

        private ScramjetException NotStartable(Slot slot) => new(
            ErrorCodes.NotFound,
            $"{slot.Source.Location}.{StateFile.FingerprintKey}: the hub '{Hub.Hub}' doesn't run this instance of '{_name}', "
                + "and the file doesn't have the configuration to start it with.",
            $"Replace {StateFile.FingerprintKey} with appConfig and limits.");

        /// <summary>Adds the move of an instance that the file isn't about to the new version of its sequence.</summary>
        private void AddMove(Instance instance, PlannedSequence successor)
        {
            var change = _plan.Change(StateAction.Change, StateKind.Instance, _name, successor.Source.Location);
            change.Id = instance.Id;
            change.Description = Describe(instance);
            change.Differences = [$"{StateFile.VersionKey}: {Hub.VersionOf(instance)} -> {successor.Source.Version}"];
            _plan._steps.Add(new StateStep(change)
            {
                Sequence = successor,
                OldInstance = instance,
                Options = StartOptions.Of(instance),
                StopsFirst = instance.InputTopic is not null || instance.OutputTopic is not null,
            });
        }

        /// <summary>Returns whether the file has the version that an instance runs.</summary>
        private bool HasVersionOf(Instance instance) => _versions.ContainsKey(Hub.VersionOf(instance) ?? "");
    }

    /// <summary>An instance that is to run.</summary>
    private sealed class Slot(string name, StateInstances source, PlannedSequence sequence, string owner)
    {
        public StateInstances Source => source;

        public PlannedSequence Sequence => sequence;

        public string Owner => owner;

        public Instance? Instance { get; set; }

        /// <summary>Returns whether the instance was started for this entry of the file.</summary>
        public bool IsOwned(Instance instance) => StateIdentity.Parse(instance.Id)?.Owner == owner;

        /// <summary>Returns how an instance of a version of the sequence differs.</summary>
        public IReadOnlyList<string> Differences(Instance instance, string? version)
        {
            var differences = source.Settings.Compare(instance, name);
            return version == sequence.Source.Version ? differences : [$"{StateFile.VersionKey}: {version} -> {sequence.Source.Version}", .. differences];
        }
    }
}
