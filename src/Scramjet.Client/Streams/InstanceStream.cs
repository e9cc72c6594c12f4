namespace Scramjet.Client.Streams;

/// <summary>The streams that come out of an instance.</summary>
public enum InstanceStream
{
    /// <summary>What the program's function returns or yields.</summary>
    Output,

    /// <summary>What the process writes to its standard output.</summary>
    Stdout,

    /// <summary>What the process writes to its standard error.</summary>
    Stderr,

    /// <summary>The log, as NDJSON.</summary>
    Log,
}
