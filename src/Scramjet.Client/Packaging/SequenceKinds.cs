namespace Scramjet.Client.Packaging;

/// <summary>What a sequence does with data.</summary>
public enum SequenceKind
{
    /// <summary>Reads data and writes data.</summary>
    Transformer,

    /// <summary>Only writes data.</summary>
    Generator,

    /// <summary>Only reads data.</summary>
    Consumer,
}

/// <summary>A language that a sequence is written in.</summary>
public enum SequenceLanguage
{
    /// <summary>JavaScript, for Node.js.</summary>
    JavaScript,

    /// <summary>TypeScript, compiled to JavaScript.</summary>
    TypeScript,

    /// <summary>Python 3.</summary>
    Python,
}
