using System;
using System.Diagnostics;
using System.Net.Http;

namespace Scramjet.Client.Http;

/// <summary>A call that passes through the handlers: the request, its address, and the options of the caller.</summary>
internal sealed class Call
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Action<string>? _trace;
    private readonly bool _tracesAnswers;

    public Call(ApiRequest request, Uri uri, RequestOptions? options, TimeSpan timeout, SecretMask mask, bool hasToken)
    {
        Request = request;
        Uri = uri;
        Timeout = timeout;
        Mask = request.Secret is null ? mask : new SecretMask(request.Secret, mask);
        HasToken = hasToken;
        _trace = options?.Trace;
        _tracesAnswers = options is not { TracesRetriesOnly: true };
        Content = options?.ContentTrace is { } trace ? new ContentTrace(trace, this) : null;
    }

    public ApiRequest Request { get; }

    /// <summary>Gets or sets the address. Redirects change it.</summary>
    public Uri Uri { get; set; }

    /// <summary>Gets the time limit of the call.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Gets the time since the call began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Gets the rest of the time limit.</summary>
    public TimeSpan Remaining => Timeout == System.Threading.Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : Timeout - _clock.Elapsed;

    /// <summary>Gets the mask that removes secrets from everything that is shown of the call.</summary>
    public SecretMask Mask { get; }

    /// <summary>Gets whether the connection has a token.</summary>
    public bool HasToken { get; }

    /// <summary>Gets or sets the token to send with the message; null for none.</summary>
    public string? Token { get; set; }

    /// <summary>Gets or sets the error of the previous attempt during a retry.</summary>
    public ScramjetApiException? LastFailure { get; set; }

    /// <summary>Traces messages with their bodies; null if the caller doesn't want that.</summary>
    public ContentTrace? Content { get; }

    /// <summary>Gets the request as text for messages.</summary>
    public string Description => $"{Request.Method} {Mask.Apply(Uri)}";

    /// <summary>Traces a response, unless only retries are traced.</summary>
    public void TraceAnswer(string text)
    {
        if (_tracesAnswers)
            Trace(text);
    }

    /// <summary>Traces a line.</summary>
    public void Trace(string text) => _trace?.Invoke(DisplayText.Clean(Mask.Apply(text))!);
}

/// <summary>A handler that processes a call before and after the next handler.</summary>
internal abstract class CallHandler(CallHandler? next)
{
    /// <summary>Gets the next handler.</summary>
    protected CallHandler Next => next!;

    public abstract System.Threading.Tasks.Task<HttpResponseMessage> SendAsync(Call call, System.Threading.CancellationToken cancellationToken);
}
