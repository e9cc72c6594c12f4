using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace ScramjetPlatform;

/// <summary>A new access key.</summary>
public sealed class ScramjetAccessKey
{
    private const string CreatedField = "created";
    private const string DescriptionField = "description";

    private static readonly string[] KeyFields = ["accessKey", "apiKey", "key", "token"];

    /// <summary>Creates an object from a response. Each string in it may be secret, so all are protected unless plain text is requested.</summary>
    internal ScramjetAccessKey(string space, string description, JObject answer, bool plain)
    {
        Space = space;
        Description = description;
        Created = answer[CreatedField] is JValue { Value: long ms } ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToLocalTime() : DateTimeOffset.Now;
        object Shown(string text) => plain ? text : Secret.Protect(text);
        var texts = answer.Properties().Where(p => p.Value.Type == JTokenType.String && p.Name is not (DescriptionField or CreatedField)).ToList();
        var key = KeyFields.Select(name => texts.Find(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(p => p is not null)
            ?? texts.FirstOrDefault();
        AccessKey = key is null ? null : Shown((string)key.Value!);
        AdditionalData = answer.Properties()
            .Where(p => p != key && p.Name is not (DescriptionField or CreatedField))
            .ToDictionary(p => p.Name, p => (object?)Shown(Convert.ToString((p.Value as JValue)?.Value ?? p.Value, CultureInfo.InvariantCulture) ?? ""));
    }

    /// <summary>The key: a SecureString, or a string if plain text was requested.</summary>
    public object? AccessKey { get; }

    /// <summary>The purpose of the key.</summary>
    public string Description { get; }

    /// <summary>When the key was created.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>The space's id.</summary>
    public string Space { get; }

    /// <summary>The other fields of the response, protected like the key.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalData { get; }

    /// <summary>Returns the description, and never the key.</summary>
    public override string ToString() => Description;
}
