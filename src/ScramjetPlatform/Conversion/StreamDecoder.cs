using System;
using System.Collections.Generic;
using Newtonsoft.Json;
using Scramjet.Client;

namespace ScramjetPlatform.Conversion;

/// <summary>
/// Turns lines into what goes down the pipeline. Without a content type, the first line that is not a mere number decides: JSON makes
/// objects of this and all further lines, anything else leaves them text.
/// </summary>
internal sealed class StreamDecoder
{
    private readonly bool _strict;
    private bool? _json;

    /// <param name="contentType">The content type; null to tell by the first line.</param>
    public StreamDecoder(string? contentType)
    {
        if (contentType is null)
            return;

        _json = contentType.IndexOf("json", StringComparison.OrdinalIgnoreCase) >= 0;
        _strict = _json.Value;
    }

    /// <summary>The objects of some lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="report">Told of a line that should be JSON and isn't.</param>
    /// <param name="isCut">Whether the last of the lines had no end.</param>
    public IReadOnlyList<object?> Decode(IReadOnlyList<string> lines, Action<ScramjetException, string> report, bool isCut = false)
    {
        if (_json == false)
            return lines;

        var values = new List<object?>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (_json == false)
            {
                values.Add(line);
                continue;
            }

            if (string.IsNullOrWhiteSpace(line))
            {
                // NDJSON has no empty values; before the first value nothing is known yet, and text keeps its empty lines.
                if (_json is null)
                    values.Add(line);
                continue;
            }

            try
            {
                values.Add(PSJson.Read(line));

                // A number alone may be text as well: it decides nothing about the lines behind it.
                if (PSJson.IsCompound(line))
                    _json = true;
            }
            catch (JsonException e)
            {
                if (isCut && _json == true && i == lines.Count - 1 && PSJson.IsCompound(line))
                {
                    report(new ScramjetException(ErrorCodes.StreamBroken, "The stream ends in the middle of a JSON value: what belongs to it, and what comes behind, is missing.", "See whether the program put it out whole, and whether it was read in time: an instance exits ten seconds after its program has ended.", e), line);
                    continue;
                }

                if (_strict)
                {
                    report(new ScramjetException(ErrorCodes.InvalidResponse, $"A line isn't valid JSON: {e.Message}", "Read the stream as text, with -ContentType text/plain.", e), line);
                    continue;
                }

                _json ??= false;
                values.Add(line);
            }
        }

        return values;
    }
}
