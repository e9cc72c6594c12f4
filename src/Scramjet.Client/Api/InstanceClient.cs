using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Compat;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

/// <summary>
/// An instance on a hub. Every method throws <see cref="ScramjetApiException"/> for a request that fails.
/// </summary>
public sealed class InstanceClient : ApiClient
{

    /// <summary>How often runners report their health by themselves, in a second.</summary>
    private const double UsualReports = 1;

    /// <summary>A report in eleven days: about the longest time that a runner's timer takes.</summary>
    private const double NoReports = 1e-6;

    internal InstanceClient(HubClient hub, string id)
        : base(hub.Transport, $"{hub.Address}/instance/{PathSegment.Encode(id, "instance")}")
    {
        Hub = hub;
        InstanceId = id;
    }

    private protected override string ProbeAddress => Hub.Address;

    /// <summary>The hub that it runs on.</summary>
    public HubClient Hub { get; }

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
            Transport.Inputs.Forget(Address);
            return null;
        }
    }

    /// <summary>The instance as it is now, with what is known of it already; gone where the hub no longer lists it.</summary>
    public async Task<Instance> RefreshAsync(Instance known, CancellationToken cancellationToken = default)
    {
        var now = await GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false);
        if (now is null)
            return known.AsGone();

        now.Sequence ??= known.Sequence;
        return now;
    }

    /// <summary>The instance, of which no more than its id is known. No request is sent.</summary>
    internal Instance ToInstance() => new(new JsonFields(new JObject { ["id"] = InstanceId }), this);

    /// <summary>The health report: <c>GET /instance/{id}/health</c>.</summary>
    public Task<InstanceHealth> GetHealthAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/health", fields => new InstanceHealth(fields, this), cancellationToken);

    /// <summary>
    /// Asks the instance to stop: <c>POST /instance/{id}/_stop</c>, in the form that the hub's version wants.
    /// The hub answers only after <paramref name="timeout"/>, and then kills what still runs. Hubs of 1.0 set what has ended to stopping for good:
    /// <see cref="Instances.InstanceWatch.StopAsync"/> asks first.
    /// </summary>
    /// <param name="timeout">What the instance gets to end by itself.</param>
    /// <param name="canCallKeepalive">Whether the instance may ask for more time.</param>
    /// <param name="cancellationToken">Stops the call; the hub goes on.</param>
    public async Task StopAsync(TimeSpan timeout, bool canCallKeepalive = false, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        var request = Post("/_stop", version.Messages.Stop(timeout, canCallKeepalive));
        request.Timeout = timeout + (Options?.Timeout ?? Transport.Timeout);
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Kills the instance: <c>POST /instance/{id}/_kill</c>. Hubs of 1.0 set what has ended to killing for good:
    /// <see cref="Instances.InstanceWatch.KillAsync"/> asks first.
    /// </summary>
    /// <param name="removeImmediately">Also take it off the hub's list as soon as it has ended; hubs of 1.0 need 15 s for that.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task KillAsync(bool removeImmediately = false, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        await SendAsync(Post("/_kill", version.Messages.Kill(removeImmediately)), cancellationToken).ConfigureAwait(false);
        Transport.Inputs.Forget(Address);
    }

    /// <summary>Sends the instance an event: <c>POST /instance/{id}/_event</c>.</summary>
    /// <param name="eventName">The event's name.</param>
    /// <param name="message">What goes with it; null for nothing.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task SendEventAsync(string eventName, JToken? message = null, CancellationToken cancellationToken = default)
    {
        var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);

        await SendAsync(Post("/_event", version.Messages.Event(eventName, message)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets how often the instance reports its health to its hub: <c>POST /instance/{id}/_monitoring_rate</c>. Once a second is what it does by itself.</summary>
    /// <param name="reportsPerSecond">How many reports a second; more than 0. A hub gives the last report as the instance's health until the next one comes.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task SetMonitoringRateAsync(double reportsPerSecond, CancellationToken cancellationToken = default)
    {
        var request = Post("/_monitoring_rate", InstanceMessages.Current.MonitoringRate(reportsPerSecond));
        request.Timeout = Timings.MonitoringRate;
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends data into the instance: <c>POST /instance/{id}/input</c>. The first input's content type counts for all that follows. The task
    /// ends when the hub has taken it all.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The runners for Node.js read the input's content type and the data that comes with it in one piece, and take that piece for UTF-8: bytes that aren't
    /// are spoiled, and characters are cut. So the first input that isn't mere ASCII is announced: its content type goes alone, and the data follows once the
    /// instance has read it. That is so on every hub, and once for each instance.
    /// </para>
    /// <para>
    /// Hubs say nothing of input that can't be taken. What this connection has sent before is known, and what doesn't go with it is refused; where
    /// something else has ended the input, a hub may never take what is sent: <see cref="StreamBody.Waiting"/> shows it.
    /// </para>
    /// </remarks>
    /// <param name="body">The data, which may still be in the making.</param>
    /// <param name="keepOpen">Leave the input open for more; else it is closed when the body ends.</param>
    /// <param name="typeRead">Ends when the instance's log has said that it has read the content type. Null where its log isn't read: then it gets some time for it.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ScramjetException"><c>INPUT_ENDED</c> or <c>BAD_PARAMETERS</c>: it doesn't go with what was sent before. <c>GONE</c>: the instance ended before it had taken it all.</exception>
    public async Task SendInputAsync(StreamBody body, bool keepOpen = false, Task? typeRead = null, CancellationToken cancellationToken = default)
    {
        var entry = Transport.Inputs.Begin(Address, InstanceId, body.ContentType);
        try
        {
            if (!body.IsAscii)
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
    /// <param name="body">The data, which may still be in the making.</param>
    /// <param name="keepOpen">Leave the stream open for more; else it is closed when the body ends.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ScramjetException"><c>GONE</c>: the instance ended before it had taken it all.</exception>
    public Task SendStdinAsync(StreamBody body, bool keepOpen = false, CancellationToken cancellationToken = default) =>
        FeedAsync("/stdin", body, keepOpen, cancellationToken);

    /// <summary>
    /// Sends data into the instance and reads its output, both at once, until the output ends.
    /// </summary>
    /// <remarks>
    /// Upstream's inout is one request, <c>POST /instance/{id}/inout</c>, whose answer comes while its body is still sent. HTTP/1.1 in .NET reads no
    /// answer before the body is sent, and hubs have that route since 0.26 only. So these are two requests at once, <c>/input</c> and <c>/output</c>: the same
    /// streams, on every hub, and the input gets its end, which upstream's doesn't.
    /// <para>
    /// A runner of 1.0 whose health report isn't answered within a second, as on a machine that is busy, drops its connections to the hub, and what was under way
    /// is lost: the hub ends the output as if that were all. So the reports pause meanwhile.
    /// </para>
    /// </remarks>
    /// <param name="body">The data, which may still be in the making. It is sent once the output is open: what an instance puts out before is not sure to come.</param>
    /// <param name="read">Reads the output to its end.</param>
    /// <param name="keepOpen">Leave the input open for more; else it is closed when the body ends.</param>
    /// <param name="typeRead">See <see cref="SendInputAsync"/>.</param>
    /// <param name="cancellationToken">Stops both.</param>
    /// <returns>Whether all of the data was taken: an instance may leave some of it unread.</returns>
    public async Task<bool> InOutAsync(StreamBody body, Func<ApiStream, CancellationToken, Task> read, bool keepOpen = false, Task? typeRead = null, CancellationToken cancellationToken = default)
    {
        // What is refused here reads nothing.
        Transport.Inputs.Begin(Address, InstanceId, body.ContentType);
        var reports = await TrySetMonitoringRateAsync(NoReports, cancellationToken).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var opened = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = ReadAsync();
        var input = SendAsync();
        try
        {
            // The output's end is the end: a program may well leave some of its input unread.
            if (await Task.WhenAny(output, input).ConfigureAwait(false) == input && input.IsFaulted && !output.IsCompleted)
            {
                // What was never sent is no matter of the instance's.
                if (input.Exception!.InnerException is ScramjetException { Code: ErrorCodes.BadParameters or ErrorCodes.InputEnded } and not ScramjetApiException)
                    await input.ConfigureAwait(false);

                // An instance that ended closes its input; what it put out before still counts, and why it ended counts more.
                await Task.WhenAny(output, Task.Delay(Timings.OutputAfterInput, over.Token)).ConfigureAwait(false);
                if (!output.IsCompleted)
                    await input.ConfigureAwait(false);
            }

            await output.ConfigureAwait(false);
            await Task.WhenAny(input, Task.Delay(Timings.InputResponse, over.Token)).ConfigureAwait(false);
            return input.Status == TaskStatus.RanToCompletion;
        }
        finally
        {
            over.Cancel();
            if (reports)
                _ = TrySetMonitoringRateAsync(UsualReports, CancellationToken.None).IgnoreOutcomeAsync();
            await Task.WhenAll(output, input).IgnoreOutcomeAsync().ConfigureAwait(false);
        }

        async Task ReadAsync()
        {
            try
            {
                using var stream = await GetStreamAsync(InstanceStream.Output, over.Token).ConfigureAwait(false);
                opened.TrySetResult(true);
                await read(stream, over.Token).ConfigureAwait(false);
            }
            finally
            {
                opened.TrySetResult(false);
            }
        }

        async Task SendAsync()
        {
            // Hubs send the output's headers at once; something on the way may hold them back until there is output.
            await Task.WhenAny(opened.Task, Task.Delay(Timings.OutputHeaders, over.Token)).ConfigureAwait(false);
            if (!opened.Task.IsCompleted || opened.Task.Result)
                await SendInputAsync(body, keepOpen, typeRead, over.Token).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A stream that comes out of the instance: <c>GET /instance/{id}/output</c>, <c>/stdout</c>, <c>/stderr</c> or <c>/log</c>. The hub keeps what
    /// nobody has read yet. Readers at the same time all get what comes from then on, at the pace of the slowest; what was read before, a later one doesn't get.
    /// </summary>
    public async Task<ApiStream> GetStreamAsync(InstanceStream stream, CancellationToken cancellationToken = default)
    {
        var result = await OpenAsync(Get("/" + stream.ToString().ToLowerInvariant()), cancellationToken).ConfigureAwait(false);

        // Hubs leave a log open behind the instance's end: those of 1.0 for 195 s, those of 0.18 for good.
        if (stream == InstanceStream.Log)
            result.IsOver = HasEndedAsync;
        return result;
    }

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
    public static JToken? EventMessageOf(JToken? answer, string eventName) => InstanceMessages.ReadEvent(answer, eventName);

    /// <summary>Whether the instance has ended, as far as is known.</summary>
    private async Task<bool> HasEndedAsync(CancellationToken cancellationToken)
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

    /// <summary>Sets how often the instance reports its health, where that matters and can be done.</summary>
    private async Task<bool> TrySetMonitoringRateAsync(double reportsPerSecond, CancellationToken cancellationToken)
    {
        try
        {
            // The runners of 0.18 wait for no answer to their reports.
            if (!(await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false)).Messages.ReportsAreAnswered)
                return false;
            await SetMonitoringRateAsync(reportsPerSecond, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ScramjetException)
        {
            // What is wrong will show in the calls that matter.
            return false;
        }
    }

    /// <summary>Tells the instance its input's content type, and waits until it has read it.</summary>
    private async Task AnnounceAsync(string contentType, Task? typeRead, CancellationToken cancellationToken)
    {
        await FeedAsync("/input", StreamBody.Empty(contentType), keepOpen: true, cancellationToken).ConfigureAwait(false);
        if (typeRead is null)
            await Task.Delay(Timings.InputAnnouncement, cancellationToken).ConfigureAwait(false);
        else
            await Task.WhenAny(typeRead, Task.Delay(Timings.InputAnnouncementLogged, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Sends a body for as long as it lasts, and as long as there is an instance to take it: hubs keep the request of one that has ended.</summary>
    private async Task FeedAsync(string path, StreamBody body, bool keepOpen, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = StreamAsync(path, body, keepOpen ? false : null, over.Token);
        try
        {
            while (await Task.WhenAny(sending, Task.Delay(Timings.InputStalled, over.Token)).ConfigureAwait(false) != sending)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (body.Waiting > Timings.InputStalled)
                    await ThrowIfEndedAsync(null, cancellationToken).ConfigureAwait(false);
            }

            await sending.ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.StatusCode is null && !cancellationToken.IsCancellationRequested)
        {
            // A hub drops the connection some time after the instance has ended.
            await ThrowIfEndedAsync(e, cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            over.Cancel();
            _ = sending.IgnoreOutcomeAsync();
        }
    }

    private async Task ThrowIfEndedAsync(ScramjetApiException? cause, CancellationToken cancellationToken)
    {
        // Where nothing is known of it, what goes on, or went wrong, counts.
        if (await HasEndedAsync(cancellationToken).ConfigureAwait(false))
            throw new ScramjetException(ErrorCodes.Gone, $"The instance '{InstanceId}' ended before it had taken all of its input.", "See its log, and start it again.", cause);
    }

    private static ApiRequest Endless(string path)
    {
        var request = Get(path);
        request.Timeout = Timeout.InfiniteTimeSpan;
        return request;
    }
}
