using System;

namespace Scramjet.Client.Model;

/// <summary>An object with an address. Objects with the same type and address are equal, whatever their other properties.</summary>
public abstract class Resource : Entity, IEquatable<Resource>, IComparable
{
    /// <summary>Its own address.</summary>
    public Uri Uri => new(Address);

    private protected abstract string Address { get; }

    /// <summary>What tells it from all others of its kind.</summary>
    private protected virtual string Identity => Address;

    /// <summary>Whether it is the same thing.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(Resource? other) => other is not null && other.GetType() == GetType() && other.Identity == Identity;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Resource);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Identity);

    /// <summary>Orders by the text that each is shown by, and then by the address, so that only the same things rank the same.</summary>
    /// <param name="obj">The other one.</param>
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
