using System;
using System.Globalization;
using System.Net.Http;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>Sends what may be sent twice again after a failure that may pass, with growing waits or as long as the server asks.</summary>
internal sealed class RetryHandler(CallHandler next, TransportOptions options) : CallHandler(next)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly Random Jitter = new();

    public override async Task<HttpResponseMessage> SendAsync(Call call, CancellationToken cancellationToken)
    {
        var uri = call.Uri;
        for (var attempt = 0; ; attempt++)
        {
            ScramjetApiException failure;
            try
            {
                call.Uri = uri;
                return await Next.SendAsync(call, cancellationToken).ConfigureAwait(false);
            }
            catch (ScramjetApiException e) when (call.Request.Idempotent && attempt < options.MaxRetries && MayPass(e))
            {
                failure = e;
            }

            var wait = failure.RetryAfter ?? Backoff(attempt);
            if (wait > LongestWait)
                throw ResponseErrors.NotWaitedFor(failure, wait, $"that is longer than the {LongestWait.TotalSeconds:0} s that are waited at most");
            if (wait >= call.Remaining)
                throw failure.RetryAfter is null ? failure : ResponseErrors.NotWaitedFor(failure, wait, "that is longer than the call may take");

            call.LastFailure = failure;
            call.Trace($"{call.Description}: {failure.Message} Trying again in {wait.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s ({attempt + 1} of {options.MaxRetries}).");
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool MayPass(ScramjetApiException failure) => failure.StatusCode is { } status
        ? (int)status is 408 or 429 or 502 or 503 or 504
        : failure.Code == ErrorCodes.CannotConnect && failure.InnerException?.InnerException is not AuthenticationException;

    private TimeSpan Backoff(int attempt)
    {
        double jitter;
        lock (Jitter)
            jitter = 0.8 + (0.4 * Jitter.NextDouble());
        return TimeSpan.FromMilliseconds(options.RetryDelay.TotalMilliseconds * Math.Pow(2, attempt) * jitter);
    }
}
