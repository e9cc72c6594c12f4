using System;
using System.Collections.Generic;
using Newtonsoft.Json;
using Scramjet.Client;

namespace ScramjetPlatform.Conversion;

/// <summary>
/// Converts lines to pipeline objects. Without a content type, the first line that isn't just a number decides: if it is JSON, it and all further lines are
/// converted to objects; otherwise all lines remain text.
/// </summary>
internal sealed class StreamDecoder
{
    private readonly PSObjectReader _reader = new();
    private readonly bool _strict;
    private bool? _json;
    private bool _keepsNumbers;

    /// <param name="contentType">The content type; null to detect it from the first line.</param>
    public StreamDecoder(string? contentType)
    {
        if (contentType is null)
            return;

        _json = contentType.IndexOf("json", StringComparison.OrdinalIgnoreCase) >= 0;
        _strict = _json.Value;
    }

    /// <summary>
    /// Creates a decoder for one of several streams of the same command. Each line decides for itself, because the first lines of the streams can differ: if it
    /// isn't JSON, or just a number where the input is text, it remains text.
    /// </summary>
    /// <param name="inputType">The content type of the command's input.</param>
    public static StreamDecoder ForSeveral(string inputType) => new(null) { _json = true, _keepsNumbers = new StreamDecoder(inputType)._json != true };

    /// <summary>Converts lines to objects.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="report">Receives the error for a line that should be JSON and isn't.</param>
    /// <param name="isCut">Whether the stream ended within the last line.</param>
    public IReadOnlyList<object?> Decode(IReadOnlyList<string> lines, Action<ScramjetException, string> report, bool isCut = false)
    {
        if (_json == false)
            return lines;

        var values = new List<object?>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (_json == false || (_keepsNumbers && !PSJson.IsCompound(line)))
            {
                values.Add(line);
                continue;
            }

            if (string.IsNullOrWhiteSpace(line))
            {
                // NDJSON has no empty values. Before the type is known, an empty line is kept, because it can be part of a text.
                if (_json is null)
                    values.Add(line);
                continue;
            }

            try
            {
                values.Add(_reader.Read(line));

                // A number can be text too, so it doesn't decide about the next lines.
                if (PSJson.IsCompound(line))
                    _json = true;
            }
            catch (JsonException e)
            {
                if (isCut && _json == true && i == lines.Count - 1 && PSJson.IsCompound(line))
                {
                    report(EndsWithinValue(e), line);
                    continue;
                }

                if (_strict)
                {
                    report(NotJson(e), line);
                    continue;
                }

                _json ??= false;
                values.Add(line);
            }
        }

        return values;
    }

    private static ScramjetException EndsWithinValue(JsonException e) => new(
        ErrorCodes.StreamBroken,
        "The stream ends within a JSON value. The rest of the value, and the data after it, is missing.",
        "Check whether the program wrote the whole value, and whether its output was read in time: an instance exits ten seconds after its program has ended.",
        e);

    private static ScramjetException NotJson(JsonException e) => new(
        ErrorCodes.InvalidResponse,
        $"A line isn't valid JSON: {e.Message}",
        "To read all of it as text, specify the content type text/plain for it.",
        e);
}
