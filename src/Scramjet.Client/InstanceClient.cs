using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client;

/// <summary>
/// An instance on a hub. Every method throws <see cref="ScramjetApiException"/> for a request that fails.
/// </summary>
public sealed class InstanceClient : ApiClient
{
    internal static readonly TimeSpan PollDelay = TimeSpan.FromMilliseconds(100);

    private const int StopMessage = 4001;
    private const int KillMessage = 4002;
    private const int EventMessage = 5001;

    internal InstanceClient(HostClient hub, string id)
        : base(hub.Transport, $"{hub.Address}/instance/{PathSegment.Encode(id, "instance")}")
    {
        Hub = hub;
        InstanceId = id;
    }

    /// <summary>The hub that it runs on.</summary>
    public HostClient Hub { get; }

    /// <summary>The instance's id.</summary>
    public string InstanceId { get; }

    /// <summary>The instance: <c>GET /instance/{id}</c>.</summary>
    public Task<Instance> GetInfoAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("", fields => new Instance(fields, this), cancellationToken);

    /// <summary>The instance, or null where the hub doesn't list it (any more).</summary>
    public async Task<Instance?> GetInfoOrNullAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetInfoAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The instance as it is now, with what is known of it already; gone where the hub no longer lists it.</summary>
    public async Task<Instance> RefreshAsync(Instance known, CancellationToken cancellationToken = default)
    {
        var now = await GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false);
        if (now is null)
            return known.AsGone();

