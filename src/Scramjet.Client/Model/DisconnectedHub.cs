namespace Scramjet.Client.Model;

/// <summary>A hub that a space has disconnected.</summary>
public sealed class DisconnectedHub : Entity
{
    internal DisconnectedHub(JsonFields fields, string space)
    {
        Space = space;
        Hub = fields.Text("sthId") ?? fields.RequiredId();
        Reason = fields.Text("reason");
        AdditionalData = fields.Rest();
    }

    /// <summary>The hub's id.</summary>
    public string Hub { get; }

    /// <summary>Why the hub was disconnected.</summary>
    public string? Reason { get; }

    /// <summary>The space's id.</summary>
    public string Space { get; }

    /// <summary>The hub's id.</summary>
    public override string ToString() => Hub;
}
