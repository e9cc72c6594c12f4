using System.Collections.Specialized;

namespace Scramjet.Client.Model;

/// <summary>The properties of a sequence in a response that lists sequences or contains an instance.</summary>
internal sealed class SequenceFacts
{
    public SequenceFacts(JsonFields fields)
    {
        Id = fields.Text("id");
        var config = fields.Object("config");
        Name = fields.Text("name") ?? config?.Text("name");
        Version = config?.Text("version");
        Location = fields.Text("location");
        Config = fields.Plain("config") as OrderedDictionary;
    }

    public string? Id { get; }

    public string? Name { get; }

    public string? Version { get; }

    public string? Location { get; }

    public OrderedDictionary? Config { get; }
}
