using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Compat;
using Scramjet.Client.Http;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

/// <summary>
/// An instance on a hub. Every method throws <see cref="ScramjetApiException"/> if a request fails.
/// </summary>
public sealed class InstanceClient : ApiClient
{
    /// <summary>The number of health reports per second that runners send by default.</summary>
    private const double DefaultReports = 1;

    /// <summary>One report in eleven days, which is about the longest interval that a runner's timer supports.</summary>
    private const double NoReports = 1e-6;

    private readonly HubClient _hub;

    internal InstanceClient(HubClient hub, string id)
        : base(hub.Transport, $"{hub.Address}/instance/{PathSegment.Encode(id, "instance")}")
    {
        _hub = With(hub, null);
        InstanceId = id;
    }

    private protected override string ProbeAddress => Hub.Address;

    /// <summary>The hub that the instance is on.</summary>
    public HubClient Hub => With(_hub, Options);

    /// <summary>The instance's id.</summary>
    public string InstanceId { get; }

    /// <summary>Gets the instance: <c>GET /instance/{id}</c>.</summary>
    public Task<Instance> GetInfoAsync(CancellationToken cancellationToken = default) => GetOneAsync("", Read, cancellationToken);

    /// <summary>Gets the instance, or null if the hub doesn't list it.</summary>
    public async Task<Instance?> GetInfoOrNullAsync(CancellationToken cancellationToken = default)
    {
        var instance = await GetOneOrNullAsync("", Read, cancellationToken).ConfigureAwait(false);
        if (instance is null)
            Transport.Inputs.Forget(Address);
        return instance;
    }

    /// <summary>Gets the current state of an instance. Its status is <c>Gone</c> if the hub no longer lists it.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Instance> RefreshAsync(Instance known, CancellationToken cancellationToken = default)
    {
        var now = await GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false);
        if (now is null)
            return known.AsGone();

