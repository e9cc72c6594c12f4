using System;
using System.Diagnostics;
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
    private const int StopMessage = 4001;
    private const int KillMessage = 4002;
    private const int EventMessage = 5001;

    private static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(100);

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
    public async Task<Instance> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        var request = Get("");
        return ReadOne(await SendAsync(request, cancellationToken).ConfigureAwait(false), request, fields => new Instance(fields, this));
    }

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

    /// <summary>The instance that was just started; where the hub doesn't list it (yet, or any more), what the start said.</summary>
    /// <param name="sequence">What was started.</param>
    /// <param name="options">What it was started with.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<Instance> GetStartedAsync(Sequence sequence, StartOptions options, CancellationToken cancellationToken = default)
    {
        var instance = await GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false);
        if (instance is null)
        {
            var known = options.ToJson();
            known["id"] = InstanceId;
            known["status"] = "starting";
            instance = new Instance(new JsonFields(known), this);
        }

        instance.SequenceId ??= sequence.Id;
        instance.SequenceName ??= sequence.Name;
        return instance;
    }

    /// <summary>The health report: <c>GET /instance/{id}/health</c>.</summary>
    public async Task<InstanceHealth> GetHealthAsync(CancellationToken cancellationToken = default)
    {
        var request = Get("/health");
        return ReadOne(await SendAsync(request, cancellationToken).ConfigureAwait(false), request, fields => new InstanceHealth(fields, this));
    }

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

    /// <summary>Kills the instance unless it has ended already. One that is still starting is killed as soon as the hub lets it be.</summary>
    /// <returns>Whether there was something to kill.</returns>
    public Task<bool> KillIfRunningAsync(CancellationToken cancellationToken = default) =>
        UnlessEndedAsync(() => KillAsync(false, cancellationToken), cancellationToken);

    /// <summary>Asks the instance to stop, as <see cref="StopAsync"/> does, unless it has ended already.</summary>
    /// <param name="timeout">What the instance gets to end by itself.</param>
    /// <param name="canCallKeepalive">Whether the instance may ask for more time.</param>
    /// <param name="cancellationToken">Stops the call; the hub goes on.</param>
    /// <returns>Whether there was something to stop.</returns>
    public Task<bool> StopIfRunningAsync(TimeSpan timeout, bool canCallKeepalive = false, CancellationToken cancellationToken = default) =>
        UnlessEndedAsync(() => StopAsync(timeout, canCallKeepalive, cancellationToken), cancellationToken);

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

    private async Task<bool> UnlessEndedAsync(Func<Task> end, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await end().ConfigureAwait(false);
                return true;
            }
            catch (ScramjetApiException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
            {
                // An ended instance is unknown (0.18), or «not running» (1.0), which it also is before it runs.
                var now = await GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false);
                if (now is null or { HasEnded: true } or { Status: InstanceStatus.Stopping or InstanceStatus.Killing })
                    return false;
                if (now.Status is not (InstanceStatus.Initializing or InstanceStatus.Starting) || clock.Elapsed > (Options?.Timeout ?? Transport.Timeout))
                    throw;
            }

            await Task.Delay(StartPoll, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ApiRequest Endless(string path)
    {
        var request = Get(path);
        request.Timeout = Timeout.InfiniteTimeSpan;
        return request;
    }
}
