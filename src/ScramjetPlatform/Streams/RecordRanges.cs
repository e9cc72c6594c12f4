using System.Collections.Generic;
using System.Linq;
using Scramjet.Client;

namespace ScramjetPlatform.Streams;

/// <summary>Names records of the pipeline by their numbers. A limited number of ranges is kept.</summary>
internal sealed class RecordRanges
{
    private const int MostRanges = 20;

    private readonly List<(long First, long Last)> _ranges = [];
    private long _count;
    private long _more;

    /// <summary>Returns a phrase such as <c>4 records (7, 9-11)</c>.</summary>
    public static string Of(IEnumerable<Record> records)
    {
        var ranges = new RecordRanges();
        foreach (var number in records.Select(r => r.Number).OrderBy(n => n))
            ranges.Add(number);
        return ranges.ToString();
    }

    /// <summary>Returns a phrase such as <c>4 records</c> or <c>no records</c>.</summary>
    public static string Amount(long count, string item = "record") => count == 0 ? $"no {item}s" : DisplayText.Amount(count, item);

    /// <summary>Adds the number of a record.</summary>
    public void Add(long number)
    {
        _count++;
        var last = _ranges.Count - 1;
        if (last >= 0 && _ranges[last].Last == number - 1 && _more == 0)
            _ranges[last] = (_ranges[last].First, number);
        else if (_ranges.Count < MostRanges)
            _ranges.Add((number, number));
        else
            _more++;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (_count == 0)
            return Amount(0);
        var shown = _ranges.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}");
        return $"{Amount(_count)} ({string.Join(", ", shown)}{(_more > 0 ? $", and {_more} more" : "")})";
    }
}
