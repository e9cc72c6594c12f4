using System;
using System.Globalization;
using System.Net.Http;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>Retries idempotent requests after a transient failure, with growing delays or the delay that the server requests.</summary>
internal sealed class RetryHandler(CallHandler next, TransportOptions options) : CallHandler(next)
{
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
            catch (ScramjetApiException e) when (call.Request.Idempotent && attempt < options.MaxRetries && IsTransient(e))
            {
                failure = e;
            }

            var wait = failure.RetryAfter ?? Backoff(attempt);
            if (wait > Timings.MaxRetryDelay)
                throw ResponseErrors.NotWaitedFor(failure, wait, $"which is longer than the maximum of {Timings.MaxRetryDelay.TotalSeconds:0} s");
            if (wait >= call.Remaining)
                throw failure.RetryAfter is null ? failure : ResponseErrors.NotWaitedFor(failure, wait, "which is longer than the time limit of the call");

            call.LastFailure = failure;
            var delay = wait.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            call.Trace($"{call.Description}: {failure.Message} Trying again in {delay} s ({attempt + 1} of {options.MaxRetries}).");
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsTransient(ScramjetApiException failure) => failure.StatusCode is { } status
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
