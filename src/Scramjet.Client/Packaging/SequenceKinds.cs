namespace Scramjet.Client.Packaging;

/// <summary>What a sequence does with data.</summary>
public enum SequenceKind
{
    /// <summary>Data comes in, data goes out.</summary>
    Transformer,

    /// <summary>Only puts data out.</summary>
    Generator,

    /// <summary>Only takes data in.</summary>
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
