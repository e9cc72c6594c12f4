using System;

namespace Scramjet.Client.Model;

/// <summary>An access key of a space, as listed: never the key itself.</summary>
public sealed class AccessKey : Entity
{
    internal AccessKey(JsonFields fields, string space)
    {
        Space = space;
        Description = fields.Text("description");
        Created = fields.Time("created");
        AdditionalData = fields.Rest();
    }

    /// <summary>What its maker wrote about it.</summary>
    public string? Description { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>The space's id.</summary>
    public string Space { get; }
}
