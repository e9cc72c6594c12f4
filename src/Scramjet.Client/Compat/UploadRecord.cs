using System;
using System.Collections.Specialized;
using Scramjet.Client.Model;

namespace Scramjet.Client.Compat;

/// <summary>What a hub's audit, or the log of a hub of 0.18, says of the upload of a sequence.</summary>
internal readonly struct UploadRecord
{
    private const int SequenceCreated = 0;
    private const string Identified = "Sequence identified";

    private UploadRecord(string id, DateTimeOffset time)
    {
        Id = id;
        Time = time;
    }

    /// <summary>The sequence's id. In an audit, it may also be that of an instance, which nothing distinguishes.</summary>
    public string Id { get; }

    /// <summary>When it was uploaded, or replaced by another package.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Reads a line of an audit; null if it says nothing of an upload.</summary>
    public static UploadRecord? FromAudit(string line) =>
        AuditEntry.Parse(line) is { Code: SequenceCreated, State: null, ObjectId: { } id, Time: { } time } ? new UploadRecord(id, time) : null;

    /// <summary>Reads a line of the log of a hub of 0.18; null if it says nothing of an upload.</summary>
    public static UploadRecord? FromLog(string line) =>
        LogEntry.Parse(line) is { Message: Identified, Time: { } time, Data: object?[] { Length: > 0 } data }
            && (data[0] as OrderedDictionary)?["id"] is string id
            ? new UploadRecord(id, time)
            : null;
}
