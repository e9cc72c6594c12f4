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
