using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that uses a connection.</summary>
public abstract class ScramjetCmdlet : AsyncCmdlet
{
    private SemaphoreSlim? _slots;
    private RequestOptions? _requestOptions;

    /// <summary>
    /// <para type="description">The connection to use: its name, or the object that Connect-ScramjetPlatform -PassThru gives. Not given: the session's. Objects from the pipeline go back to the connection that they came from.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completion.ConnectionCompleter))]
    public ScramjetConnection? Connection { get; set; }

    /// <summary>The connection to use, or a terminating error.</summary>
    private protected ScramjetConnection RequireConnection()
    {
        var connection = Connection ?? ScramjetSession.Current.Default;
        if (connection is null)
            Fail(new ScramjetException(ErrorCodes.NotConnected, "There is no connection to a Scramjet platform or hub.", "Connect first, with Connect-ScramjetPlatform."));
        else if (!connection.IsConnected)
            Fail(new ScramjetException(ErrorCodes.NotConnected, $"The connection '{connection.Name}' has been closed.", "Connect again with Connect-ScramjetPlatform."), connection);
        return connection!;
    }

    /// <summary>The connection to use for references that are not all objects, or a terminating error; null where objects know it.</summary>
    internal ScramjetConnection? ConnectionFor(EntityReference[] references) =>
        EntityReference.AreObjects(references) ? null : RequireConnection();

    /// <summary>The multi-manager that the connection leads to, or a terminating error.</summary>
    private protected MultiManagerClient RequireMultiManager()
    {
        var connection = RequireConnection();
        if (connection.Kind != ConnectionKind.MultiManager)
            Fail(new ScramjetException(ErrorCodes.NotSupported, $"'{connection.Name}' isn't a connection to a multi-manager.", "Connect to one, with Connect-ScramjetPlatform -MultiManagerUri."), connection);
        return Own(connection.MultiManager);
    }

    /// <summary>How many requests may be under way at once.</summary>
    private protected virtual int Throttle => SpaceCmdlet.DefaultThrottleLimit;

    /// <summary>What bounds a call; null for the connection's limit.</summary>
    private protected virtual TimeSpan? CallTimeout => null;

    /// <summary>The client, with this cmdlet's time limit and -Verbose.</summary>
    internal T Own<T>(T client) where T : ApiClient => ApiClient.With(client, _requestOptions ??= new RequestOptions { Timeout = CallTimeout, Trace = PostVerbose });

    /// <summary>Does something when one of the slots is free. Slots don't nest.</summary>
    internal async Task<T> ThrottledAsync<T>(Func<Task<T>> work)
    {
        var slots = LazyInitializer.EnsureInitialized(ref _slots, () => new SemaphoreSlim(Throttle))!;
        await slots.WaitAsync(StopToken).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    internal Task ThrottledAsync(Func<Task> work) => ThrottledAsync(async () =>
    {
        await work().ConfigureAwait(false);
        return true;
    });

    /// <summary>Tells of something that failed, while the rest goes on: an error, where the cmdlet has no other way.</summary>
    internal virtual void Report(Exception error, object? target) => PostError(error, target);

    internal CancellationToken Cancellation => StopToken;

    /// <summary>Makes a failure one error about an item, and goes on.</summary>
    /// <returns>Whether it went well.</returns>
    internal async Task<bool> GuardAsync(object item, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            Report(e, item);
            return false;
        }
    }

    /// <summary>Starts work on a record, with as much under way as the slots keep busy.</summary>
    private protected void StartRecord(Func<Task> work, object? target = null) => StartWork(work, target, 4 * Throttle);
}
