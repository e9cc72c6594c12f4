using System.Globalization;

namespace ScramjetPlatform.Formatting;

/// <summary>Formats sizes for display. The views use it too.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>Formats a number of bytes with a unit. Units are multiples of 1024, as in PowerShell.</summary>
    /// <param name="bytes">The number of bytes; null for an empty text.</param>
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
