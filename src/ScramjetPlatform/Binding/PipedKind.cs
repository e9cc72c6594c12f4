using System;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client.Model;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform.Binding;

/// <summary>The kinds of objects that a command can receive from the pipeline.</summary>
[Flags]
internal enum PipedKind
{
    /// <summary>An object of another type, such as text or a row, which binds by value or by property name.</summary>
    Other = 0,

    Connection = 1,
    Space = 2,
    Hub = 4,
    Sequence = 8,
    Instance = 16,
    Topic = 32,
    StoreItem = 64,

    /// <summary>Another object of this module, such as a version. No command accepts it.</summary>
    Record = 128,

    /// <summary>The objects that specify where a command works.</summary>
    Places = Connection | Space | Hub,
}

/// <summary>The unwrapped object of a record, and its kind.</summary>
internal readonly struct PipedObject(object? value)
{
    public object? Value { get; } = PipedKinds.Unwrap(value);

    public PipedKind Kind => PipedKinds.Of(Value);
}

/// <summary>Determines the kind of an object from the pipeline.</summary>
internal static class PipedKinds
{
    private const string Deserialized = "Deserialized.";

    private static readonly PipedKind[] s_named =
    [
        PipedKind.Connection, PipedKind.Space, PipedKind.Hub, PipedKind.Sequence, PipedKind.Instance, PipedKind.Topic, PipedKind.StoreItem,
    ];

    /// <summary>Returns the object without PowerShell's wrapper, or the item of a tree node.</summary>
    public static object? Unwrap(object? value)
    {
        var plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return plain is ScramjetTreeNode node ? node.Item : plain;
    }

    /// <summary>Returns the kind of an unwrapped object. A deserialized object, for example from Import-Clixml, has its original kind.</summary>
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

        // A report has the kind of its subject.
        InstanceHealth or ScramjetEvent or ScramjetInstanceLine or LogEntry { Instance: not null } => PipedKind.Instance,
        DisconnectedHub or LoadCheck { Hub: not null } or LogEntry { Hub: not null } or AuditEntry { Hub: not null } => PipedKind.Hub,
        ScramjetConfiguration { Hub: not null } => PipedKind.Hub,
        AccessKey or ScramjetAccessKey or LoadCheck { Space: not null } or ScramjetConfiguration { Space: not null } => PipedKind.Space,
        Entity or ScramjetVersion or ScramjetConfiguration => PipedKind.Record,
        PSObject row => OfRow(row),
        _ => PipedKind.Other,
    };

    /// <summary>Returns the kinds as text for messages, such as "a connection, a space or a hub".</summary>
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

        // A deserialized tree node is treated as its item too.
        type = type.Substring(Deserialized.Length);
        if (type == typeof(ScramjetTreeNode).FullName)
            type = $"{typeof(Entity).Namespace}.{row.Properties[nameof(ScramjetTreeNode.Kind)]?.Value}";
        var kind = s_named.FirstOrDefault(k => type == $"{typeof(Entity).Namespace}.{k}");
        return kind != PipedKind.Other ? kind
            : type.StartsWith(typeof(Entity).Namespace + ".", StringComparison.Ordinal) ? PipedKind.Record
            : type.StartsWith(typeof(ScramjetConnection).Namespace + ".", StringComparison.Ordinal) ? PipedKind.Record
            : PipedKind.Other;
    }
}
