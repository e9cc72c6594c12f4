namespace Scramjet.Client.Streams;

/// <summary>The streams of an instance that can be read.</summary>
public enum InstanceStream
{
    /// <summary>The output: what the program's function returns or yields.</summary>
    Output,

    /// <summary>The standard output of the process.</summary>
    Stdout,

    /// <summary>The standard error of the process.</summary>
    Stderr,

    /// <summary>The log, which is NDJSON.</summary>
    Log,
}
