using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace ScramjetPlatform.HelpBuilder;

/// <summary>A parameter as its page has it.</summary>
internal sealed partial class HelpParameter(string name, IReadOnlyList<string> description, string yaml)
{
    private const string AllSets = "(All)";

    private static readonly IDeserializer Reader = new DeserializerBuilder().IgnoreUnmatchedProperties().Build();

    private readonly Facts _facts = Reader.Deserialize<Facts>(yaml);

    public string Name => name;

    public IReadOnlyList<string> Description => description;

    /// <summary>The type as people write it, without its namespace.</summary>
    public string Type => ShortName(_facts.Type);

    public bool IsSwitch => Type == "SwitchParameter";

    public IReadOnlyList<string> Aliases => _facts.Aliases;

    public string Default => _facts.DefaultValue is { Length: > 0 } value ? value : "None";

    public bool Wildcards => _facts.SupportsWildcards;

    /// <summary>What it is in one of its sets; null in all others.</summary>
    public InSet? In(string set) => _facts.ParameterSets.FirstOrDefault(s => s.Name == set || s.Name == AllSets);

    /// <summary>What it is in any of its sets.</summary>
    public InSet Anywhere => new()
    {
        Position = _facts.ParameterSets.Select(s => s.Position).Order(StringComparer.Ordinal).First(),
        IsRequired = _facts.ParameterSets.Any(s => s.IsRequired),
        ValueFromPipeline = _facts.ParameterSets.Any(s => s.ValueFromPipeline),
        ValueFromPipelineByPropertyName = _facts.ParameterSets.Any(s => s.ValueFromPipelineByPropertyName),
    };

    /// <summary>A type's name without its namespace.</summary>
    public static string ShortName(string type) => Namespace().Replace(type, "");

    [GeneratedRegex(@"^(\w+\.)+")]
    private static partial Regex Namespace();

    /// <summary>A parameter in one parameter set.</summary>
    internal sealed class InSet
    {
        public string Name { get; set; } = "";

        public string Position { get; set; } = "Named";

        public bool IsRequired { get; set; }

        public bool ValueFromPipeline { get; set; }

        public bool ValueFromPipelineByPropertyName { get; set; }

        /// <summary>How the pipeline gives it, as Get-Help says it.</summary>
        [YamlIgnore]
        public string PipelineInput => (ValueFromPipelineByPropertyName, ValueFromPipeline) switch
        {
            (true, true) => "True (ByPropertyName, ByValue)",
            (true, false) => "True (ByPropertyName)",
            (false, true) => "True (ByValue)",
            _ => "False",
        };
    }

    /// <summary>The block of facts that PlatyPS writes.</summary>
    private sealed class Facts
    {
        public string Type { get; set; } = "";

        public string? DefaultValue { get; set; }

        public bool SupportsWildcards { get; set; }

        public List<string> Aliases { get; set; } = [];

        public List<InSet> ParameterSets { get; set; } = [];
    }
}
