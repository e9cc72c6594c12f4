using System.Text;
using System.Globalization;

namespace Scramjet.Client;

/// <summary>
/// Makes text for people. Text from servers and programs is made safe to display: without characters that move the cursor, are invisible or change the
/// direction.
/// </summary>
internal static class DisplayText
{
    private const int ShortIdLength = 8;

    /// <summary>Returns the beginning of an id, by which people tell objects apart.</summary>
    public static string ShortId(string id) => id.Length > ShortIdLength ? id.Substring(0, ShortIdLength) : id;

    /// <summary>Returns a phrase such as <c>1 hub</c> or <c>2 hubs</c>.</summary>
    public static string Amount(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    /// <summary>Replaces each run of control, format and other invisible characters with one space. Returns null for null.</summary>
    public static string? Clean(string? text)
    {
        if (text is null || IsClean(text))
            return text;

        var result = new StringBuilder(text.Length);
        var blank = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (IsShown(text, ref i, out var length))
            {
                result.Append(text, i, length);
                i += length - 1;
                blank = false;
            }
            else
            {
                if (!blank)
                    result.Append(' ');
                blank = true;
            }
        }

        return result.ToString();
    }

    private static bool IsClean(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or (>= '\u007f' and <= '\u009f') || (c > '\u00ac' && !IsShown(char.GetUnicodeCategory(c))) || char.IsSurrogate(c))
                return false;
        }

        return true;
    }

    /// <summary>Returns whether the character at the index is visible, and its length in UTF-16 code units.</summary>
    private static bool IsShown(string text, ref int index, out int length)
    {
        length = index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]) ? 2 : 1;
        var category = CharUnicodeInfo.GetUnicodeCategory(text, index);
        if (!IsShown(category) && length == 2)
            index++;
        return IsShown(category);
    }

    private static bool IsShown(UnicodeCategory category) => category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse);
}