        now.SequenceName ??= known.SequenceName;
        return now;
    }

    /// <summary>The health report: <c>GET /instance/{id}/health</c>.</summary>
    public Task<InstanceHealth> GetHealthAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/health", fields => new InstanceHealth(fields, this), cancellationToken);

    /// <summary>
    /// Asks the instance to stop: <c>POST /instance/{id}/_stop</c>, in the form that the hub's version wants.
    /// The hub answers only after <paramref name="timeout"/>, and then kills what still runs.
    /// </summary>
    /// <param name="timeout">What the instance gets to end by itself.</param>
    /// <param name="canCallKeepalive">Whether the instance may ask for more time.</param>
    /// <param name="cancellationToken">Stops the call; the hub goes on.</param>
    public async Task StopAsync(TimeSpan timeout, bool canCallKeepalive = false, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        var wishes = new JObject { ["timeout"] = (long)timeout.TotalMilliseconds, ["canCallKeepalive"] = canCallKeepalive };
        var request = Post("/_stop", version.WantsStopMessage ? new JArray { StopMessage, wishes } : wishes);
        request.Timeout = timeout + (Options?.Timeout ?? Transport.Timeout);
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Kills the instance: <c>POST /instance/{id}/_kill</c>.</summary>
    /// <param name="removeImmediately">Also take it off the hub's list at once.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task KillAsync(bool removeImmediately = false, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        var wishes = new JObject { ["removeImmediately"] = removeImmediately };
        await SendAsync(Post("/_kill", version.WantsStopMessage ? new JArray { KillMessage, wishes } : wishes), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Kills the instance unless it has ended already.</summary>
    /// <param name="removeImmediately">Also take it off the hub's list at once.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Whether there was something to kill.</returns>
    public async Task<bool> KillIfRunningAsync(bool removeImmediately = false, CancellationToken cancellationToken = default)
    {
        try
        {
            await KillAsync(removeImmediately, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ScramjetApiException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            // An ended instance is unknown (0.18) or «not running» (1.0).
            return false;
        }
    }

    /// <summary>Waits until the hub no longer lists the instance.</summary>
    /// <param name="timeout">How long to wait, once the instance has ended.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>Whether it is off the list.</returns>
    public async Task<bool> WaitUntilRemovedAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var ended = new System.Diagnostics.Stopwatch();
        while (await GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false) is { } instance)
        {
            if (instance.HasEnded)
                ended.Start();
            if (ended.Elapsed > timeout)
                return false;
            await Task.Delay(PollDelay, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Sends the instance an event: <c>POST /instance/{id}/_event</c>.</summary>
    /// <param name="eventName">The event's name.</param>
    /// <param name="message">What goes with it; null for nothing.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task SendEventAsync(string eventName, JToken? message = null, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);

        // Hubs of 0.18 take texts only: nothing goes as an empty one, anything else as its JSON.
        if (version.WantsStopMessage && message is not { Type: JTokenType.String })
            message = message is null or { Type: JTokenType.Null } ? "" : message.ToString(Newtonsoft.Json.Formatting.None);
        await SendAsync(Post("/_event", new JArray { EventMessage, new JObject { ["eventName"] = eventName, ["message"] = message ?? JValue.CreateNull() } }), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends data into the instance: <c>POST /instance/{id}/input</c>. The first input's content type counts for all that follows. The task
    /// ends when the hub has taken it all.
    /// </summary>
    /// <param name="body">The data, which may still be in the making.</param>
    /// <param name="keepOpen">Leave the input open for more; else it is closed when the body ends.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task SendInputAsync(StreamBody body, bool keepOpen = false, CancellationToken cancellationToken = default) =>
        StreamAsync("/input", body, keepOpen ? false : null, cancellationToken);

    /// <summary>
    /// Tells the instance its input's content type before the data, where that is needed: a runner of 0.18 reads the content type and the first
    /// data in one piece, and takes that piece for text, which cuts characters. (Such a hub takes all input for UTF-8: bytes that aren't are spoiled.)
    /// </summary>
    /// <returns>Whether it was needed. The data should follow only once the instance has read the content type, which its log tells.</returns>
    public async Task<bool> AnnounceInputAsync(string contentType, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (!version.WantsStopMessage)
            return false;

        var nothing = new BodyPipe();
        nothing.Complete();
        await SendInputAsync(StreamBody.From(nothing, contentType), keepOpen: true, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Sends data to the standard input of the instance's process: <c>POST /instance/{id}/stdin</c>.</summary>
    /// <param name="body">The data, which may still be in the making.</param>
    /// <param name="keepOpen">Leave the stream open for more; else it is closed when the body ends.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task SendStdinAsync(StreamBody body, bool keepOpen = false, CancellationToken cancellationToken = default) =>
        StreamAsync("/stdin", body, keepOpen ? false : null, cancellationToken);

    /// <summary>
    /// A stream that comes out of the instance: <c>GET /instance/{id}/output</c>, <c>/stdout</c>, <c>/stderr</c> or <c>/log</c>. The hub keeps what
    /// nobody has read yet; what one reader has read, no other gets.
    /// </summary>
    public Task<ApiStream> GetStreamAsync(InstanceStream stream, CancellationToken cancellationToken = default) =>
        OpenAsync(Get("/" + stream.ToString().ToLowerInvariant()), cancellationToken);

    /// <summary>The last event of a name, or else the next one: <c>GET /instance/{id}/event/{name}</c>.</summary>
    public async Task<JToken?> GetEventAsync(string eventName, CancellationToken cancellationToken = default) =>
        EventMessageOf(await SendAsync(Endless("/event/" + PathSegment.Encode(eventName, "event")), cancellationToken).ConfigureAwait(false), eventName);

    /// <summary>The next event of a name: <c>GET /instance/{id}/once/{name}</c>.</summary>
    public async Task<JToken?> GetNextEventAsync(string eventName, CancellationToken cancellationToken = default) =>
        EventMessageOf(await SendAsync(Endless("/once/" + PathSegment.Encode(eventName, "event")), cancellationToken).ConfigureAwait(false), eventName);

    /// <summary>All events of a name from now on, as NDJSON: <c>GET /instance/{id}/events/{name}</c>.</summary>
    public Task<ApiStream> GetEventStreamAsync(string eventName, CancellationToken cancellationToken = default) =>
        OpenAsync(Get("/events/" + PathSegment.Encode(eventName, "event")), cancellationToken);

    /// <summary>The message of an event: 1.0 gives it alone, 0.18 within an object.</summary>
    public static JToken? EventMessageOf(JToken? answer, string eventName) =>
        answer is JObject o && o.Count <= 2 && (string?)o["eventName"] == eventName ? o["message"] : answer;

    private static ApiRequest Endless(string path)
    {
        var request = Get(path);
        request.Timeout = Timeout.InfiniteTimeSpan;
        return request;
    }
}
