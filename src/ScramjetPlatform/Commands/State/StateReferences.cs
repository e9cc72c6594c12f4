using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace ScramjetPlatform;

/// <summary>
/// References to environment variables in the texts of a state file: <c>${env:NAME}</c> is the value of the variable, and <c>$${env:NAME}</c> the text itself.
/// </summary>
internal static class StateReferences
{
    private static readonly Regex s_reference = new(@"(?<escape>\$)?\$\{env:(?<name>[^{}]*)\}", RegexOptions.CultureInvariant);

    /// <summary>Returns whether a value contains a reference.</summary>
    public static bool Has(JToken token) => token switch
    {
        JContainer items => items.Children().Any(Has),
        JValue { Type: JTokenType.String } text => s_reference.Matches((string)text!).Cast<Match>().Any(m => !m.Groups["escape"].Success),
        _ => false,
    };

    /// <summary>Returns the values of the variables that a value refers to.</summary>
    public static IEnumerable<string> Values(JToken token) => token switch
    {
        JContainer items => items.Children().SelectMany(Values),
        JValue { Type: JTokenType.String } text => s_reference.Matches((string)text!).Cast<Match>()
            .Where(m => !m.Groups["escape"].Success).Select(m => Environment.GetEnvironmentVariable(m.Groups["name"].Value)).OfType<string>(),
        _ => [],
    };

    /// <summary>Returns a copy of a value whose texts <see cref="Resolve"/> returns unchanged.</summary>
    public static JObject Escape(JObject value)
    {
        var copy = (JObject)value.DeepClone();
        foreach (var text in copy.DescendantsAndSelf().OfType<JValue>().Where(v => v.Type == JTokenType.String))
            text.Value = Escape((string)text!);
        return copy;
    }

    /// <summary>Returns the reference to a variable.</summary>
    public static string To(string name) => $"${{env:{name}}}";

    /// <summary>Returns a copy of a value with the values of the variables. A variable that isn't set is an error.</summary>
    public static JToken Resolve(StateNode node) => node.Token switch
    {
        JObject => new JObject(node.Entries().Select(e => new JProperty(e.Key, Resolve(e.Value)))),
        JArray => new JArray(node.Items().Select(Resolve)),
        JValue { Type: JTokenType.String } text => s_reference.Replace((string)text!, reference => Value(node, reference)),
        var other => other.DeepClone(),
    };

    private static string Escape(string text) => s_reference.Replace(text, "$$$0");

    private static string Value(StateNode node, Match reference)
    {
        if (reference.Groups["escape"].Success)
            return reference.Value.Substring(1);

        var name = reference.Groups["name"].Value;
        if (name.Length == 0 || name.IndexOfAny(['=', '\0']) >= 0)
            throw node.Error($"'{reference.Value}' has no valid name of an environment variable", "Write it as ${env:NAME}.");
        return Environment.GetEnvironmentVariable(name) ?? throw node.Error(
            $"the environment variable '{name}' isn't set",
            $"Set it for this process, such as $env:{name} = Get-Secret {name} -AsPlainText.");
    }
}
