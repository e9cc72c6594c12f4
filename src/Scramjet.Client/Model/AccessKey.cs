using System;

namespace Scramjet.Client.Model;

/// <summary>An access key of a space, without the key itself.</summary>
public sealed class AccessKey : Resource
{
    private readonly string _address;

    internal AccessKey(JsonFields fields, string space, string address)
    {
        _address = address;
        Space = space;
        Description = fields.Text("description");
        Created = fields.Time("created");
        AdditionalData = fields.Rest();
    }

    /// <summary>The description.</summary>
    public string? Description { get; }

    /// <summary>When the key was created.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>The space's id.</summary>
    public string Space { get; }

    private protected override string Address => _address;

    private protected override string Identity => $"{_address} {Created:O} {Description}";

    /// <summary>The description.</summary>
    public override string ToString() => Description ?? "";
}
