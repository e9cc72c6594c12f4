using System;
using System.Diagnostics;
using System.Net.Http;

namespace Scramjet.Client.Http;

/// <summary>One call on its way through the handlers: the request, where it goes, and what belongs to whoever makes it.</summary>
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
    }

    public ApiRequest Request { get; }

    /// <summary>Where it goes: a redirect changes it.</summary>
    public Uri Uri { get; set; }

    /// <summary>The bound for the whole call.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>How long it has lasted.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>What is left of the bound.</summary>
    public TimeSpan Remaining => Timeout == System.Threading.Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : Timeout - _clock.Elapsed;

    /// <summary>Hides secrets in all that is shown of the call.</summary>
    public SecretMask Mask { get; }

    /// <summary>Whether the connection has a token.</summary>
    public bool HasToken { get; }

    /// <summary>The token that this message carries; null for none.</summary>
    public string? Token { get; set; }

    /// <summary>What the attempt before failed with, while another one is made.</summary>
    public ScramjetApiException? LastFailure { get; set; }

    /// <summary>The request as messages tell of it.</summary>
    public string Description => $"{Request.Method} {Mask.Apply(Uri)}";

    /// <summary>Tells of an answer, unless only retries are told of.</summary>
    public void TraceAnswer(string text)
    {
        if (_tracesAnswers)
            Trace(text);
    }

    /// <summary>Tells of what happens.</summary>
    public void Trace(string text) => _trace?.Invoke(DisplayText.Clean(Mask.Apply(text))!);
}

/// <summary>One step of a call's way to the server and back.</summary>
internal abstract class CallHandler(CallHandler? next)
{
    /// <summary>The step behind this one.</summary>
    protected CallHandler Next => next!;

    public abstract System.Threading.Tasks.Task<HttpResponseMessage> SendAsync(Call call, System.Threading.CancellationToken cancellationToken);
}
