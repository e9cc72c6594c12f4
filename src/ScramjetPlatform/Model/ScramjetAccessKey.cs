using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace ScramjetPlatform;

/// <summary>An access key that was just made.</summary>
public sealed class ScramjetAccessKey
{
    private const string CreatedField = "created";
    private const string DescriptionField = "description";

    private static readonly string[] KeyFields = ["accessKey", "apiKey", "key", "token"];

    /// <summary>Whatever text the answer holds may be the secret: none is shown unless that is asked for.</summary>
    internal ScramjetAccessKey(string space, string description, JObject answer, bool plain)
    {
        Space = space;
        Description = description;
        Created = answer[CreatedField] is JValue { Value: long ms } ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : DateTimeOffset.UtcNow;
        object Shown(string text) => plain ? text : Secret.Protect(text);
        var texts = answer.Properties().Where(p => p.Value.Type == JTokenType.String && p.Name is not (DescriptionField or CreatedField)).ToList();
        var key = KeyFields.Select(name => texts.Find(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(p => p is not null) ?? texts.FirstOrDefault();
        AccessKey = key is null ? null : Shown((string)key.Value!);
        AdditionalData = answer.Properties()
            .Where(p => p != key && p.Name is not (DescriptionField or CreatedField))
            .ToDictionary(p => p.Name, p => (object?)Shown(Convert.ToString((p.Value as JValue)?.Value ?? p.Value, CultureInfo.InvariantCulture) ?? ""));
    }

    /// <summary>The key: a SecureString, or a string where that was asked for.</summary>
    public object? AccessKey { get; }

    /// <summary>What it is for.</summary>
    public string Description { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>The space's id.</summary>
    public string Space { get; }

    /// <summary>What else the platform answered, as secret as the key.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalData { get; }

    /// <summary>The description; never the key.</summary>
    public override string ToString() => Description;
}
