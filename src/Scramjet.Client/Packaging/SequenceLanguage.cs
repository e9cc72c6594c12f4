namespace Scramjet.Client.Packaging;

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
