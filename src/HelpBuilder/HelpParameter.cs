using System;
using System.Collections.Generic;
using System.Linq;

namespace ScramjetPlatform.HelpBuilder;

/// <summary>A parameter as its page has it.</summary>
internal sealed class HelpParameter
{
    public const string AllSets = "(All)";

    private readonly Dictionary<string, string> _facts;

    public HelpParameter(string name, IReadOnlyList<string> description, string yaml)
    {
        Name = name;
        Description = description;
        _facts = yaml.Split('\n').Select(l => l.Split(':', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0].Trim(), p => p[1].Trim(), StringComparer.OrdinalIgnoreCase);
    }

    public string Name { get; }

    public IReadOnlyList<string> Description { get; }

    public string Type => _facts["Type"];

    public bool IsSwitch => Type == "SwitchParameter";

    public string Aliases => _facts.GetValueOrDefault("Aliases", "");

    public bool Required => _facts.GetValueOrDefault("Required") == "True";

    public string Position => _facts.GetValueOrDefault("Position", "Named");

    public string Default => _facts.GetValueOrDefault("Default value", "None");

    public string PipelineInput => _facts.GetValueOrDefault("Accept pipeline input", "False");

    public bool Wildcards => _facts.GetValueOrDefault("Accept wildcard characters") == "True";

    /// <summary>Whether it belongs to a parameter set.</summary>
    public bool IsIn(string set) => _facts["Parameter Sets"] is var sets && (sets == AllSets || sets.Split(',', StringSplitOptions.TrimEntries).Contains(set));
}
