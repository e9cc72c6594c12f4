using System.Collections.Generic;
using System.Linq;

namespace ScramjetPlatform.Streams;

/// <summary>Names records of the pipeline by their numbers.</summary>
internal static class RecordRanges
{
    private const int MostRanges = 20;

    /// <summary>Returns a phrase such as <c>4 records (7, 9-11)</c>.</summary>
    public static string Of(IReadOnlyList<Record> records)
    {
        var ranges = new List<(long First, long Last)>();
        foreach (var number in records.Select(r => r.Number).OrderBy(n => n))
        {
            if (ranges.Count > 0 && ranges[ranges.Count - 1] is var range && range.Last == number - 1)
                ranges[ranges.Count - 1] = (range.First, number);
            else
                ranges.Add((number, number));
        }

        var shown = ranges.Take(MostRanges).Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}");
        var more = ranges.Count > MostRanges ? $", and {ranges.Skip(MostRanges).Sum(r => r.Last - r.First + 1)} more" : "";
        return $"{records.Count} record{(records.Count == 1 ? "" : "s")} ({string.Join(", ", shown)}{more})";
    }
}
