using System;
using System.ComponentModel;
using System.Management.Automation;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// A reference to an object on the command line or in the pipeline: its id, its name, or the object itself. A row, for example from Import-Csv, refers to an
/// object with its Id, Hub and Space columns.
/// </summary>
public abstract class EntityReference
{
    private protected EntityReference(object value, string? text, string? hub, string? space)
    {
        Value = value;
        Text = text;
        Hub = string.IsNullOrEmpty(hub) ? null : hub;
        Space = string.IsNullOrEmpty(space) ? null : space;
    }

    /// <summary>The original value.</summary>
    public object Value { get; }

    /// <summary>The id, name or wildcard pattern; null for an object.</summary>
    public string? Text { get; }

    /// <summary>The hub in a row.</summary>
    public string? Hub { get; }

    /// <summary>The space in a row.</summary>
    public string? Space { get; }

    /// <summary>Whether the text is empty, for example that of an empty column.</summary>
    internal bool IsEmpty => Text is { Length: 0 };

    /// <summary>Returns whether all references are objects, which know their place.</summary>
    internal static bool AreObjects(EntityReference[] references) => references.Length > 0 && Array.TrueForAll(references, r => r.Text is null);

    /// <summary>Returns the text, or the object's id.</summary>
    public override string ToString() => Text ?? Value.ToString() ?? "";
}

/// <summary>A reference by name only.</summary>
internal sealed class NameReference(string name) : EntityReference(name, name, null, null);

/// <summary>A reference to a space, by id or object.</summary>
[TypeConverter(typeof(EntityReferenceConverter))]
public sealed class SpaceReference : EntityReference
{
    internal SpaceReference(object value, string? text, string? hub = null, string? space = null) : base(value, text, hub, space)
    {
    }
}

/// <summary>A reference to a hub, by id or object.</summary>
[TypeConverter(typeof(EntityReferenceConverter))]
public sealed class HubReference : EntityReference
{
    internal HubReference(object value, string? text, string? hub = null, string? space = null) : base(value, text, hub, space)
    {
    }
}

/// <summary>A reference to a sequence, by id, name or object.</summary>
[TypeConverter(typeof(EntityReferenceConverter))]
public sealed class SequenceReference : EntityReference
{
    internal SequenceReference(object value, string? text, string? hub = null, string? space = null) : base(value, text, hub, space)
    {
    }
}

/// <summary>A reference to an instance, by id or object.</summary>
[TypeConverter(typeof(EntityReferenceConverter))]
public sealed class InstanceReference : EntityReference
{
    internal InstanceReference(object value, string? text, string? hub = null, string? space = null) : base(value, text, hub, space)
    {
    }
}

/// <summary>A reference to a package in a store, by id, name or object.</summary>
[TypeConverter(typeof(EntityReferenceConverter))]
public sealed class StoreItemReference : EntityReference
{
    internal StoreItemReference(object value, string? text, string? hub = null, string? space = null) : base(value, text, hub, space)
    {
    }
}

/// <summary>Converts strings, objects of this module, and rows with an Id to references.</summary>
public sealed class EntityReferenceConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => Convert(sourceValue, destinationType) is not null;

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        Convert(sourceValue, destinationType)
        ?? throw new PSInvalidCastException($"A {sourceValue?.GetType().Name} can't be used as a {destinationType.Name}.");

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new NotSupportedException();

    private static EntityReference? Convert(object? source, Type destination)
    {
        var value = source is PSObject wrapped ? wrapped.BaseObject : source;
        if (value is ScramjetTreeNode node)
            value = node.Item;
        return value switch
        {
            string text => Create(destination, text, text, null, null),
            System.Collections.IList { Count: 1 } one => Convert(one[0], destination),
            Space when destination == typeof(SpaceReference) => Create(destination, value, null, null, null),
            Scramjet.Client.Model.Hub when destination == typeof(HubReference) => Create(destination, value, null, null, null),
            Sequence when destination == typeof(SequenceReference) => Create(destination, value, null, null, null),
            StoreItem when destination == typeof(StoreItemReference) => Create(destination, value, null, null, null),
            Instance when destination == typeof(InstanceReference) => Create(destination, value, null, null, null),
            PSCustomObject => FromRow((PSObject)source!, destination),
            _ => null,
        };
    }

    private static EntityReference? FromRow(PSObject row, Type destination)
    {
        var id = Column(row, destination.Name.Replace("Reference", "Id")) ?? Column(row, "Id");
        return string.IsNullOrEmpty(id) ? null : Create(destination, row, id, Column(row, "Hub"), Column(row, "Space"));
    }

    private static string? Column(PSObject row, string name) => row.Properties[name]?.Value?.ToString();

    private static EntityReference Create(Type destination, object value, string? text, string? hub, string? space) => destination.Name switch
    {
        nameof(SpaceReference) => new SpaceReference(value, text, hub, space),
        nameof(HubReference) => new HubReference(value, text, hub, space),
        nameof(StoreItemReference) => new StoreItemReference(value, text, hub, space),
        nameof(SequenceReference) => new SequenceReference(value, text, hub, space),
        _ => new InstanceReference(value, text, hub, space),
    };
}
