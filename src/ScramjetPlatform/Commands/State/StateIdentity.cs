using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Packaging;

namespace ScramjetPlatform;

/// <summary>
/// The id of an instance that a state file describes: a UUID of version 8 that is made of the names in the file, a number, and a fingerprint of what the
/// instance is started with. So the id tells whether an instance is as the file says, also on hubs that don't tell what an instance was started with.
/// </summary>
/// <param name="Owner">The hash of the hub and the names in the file: 12 hexadecimal digits.</param>
/// <param name="Number">Distinguishes instances that are otherwise the same: 3 hexadecimal digits.</param>
/// <param name="Fingerprint">The hash of what the instance is started with: 16 hexadecimal digits, of which the first one is 8, 9, a or b.</param>
internal sealed record StateIdentity(string Owner, int Number, string Fingerprint)
{
    /// <summary>The maximum number of instances that are the same.</summary>
    public const int MaxInstances = 0xfff;

    private const char Version = '8';
    private const int OwnerDigits = 12;
    private const int FingerprintBytes = 8;

    /// <summary>
    /// The fingerprint may be of a weak secret, and everyone who can list instances can read it: so guessing takes this many hashes for each try.
    /// </summary>
    private const int Iterations = 20_000;

    /// <summary>Reads the id of an instance; null if it isn't one of these.</summary>
    public static StateIdentity? Parse(string id)
    {
        if (!Guid.TryParseExact(id, "D", out var guid))
            return null;

        var digits = guid.ToString("N");
        return digits[OwnerDigits] == Version && digits[16] is '8' or '9' or 'a' or 'b'
            ? new StateIdentity(
                digits.Substring(0, OwnerDigits),
                int.Parse(digits.Substring(OwnerDigits + 1, 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                digits.Substring(16))
            : null;
    }

    /// <summary>Returns whether another id is of the same entry with the same settings.</summary>
    public bool IsSame(StateIdentity? other) => other?.Owner == Owner && other.Fingerprint == Fingerprint;

    /// <summary>Returns the hash of names.</summary>
    public static string OwnerOf(params string[] names)
    {
        using var sha = SHA256.Create();
        return ContentHash.Hex(sha.ComputeHash(Encoding.UTF8.GetBytes(string.Join("\n", names)))).Substring(0, OwnerDigits);
    }

    /// <summary>Returns the fingerprint of what an instance is started with.</summary>
    /// <param name="sequence">The name of its sequence.</param>
    /// <param name="settings">What it is started with.</param>
    public static string FingerprintOf(string sequence, JToken settings)
    {
        var salt = Encoding.UTF8.GetBytes($"ScramjetPlatform state of {sequence}");
        using var hash = new Rfc2898DeriveBytes(Encoding.UTF8.GetBytes(Canonical(settings)), salt, Iterations);
        var bytes = hash.GetBytes(FingerprintBytes);
        bytes[0] = (byte)((bytes[0] & 0x3f) | 0x80);
        return ContentHash.Hex(bytes);
    }

    /// <summary>Returns whether a text can be a fingerprint.</summary>
    public static bool IsFingerprint(string text) =>
        text.Length == 2 * FingerprintBytes && Parse($"00000000-0000-8000-{text.Substring(0, 4)}-{text.Substring(4)}")?.Fingerprint == text;

    /// <summary>Returns JSON that is equal for equal values: names are ordered, and a number has one form.</summary>
    public static string Canonical(JToken token)
    {
        var text = new StringBuilder();
        Append(text, token);
        return text.ToString();
    }

    /// <summary>Returns the id.</summary>
    public override string ToString()
    {
        var digits = $"{Owner}{Version}{Number:x3}{Fingerprint}";
        return Guid.ParseExact(digits, "N").ToString("D");
    }


    private static void Append(StringBuilder text, JToken token)
    {
        switch (token)
        {
            case JObject fields:
                AppendAll(text, '{', fields.Properties().OrderBy(p => p.Name, StringComparer.Ordinal), p =>
                {
                    Append(text, new JValue(p.Name));
                    text.Append(':');
                    Append(text, p.Value);
                }, '}');
                break;
            case JArray items:
                AppendAll(text, '[', items, item => Append(text, item), ']');
                break;
            case JRaw or JValue { Type: JTokenType.Integer or JTokenType.Float }:
                text.Append(NumberText(token.ToString(Newtonsoft.Json.Formatting.None)));
                break;
            default:
                text.Append(token.ToString(Newtonsoft.Json.Formatting.None));
                break;
        }
    }

    private static void AppendAll<T>(StringBuilder text, char open, IEnumerable<T> items, Action<T> append, char close)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;
            append(item);
        }

        text.Append(close);
    }

    /// <summary>A number that is written in several ways, such as 1.50 and 1.5, is one number.</summary>
    private static string NumberText(string text)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && (exact != 0 || IsZero(text)))
            return (exact / 1.000000000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var near) && !double.IsInfinity(near)
            ? near.ToString("R", CultureInfo.InvariantCulture)
            : text;
    }

    private static bool IsZero(string text) => text.Split('e', 'E')[0].All(c => c is '0' or '.' or '-' or '+');
}
