using System;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client.Model;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform.Binding;

/// <summary>The kinds of objects that a command may be given by the pipeline.</summary>
[Flags]
internal enum PipedKind
{
    /// <summary>Nothing of this module: text, a row, or any other object, which binds by value or by property name.</summary>
    Other = 0,

    Connection = 1,
    Space = 2,
    Hub = 4,
    Sequence = 8,
    Instance = 16,
    Topic = 32,
    StoreItem = 64,

    /// <summary>Another object that this module writes, such as a version. No command takes it.</summary>
    Record = 128,

    /// <summary>What says where a command looks or acts.</summary>
    Places = Connection | Space | Hub,
}

/// <summary>The object of a record, unwrapped, and its kind.</summary>
internal readonly struct PipedObject(object? value)
{
    public object? Value { get; } = PipedKinds.Unwrap(value);

    public PipedKind Kind => PipedKinds.Of(Value);
}

/// <summary>Determines the kind of an object from the pipeline.</summary>
internal static class PipedKinds
{
    private const string Deserialized = "Deserialized.";

    private static readonly PipedKind[] s_named = [PipedKind.Connection, PipedKind.Space, PipedKind.Hub, PipedKind.Sequence, PipedKind.Instance, PipedKind.Topic, PipedKind.StoreItem];

    /// <summary>The object itself: without PowerShell's wrapping, and the item of a tree's node.</summary>
    public static object? Unwrap(object? value)
    {
        var plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return plain is ScramjetTreeNode node ? node.Item : plain;
    }

    /// <summary>The kind of an unwrapped object. One that was read from a file, such as by Import-Clixml, has the kind that it had.</summary>
    public static PipedKind Of(object? value) => value switch
    {
        null => PipedKind.Other,
        ScramjetConnection => PipedKind.Connection,
        Space => PipedKind.Space,
        Scramjet.Client.Model.Hub => PipedKind.Hub,
        Sequence => PipedKind.Sequence,
        Instance => PipedKind.Instance,
        Topic => PipedKind.Topic,
        StoreItem => PipedKind.StoreItem,

        // A report counts as what it is about.
        InstanceHealth or ScramjetEvent or LogEntry { Instance: not null } => PipedKind.Instance,
        DisconnectedHub or LoadCheck { Hub: not null } or LogEntry { Hub: not null } or AuditEntry { Hub: not null } or ScramjetConfiguration { Hub: not null } => PipedKind.Hub,
        AccessKey or ScramjetAccessKey or LoadCheck { Space: not null } or ScramjetConfiguration { Space: not null } => PipedKind.Space,
        Entity or ScramjetVersion or ScramjetConfiguration => PipedKind.Record,
        PSObject row => OfRow(row),
        _ => PipedKind.Other,
    };

    /// <summary>The kinds as words, for messages: "a connection, a space or a hub".</summary>
    public static string Describe(PipedKind kinds)
    {
        var words = s_named.Where(k => (kinds & k) != 0).Select(Word).ToArray();
        return words.Length < 2 ? string.Concat(words) : $"{string.Join(", ", words.Take(words.Length - 1))} or {words[words.Length - 1]}";
    }

    private static string Word(PipedKind kind) => kind switch
    {
        PipedKind.Instance => "an instance",
        PipedKind.StoreItem => "a store item",
        _ => "a " + kind.ToString().ToLowerInvariant(),
    };

    private static PipedKind OfRow(PSObject row)
    {
        var type = row.TypeNames.Count > 0 ? row.TypeNames[0] : "";
        if (!type.StartsWith(Deserialized, StringComparison.Ordinal))
            return PipedKind.Other;

        // A node of a tree stands for its item here too.
        type = type.Substring(Deserialized.Length);
        if (type == typeof(ScramjetTreeNode).FullName)
            type = $"{typeof(Entity).Namespace}.{row.Properties[nameof(ScramjetTreeNode.Kind)]?.Value}";
        return s_named.FirstOrDefault(k => type == $"{typeof(Entity).Namespace}.{k}") is var kind and not PipedKind.Other ? kind
            : type.StartsWith(typeof(Entity).Namespace + ".", StringComparison.Ordinal) || type.StartsWith(typeof(ScramjetConnection).Namespace + ".", StringComparison.Ordinal) ? PipedKind.Record
            : PipedKind.Other;
    }
}
