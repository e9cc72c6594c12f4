using System;

namespace Scramjet.Client.Http;

/// <summary>The settings of a <see cref="ScramjetTransport"/>.</summary>
public sealed class TransportOptions
{
    /// <summary>The bearer token; null or empty for none. It is sent to the transport's own origin only.</summary>
    public string? AccessToken { get; set; }

    /// <summary>The bound for each call that isn't a stream, retries included. Default: 100 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How often an idempotent request is sent again after a failure that may pass. Default: 2.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>The wait before the first retry; each further one doubles it. Default: 200 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Accept any server certificate. For test systems only.</summary>
    public bool SkipCertificateCheck { get; set; }

    /// <summary>The User-Agent header.</summary>
    public string UserAgent { get; set; } = "Scramjet.Client";
}
