using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using Scramjet.Client.Json;

namespace Scramjet.Client.Model;

/// <summary>The properties of a sequence in a response that lists sequences or contains an instance.</summary>
internal sealed class SequenceFacts
{
    private readonly JsonMap? _config;

    public SequenceFacts(JsonFields fields)
    {
        Id = fields.Text("id");
        var config = fields.Object("config");
        Name = fields.Text("name") ?? config?.Text("name");
        Version = config?.Text("version");
        Location = fields.Text("location");
        _config = config?.Source;
    }

    public string? Id { get; }

    public string? Name { get; }

    public string? Version { get; }

    public string? Location { get; }

    /// <summary>A copy of the configuration.</summary>
    public OrderedDictionary? Config => JsonText.ToPlain(_config) as OrderedDictionary;
}

/// <summary>The sequences in a list of instances. Instances of the same sequence share its properties.</summary>
internal sealed class SharedSequenceFacts
{
    private readonly Dictionary<string, (JsonMap Source, SequenceFacts Facts)> _known = new(StringComparer.Ordinal);

    /// <summary>Reads the properties of a sequence, or returns those of an equal one.</summary>
    public SequenceFacts Read(JsonFields fields)
    {
        var id = fields.Text("id") ?? "";
        if (_known.TryGetValue(id, out var known) && JsonMap.AreEqual(known.Source, fields.Source))
            return known.Facts;
        var facts = new SequenceFacts(fields);
        _known[id] = (fields.Source, facts);
        return facts;
    }
}
