using System.Globalization;
using System.Linq;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Model;

/// <summary>The limits of instances that hubs have. They ignore others, so that a misspelled one would have no effect.</summary>
internal static class InstanceLimits
{
    /// <summary>What to do about a limit that is wrong.</summary>
    public const string Advice = "Specify memory in megabytes, and gpu as true or false.";

    /// <summary>Returns what is wrong with limits; null if all are valid.</summary>
    public static string? FindWrong(JObject? limits) =>
        limits?.Properties().Select(limit => FindWrong(limit.Name, limit.Value)).FirstOrDefault(why => why is not null);

    /// <summary>Returns what is wrong with a limit; null if it is valid.</summary>
    public static string? FindWrong(string name, JToken value) => name switch
    {
        "memory" => value.Type == JTokenType.Null || IsPositive(value) ? null : "the limit memory must be a number of megabytes greater than 0",
        "gpu" => value.Type is JTokenType.Null or JTokenType.Boolean ? null : "the limit gpu must be true or false",
        _ => $"'{name}' isn't a limit; the limits are memory and gpu",
    };

    private static bool IsPositive(JToken value) => value.Type is JTokenType.Integer or JTokenType.Float or JTokenType.Raw
        && double.TryParse(value.ToString(Formatting.None), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number > 0;
}
