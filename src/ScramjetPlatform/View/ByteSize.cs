using System.Globalization;

namespace ScramjetPlatform.Formatting;

/// <summary>Sizes as people read them. The views use it too.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>A count of bytes with its unit, in steps of 1024, as PowerShell counts.</summary>
    /// <param name="bytes">The count; null gives an empty text.</param>
    public static string Format(long? bytes)
    {
        if (bytes is null)
            return "";

        double size = bytes.Value;
        var unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
            size /= 1024;
        return size.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