        now.Sequence ??= known.Sequence;
        return now;
    }

    /// <summary>Throws if the hub still lists the instance although it has ended.</summary>
    private async Task RequireNotEndedAsync(string consequence, CancellationToken cancellationToken)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (version.ListsInstanceDetails && await GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false) is { HasEnded: true })
        {
            throw new ScramjetException(
                ErrorCodes.Gone,
                $"The instance '{InstanceId}' has ended and {consequence}.",
                "See its log, and start it again.");
        }
    }

    private Instance Read(JsonFields fields) => new(fields, this);

    /// <summary>Creates an object of which only the id is known. No request is sent.</summary>
    internal Instance ToInstance() => new(new JsonFields(JsonMap.Of("id", InstanceId)), this);

    /// <summary>Gets the health report: <c>GET /instance/{id}/health</c>.</summary>
    /// <exception cref="ScramjetException"><c>GONE</c>: the instance has ended. Hubs since 1.0 would repeat its last report.</exception>
    public async Task<InstanceHealth> GetHealthAsync(CancellationToken cancellationToken = default)
    {
        await RequireNotEndedAsync("reports no health", cancellationToken).ConfigureAwait(false);
        return await GetOneAsync("/health", fields => new InstanceHealth(fields, this), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Stops the instance: <c>POST /instance/{id}/_stop</c>. The hub responds after <paramref name="timeout"/>, and kills the instance if it still runs.
    /// Hubs of 1.0 leave an instance that has already ended in the status stopping: <see cref="Instances.InstanceWatch.StopAsync"/> checks that first.
    /// </summary>
    /// <param name="timeout">The time for the instance to end by itself.</param>
    /// <param name="canCallKeepalive">Whether the instance can request more time.</param>
    /// <param name="cancellationToken">Cancels the call. The hub continues.</param>
    public async Task StopAsync(TimeSpan timeout, bool canCallKeepalive = false, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        var request = Post("/_stop", version.Messages.Stop(timeout, canCallKeepalive));
        request.Timeout = timeout + (Options?.Timeout ?? Transport.Timeout);
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Kills the instance: <c>POST /instance/{id}/_kill</c>. Hubs of 1.0 leave an instance that has already ended in the status killing:
    /// <see cref="Instances.InstanceWatch.KillAsync"/> checks that first.
    /// </summary>
    /// <param name="removeImmediately">Whether the hub stops listing the instance as soon as it has ended. Hubs of 1.0 take 15 seconds for that.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task KillAsync(bool removeImmediately = false, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        await SendAsync(Post("/_kill", version.Messages.Kill(removeImmediately)), cancellationToken).ConfigureAwait(false);
        Transport.Inputs.Forget(Address);
    }

    /// <summary>Sends an event to the instance: <c>POST /instance/{id}/_event</c>.</summary>
    /// <param name="eventName">The event's name.</param>
    /// <param name="message">The event's message; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task SendEventAsync(string eventName, JToken? message = null, CancellationToken cancellationToken = default)
    {
        // Hubs that still list an instance that has ended accept an event for it, and lose it.
        await RequireNotEndedAsync("receives no events", cancellationToken).ConfigureAwait(false);
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        await SendAsync(Post("/_event", version.Messages.Event(eventName, message)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets how often the instance reports its health to its hub: <c>POST /instance/{id}/_monitoring_rate</c>. The default is once a second.</summary>
    /// <param name="reportsPerSecond">
    /// The number of reports per second, more than 0. A hub returns the last report as the instance's health until the next one.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task SetMonitoringRateAsync(double reportsPerSecond, CancellationToken cancellationToken = default)
    {
        var request = Post("/_monitoring_rate", InstanceMessages.Current.MonitoringRate(reportsPerSecond));
        request.Timeout = Timings.MonitoringRate;
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends data to the instance's input: <c>POST /instance/{id}/input</c>. The content type of the first data applies to all that follows. The task
    /// completes when the hub has received all data.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Runners for Node.js decode the content type and the data that arrives with it as one piece of UTF-8, which damages other bytes, and characters that
    /// the piece contains only in part. So the first input that isn't plain ASCII is announced: its content type is sent alone, and the data follows when the
    /// instance has read it. This is done on every hub, once for each instance.
    /// </para>
    /// <para>
    /// Hubs don't report input that an instance can't read. Input that doesn't match what this connection has sent before is an error. If another client has
    /// ended the input, a hub may never receive the data, which <see cref="StreamBody.Waiting"/> shows.
    /// </para>
    /// </remarks>
    /// <param name="body">The data, which can be written while it is sent.</param>
    /// <param name="keepOpen">Whether the input stays open for more data. Otherwise it ends with this data.</param>
    /// <param name="typeRead">Completes when the instance's log says that it has read the content type; null to wait for a fixed time.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ScramjetException">
    /// <c>INPUT_ENDED</c> or <c>BAD_PARAMETERS</c>: it doesn't match what was sent before. <c>GONE</c>: the instance ended before it had read all data.
    /// </exception>
    public async Task SendInputAsync(StreamBody body, bool keepOpen = false, Task? typeRead = null, CancellationToken cancellationToken = default)
    {
        var entry = Transport.Inputs.Begin(Address, InstanceId, body.ContentType);
        try
        {
            // Runners of 0.18 can give the program its first data several times if it arrives while they read the type.
            if (!body.IsAscii || !(await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false)).SupportsBinaryInput)
                await entry.AnnounceOnceAsync(() => AnnounceAsync(body.ContentType, typeRead, cancellationToken)).ConfigureAwait(false);
            await FeedAsync("/input", body, keepOpen, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.StatusCode is not null)
        {
            Transport.Inputs.Forget(Address);
            throw;
        }

        if (!keepOpen)
            Transport.Inputs.End(Address);
    }

    /// <summary>Sends data to the standard input of the instance's process: <c>POST /instance/{id}/stdin</c>.</summary>
    /// <param name="body">The data, which can be written while it is sent.</param>
    /// <param name="keepOpen">Whether the stream stays open for more data. Otherwise it ends with this data.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ScramjetException"><c>GONE</c>: the instance ended before it had read all data.</exception>
    public Task SendStdinAsync(StreamBody body, bool keepOpen = false, CancellationToken cancellationToken = default) =>
        FeedAsync("/stdin", body, keepOpen, cancellationToken);

    /// <summary>
    /// Sends data to the instance and reads its output at the same time, until the output ends.
    /// </summary>
    /// <remarks>
    /// Hubs since 0.26 have a route for this, <c>POST /instance/{id}/inout</c>, whose response begins while its body is still being sent. Over HTTP/1.1, .NET
    /// reads a response only after it has sent the body. So this method sends two requests, <c>/input</c> and <c>/output</c>, which use the same streams on
    /// every hub. It also ends the input, which that route doesn't.
    /// <para>
    /// If a hub doesn't respond to a health report of a runner of 1.0 within a second, for example on a busy machine, the runner closes its connections to the
    /// hub. Data is lost then, and the hub ends the output as if it were complete. So the reports are paused during the call.
    /// </para>
    /// </remarks>
    /// <param name="body">The data, which can be written while it is sent. Sending begins when the output is open, because earlier output can be lost.</param>
    /// <param name="read">Reads the output until it ends.</param>
    /// <param name="keepOpen">Whether the input stays open for more data. Otherwise it ends with this data.</param>
    /// <param name="typeRead">See <see cref="SendInputAsync"/>.</param>
    /// <param name="inputFailed">
    /// Called at once if the input fails. The output is then read until it ends or no data arrives. Null: the failure is thrown after the output.
    /// </param>
    /// <param name="cancellationToken">Cancels both.</param>
    /// <returns>Whether all data was received. An instance can end without reading all of it.</returns>
    public async Task<bool> InOutAsync(
        StreamBody body,
        Func<ApiStream, CancellationToken, Task> read,
        bool keepOpen = false,
        Task? typeRead = null,
        Action<ScramjetException>? inputFailed = null,
        CancellationToken cancellationToken = default)
    {
        // Invalid input must throw before anything is read.
        Transport.Inputs.Begin(Address, InstanceId, body.ContentType);
        var reports = await TrySetMonitoringRateAsync(NoReports, cancellationToken).ConfigureAwait(false);
        try
        {
            using var call = new InOutCall(this, body, cancellationToken);
            return await call.RunAsync(token => SendInputAsync(body, keepOpen, typeRead, token), read, inputFailed).ConfigureAwait(false);
        }
        finally
        {
            if (reports)
                _ = TrySetMonitoringRateAsync(DefaultReports, CancellationToken.None).IgnoreOutcomeAsync();
        }
    }

    /// <summary>
    /// Opens a stream of the instance: <c>GET /instance/{id}/output</c>, <c>/stdout</c>, <c>/stderr</c> or <c>/log</c>. The hub keeps the data until a first
    /// reader reads it. Several readers each get the data that arrives from then on, at the speed of the slowest.
    /// </summary>
    public async Task<ApiStream> GetStreamAsync(InstanceStream stream, CancellationToken cancellationToken = default)
    {
        var result = await OpenAsync(Get("/" + stream.ToString().ToLowerInvariant()), cancellationToken).ConfigureAwait(false);

        // Hubs leave a log open after the instance's end: hubs of 1.0 for 195 seconds, hubs of 0.18 forever.
        if (stream == InstanceStream.Log)
            result.IsOver = HasEndedAsync;
        return result;
    }

    /// <summary>Opens a stream that ends with the instance, also if the hub leaves it open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="hasEnded">Finds out whether the instance has ended. Streams that are read together share it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    internal async Task<ApiStream> GetStreamToEndAsync(InstanceStream stream, Func<CancellationToken, Task<bool>> hasEnded, CancellationToken cancellationToken)
    {
        var result = await GetStreamAsync(stream, cancellationToken).ConfigureAwait(false);
        if (stream == InstanceStream.Log)
            result.IsOver = hasEnded;
        else
            EndWithInstance(result, hasEnded);
        return result;
    }

    /// <summary>Finds out whether the instance has ended, for several streams: a response counts for a while.</summary>
    internal Func<CancellationToken, Task<bool>> ShareEnd()
    {
        var gate = new object();
        var age = new Stopwatch();
        Task<bool>? asked = null;
        return token =>
        {
            lock (gate)
            {
                if (asked is null or { IsCompleted: true, Status: not TaskStatus.RanToCompletion }
                    || (asked.IsCompleted && !asked.Result && age.Elapsed > Timings.FirstLogCheck))
                {
                    asked = HasEndedAsync(token);
                    age.Restart();
                }

                return asked;
            }
        };
    }

    /// <summary>
    /// Ends a stream with the instance: a hub may leave the output of an instance that failed open until it no longer lists the instance. What is on its way
    /// still has a moment to arrive.
    /// </summary>
    internal static void EndWithInstance(ApiStream stream, Func<CancellationToken, Task<bool>> hasEnded)
    {
        var hadEnded = false;
        stream.IsOver = async token =>
        {
            var before = hadEnded;
            hadEnded = await hasEnded(token).ConfigureAwait(false);
            return before && hadEnded;
        };
    }

    /// <summary>Gets the last event with a name, or waits for the first one: <c>GET /instance/{id}/event/{name}</c>.</summary>
    /// <param name="eventName">The event's name.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException"><c>GONE</c>: the instance has ended without sending the event.</exception>
    public Task<JToken?> GetEventAsync(string eventName, CancellationToken cancellationToken = default) =>
        WaitForEventAsync("/event/", eventName, cancellationToken);

    /// <summary>Waits for the next event with a name: <c>GET /instance/{id}/once/{name}</c>.</summary>
    /// <param name="eventName">The event's name.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException"><c>GONE</c>: the instance has ended without sending the event.</exception>
    public Task<JToken?> GetNextEventAsync(string eventName, CancellationToken cancellationToken = default) =>
        WaitForEventAsync("/once/", eventName, cancellationToken);

    /// <summary>Opens the stream of events with a name, which is NDJSON and ends with the instance: <c>GET /instance/{id}/events/{name}</c>.</summary>
    /// <param name="eventName">The event's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ApiStream> GetEventStreamAsync(string eventName, CancellationToken cancellationToken = default)
    {
        var result = await OpenAsync(Get("/events/" + PathSegment.Encode(eventName, "event")), cancellationToken).ConfigureAwait(false);
        result.IsOver = HasEndedAsync;
        return result;
    }

    /// <summary>Returns the message of an event. Hubs of 1.0 send the message, hubs of 0.18 an object that contains it.</summary>
    public static JToken? EventMessageOf(JToken? answer, string eventName) => InstanceMessages.ReadEvent(answer, eventName);

    /// <summary>Waits for an event. A hub never responds if the instance ends before it sends the event.</summary>
    private async Task<JToken?> WaitForEventAsync(string path, string eventName, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = Get(path + PathSegment.Encode(eventName, "event"));
        request.Timeout = Timeout.InfiniteTimeSpan;
        var receiving = SendAsync(request, static json => json is null ? null : JsonText.ToToken(json.ReadAll()), over.Token);
        var delay = Timings.FirstLogCheck;
        try
        {
            while (true)
            {
                var check = CheckAsync(delay);
                if (await Task.WhenAny(receiving, check).ConfigureAwait(false) == receiving)
                {
                    _ = check.IgnoreOutcomeAsync();
                    break;
                }

                if (await check.ConfigureAwait(false) && !receiving.IsCompleted)
                {
                    throw new ScramjetException(
                        ErrorCodes.Gone,
                        $"The instance '{InstanceId}' ended without sending the event '{eventName}'.",
                        "See its log, and start it again.");
                }

                delay = Timings.Next(delay, Timings.LongestLogCheck);
            }

            return EventMessageOf(await receiving.ConfigureAwait(false), eventName);
        }
        finally
        {
            over.Cancel();
            _ = receiving.IgnoreOutcomeAsync();
        }

        async Task<bool> CheckAsync(TimeSpan wait)
        {
            await Task.Delay(wait, over.Token).ConfigureAwait(false);
            return await HasEndedAsync(over.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Returns whether the instance is known to have ended.</summary>
    internal async Task<bool> HasEndedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false) is null or { HasEnded: true };
        }
        catch (ScramjetException)
        {
            return false;
        }
    }

    /// <summary>Sets how often the instance reports its health, if its runner waits for the responses.</summary>
    private async Task<bool> TrySetMonitoringRateAsync(double reportsPerSecond, CancellationToken cancellationToken)
    {
        try
        {
            if (!(await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false)).Messages.ReportsAreAnswered)
                return false;
            await SetMonitoringRateAsync(reportsPerSecond, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ScramjetException)
        {
            // The next calls report the error.
            return false;
        }
    }

    /// <summary>Sends the input's content type to the instance, and waits until it has read it.</summary>
    private async Task AnnounceAsync(string contentType, Task? typeRead, CancellationToken cancellationToken)
    {
        await FeedAsync("/input", StreamBody.Empty(contentType), keepOpen: true, cancellationToken).ConfigureAwait(false);
        if (typeRead is null)
            await Task.Delay(Timings.InputAnnouncement, cancellationToken).ConfigureAwait(false);
        else
            await Task.WhenAny(typeRead, Task.Delay(Timings.InputAnnouncementLogged, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Sends a body of unknown length until the instance ends. Hubs don't end the request then.</summary>
    private async Task FeedAsync(string path, StreamBody body, bool keepOpen, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = StreamAsync(path, body, keepOpen ? false : null, over.Token);
        try
        {
            while (await Task.WhenAny(sending, Task.Delay(Timings.InputStalled, over.Token)).ConfigureAwait(false) != sending)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (body.Waiting <= Timings.InputStalled)
                    continue;

                // If the hub doesn't respond, the request fails before the check does.
                var asked = HasEndedAsync(over.Token);
                if (await Task.WhenAny(sending, asked).ConfigureAwait(false) != sending && await asked.ConfigureAwait(false))
                    throw EndedTooSoon();
            }

            await sending.ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when ((e.StatusCode is null || e.Code == ErrorCodes.InvalidResponse) && e.Code != ErrorCodes.Timeout
            && !cancellationToken.IsCancellationRequested)
        {
            // A hub closes the connection some time after the instance has ended. In a space, a hub of 0.18 responds with the text of an error instead.
            if (await HasEndedAsync(cancellationToken).ConfigureAwait(false))
                throw EndedTooSoon(e);
            throw;
        }
        finally
        {
            over.Cancel();
            _ = sending.IgnoreOutcomeAsync();
        }
    }

    /// <summary>Creates the error for an instance that ended before it had read its input.</summary>
    internal ScramjetException EndedTooSoon(ScramjetApiException? cause = null) =>
        new(ErrorCodes.Gone, $"The instance '{InstanceId}' ended before it had read all of its input.", "See its log, and start it again.", cause);
}
