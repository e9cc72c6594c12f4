using System;

namespace Scramjet.Client.Http;

/// <summary>The settings of a <see cref="ScramjetTransport"/>.</summary>
public sealed class TransportOptions
{
    /// <summary>The bearer token; null or empty for none. It is sent to the transport's own origin only.</summary>
    public string? AccessToken { get; set; }

    /// <summary>The time limit of each call that isn't a stream, including retries. Default: 100 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How many times an idempotent request is retried after a transient failure. Default: 2.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>The delay before the first retry, which doubles with each retry. Default: 200 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The maximum size of a response that isn't a stream, in bytes. Default: 256 MB.</summary>
    public long MaxResponseSize { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// The time without data after which the server of a stream is checked. If it doesn't respond within 10 seconds, the stream fails. Default: 30 seconds.
    /// </summary>
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether any server certificate is accepted. For test systems only.</summary>
    public bool SkipCertificateCheck { get; set; }

    /// <summary>The value of the User-Agent header.</summary>
    public string UserAgent { get; set; } = "Scramjet.Client";

    /// <summary>Whether a GET request with a content header is sent as .NET Framework requires. Tests can set it on every runtime.</summary>
    internal bool UsesContentHeaderHandler { get; set; } = ContentHeaderHandler.IsNeeded;
}
