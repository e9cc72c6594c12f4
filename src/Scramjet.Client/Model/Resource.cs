using System;

namespace Scramjet.Client.Model;

/// <summary>An object with an address. Objects with the same type and address are equal, regardless of their other properties.</summary>
public abstract class Resource : Entity, IEquatable<Resource>, IComparable
{
    /// <summary>The address of the object.</summary>
    public Uri Uri => new(Address);

    private protected abstract string Address { get; }

    /// <summary>The text that identifies the object among those of its type.</summary>
    private protected virtual string Identity => Address;

    /// <summary>Returns whether this object and the other one are the same resource.</summary>
    /// <param name="other">The other object.</param>
    public bool Equals(Resource? other) => other is not null && other.GetType() == GetType() && other.Identity == Identity;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Resource);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Identity);

    /// <summary>Compares the objects by their display texts, then by type and address, so that only equal objects compare as equal.</summary>
    /// <param name="obj">The other object.</param>
    public int CompareTo(object? obj)
    {
        if (obj is null)
            return 1;
        if (obj is not Resource other)
            throw new ArgumentException($"A {obj.GetType().Name} can't be compared with a {GetType().Name}.", nameof(obj));

        var order = StringComparer.OrdinalIgnoreCase.Compare(ToString(), other.ToString());
        if (order == 0)
            order = StringComparer.Ordinal.Compare(GetType().Name, other.GetType().Name);
        return order != 0 ? order : StringComparer.Ordinal.Compare(Identity, other.Identity);
    }
}
