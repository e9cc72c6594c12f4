using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Streams;

/// <summary>
/// Deals the records of the pipeline to instances. Records wait here until an instance takes them, which it does when its connection is free, so that an
/// instance that reads slowly gets fewer records, and the pipeline waits if none takes any. Connections accept megabytes before they tell that an instance is
/// slow: if several instances share the records, each gets only as many as it processes within a moment, as long as it writes a value for each record.
/// </summary>
/// <param name="output">Writes to the command's pipeline.</param>
/// <param name="isShared">Whether several instances share the records.</param>
/// <param name="isOrdered">Whether each record leads to one output, and the output has the order of the records.</param>
internal sealed class RecordDeal(PipelineOutput output, bool isShared, bool isOrdered)
{
    /// <summary>The size in bytes from which a part of the records isn't extended, if several instances share them.</summary>
    private const long PartSize = 32 * 1024;

    /// <summary>The maximum time that the first instance waits for the others to start, so that it doesn't take all records of a short pipeline.</summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time without output after which the instances don't write a value for each record: they can take as many records as their connections accept.
    /// </summary>
    private static readonly TimeSpan SilentTime = TimeSpan.FromSeconds(2);

    /// <summary>The time without output after which there is a warning, if the output is ordered and no more records can be sent.</summary>
    private static readonly TimeSpan WarningTime = TimeSpan.FromSeconds(30);

    /// <summary>The time without output after which records that are dealt again are no longer dealt separately.</summary>
    private static readonly TimeSpan SeparateTime = TimeSpan.FromSeconds(20);

    private static readonly string NoOutput =
        $"There has been no output for {WarningTime.TotalSeconds:0} s, and -Ordered sends no more records until there is. "
        + "Programs that write only when their input has ended can't be used with -Ordered. Still waiting.";

    /// <summary>Receives the records if they are for one instance, and it isn't important which of them it has answered.</summary>
    private readonly BodyPipe? _pipe = isShared || isOrdered ? null : new BodyPipe();

    private readonly object _gate = new();
    private readonly RecordBacklog _records = new();
    private readonly RecordRetries _retries = new();
    private readonly List<RecordShare> _allShares = [];
    private readonly List<RecordShare> _openShares = [];
    private readonly RecordOrder? _order = isOrdered ? new RecordOrder(output) : null;
    private TaskCompletionSource<bool>? _room;
    private int _starting;
    private bool _hasBegun;
    private bool _isDelayed;
    private bool _isComplete;
    private bool _isFree = !isShared;
    private Task _written = Task.CompletedTask;
    private long _returned;

    /// <summary>The content type of the records.</summary>
    public string ContentType { get; private set; } = "";

    /// <summary>Whether the records contain only ASCII characters.</summary>
    public bool IsAscii { get; private set; }

    /// <summary>Whether several instances share the records.</summary>
    public bool IsShared => isShared;

    /// <summary>Whether the output has the order of the records.</summary>
    public bool IsOrdered => isOrdered;

    /// <summary>Whether there are records for one more instance, or more may come.</summary>
    public bool NeedsInstance
    {
        get
        {
            lock (_gate)
                return !_isComplete || Waiting > _openShares.Count(s => s is { Taken: 0, IsDone: false });
        }
    }

    /// <summary>The number of values that the instances have written.</summary>
    public long Returned
    {
        get
        {
            lock (_gate)
                return _returned;
        }
    }

    /// <summary>
    /// Returns how many records no instance has taken before the deal was closed, or came after that, the number of the first of them, and how many records
    /// have come.
    /// </summary>
    public (long Count, long First, long Total) GetUnsent()
    {
        lock (_gate)
            return (_records.Unsent, _records.FirstUnsent, _records.Received);
    }

    /// <summary>Returns what the instances have taken and returned until now, also those that have ended.</summary>
    public IReadOnlyList<(RecordShare Share, long Taken, long Returned, bool IsOpen)> GetState()
    {
        lock (_gate)
            return [.. _allShares.Select(s => (s, s.Taken, s.Returned, _openShares.Contains(s)))];
    }

    /// <summary>Throws if an instance that has succeeded has written fewer values than it has taken records, and the output is ordered.</summary>
    /// <exception cref="OutputMismatchException">It has.</exception>
    public void EnsureAnswered(RecordShare share)
    {
        lock (_gate)
        {
            if (share.Unanswered.Count > 0)
                throw new OutputMismatchException(share);
        }
    }

    /// <summary>Sets the content type, before the first record.</summary>
    /// <exception cref="TerminatingError">The records can't be dealt.</exception>
    public void Begin(string contentType, bool isAscii)
    {
        if (contentType == ContentTypes.Bytes && (isShared || isOrdered))
        {
            throw TerminatingError.BadParameters(
                $"-{(isOrdered ? "Ordered" : "InstanceCount")} requires records, but the input consists of bytes.",
                "Send objects or lines of text.");
        }

        ContentType = contentType;
        IsAscii = isAscii;
    }

    /// <summary>Adds a record.</summary>
    /// <param name="bytes">The encoded record.</param>
    /// <param name="value">The object that was encoded.</param>
    public void Write(byte[] bytes, object? value)
    {
        if (_pipe is not null)
        {
            _pipe.Write(bytes, 0, bytes.Length);
            return;
        }

        lock (_gate)
        {
            if (_records.IsClosed)
            {
                _records.Refuse();
                return;
            }

            var record = _records.Add(bytes, isOrdered ? value : null);
            _order?.Add(record);
            WakeNext();
        }
    }

    /// <summary>Counts a record that comes when no instance is left.</summary>
    public void Refuse()
    {
        lock (_gate)
            _records.Refuse();
    }

    /// <summary>Counts a record that can't be sent.</summary>
    public void Skip()
    {
        lock (_gate)
            _records.Skip();
    }

    /// <summary>Waits until there is room for more records. There is none until the first are being sent.</summary>
    public Task WaitForRoomAsync()
    {
        if (_pipe is not null)
            return _pipe.WaitForRoomAsync();

        lock (_gate)
        {
            if (HasRoom)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Ends the records.</summary>
    public void Complete()
    {
        _pipe?.Complete();
        lock (_gate)
        {
            _isComplete = true;
            WakeAll();
        }
    }

    /// <summary>Opens a share for an instance that is about to start.</summary>
    public RecordShare Open()
    {
        lock (_gate)
        {
            var share = new RecordShare(this, _isFree);
            if (_allShares.Count == 0 && (isShared || isOrdered))
                _ = WatchAsync();

            // The others don't wait for one that replaces an instance.
            share.HasStarted = _allShares.Exists(s => s.HasStarted);
            if (!share.HasStarted)
                _starting++;
            _allShares.Add(share);
            _openShares.Add(share);
            return share;
        }
    }

    /// <summary>Closes the share of an instance that has ended.</summary>
    /// <returns>The records that it has taken and not answered, if the output is ordered.</returns>
    public IReadOnlyList<Record> Close(RecordShare share)
    {
        lock (_gate)
        {
            share.IsClosed = true;
            _retries.Close(share);
            if (_openShares.Remove(share) && !share.HasStarted)
                Started(share);
            WakeAll();
            var unanswered = share.Unanswered.ToArray();
            share.Unanswered.Clear();
            return unanswered;
        }
    }

    /// <summary>Deals records again that an instance has taken and not answered.</summary>
    /// <param name="records">The records, oldest first.</param>
    /// <param name="retries">How often a record is dealt again.</param>
    /// <returns>The records that aren't dealt again.</returns>
    public IReadOnlyList<Record> DealAgain(IReadOnlyList<Record> records, int retries)
    {
        if (records.Count == 0)
            return [];
        lock (_gate)
        {
            var rest = _retries.Add(records, retries);
            _order?.Moved();
            WakeAll();
            return rest;
        }
    }

    /// <summary>Leaves records without an output.</summary>
    public Task GiveUpAsync(IEnumerable<Record> records)
    {
        lock (_gate)
        {
            foreach (var record in records)
                record.IsDone = true;
            return FlushOrder();
        }
    }

    /// <summary>Rejects further records, because no instance is left.</summary>
    /// <returns>The records that were taken and are neither answered nor given up, if the output is ordered.</returns>
    public IReadOnlyList<Record> Close()
    {
        lock (_gate)
        {
            var open = _order?.Open.Except(_records.Records).ToArray() ?? [];
            _records.Close();
            _retries.Clear();
            return open;
        }
    }

    /// <summary>Returns the next part of the records for an instance whose connection is free, or null if there are no more.</summary>
    internal async Task<MemoryStream?> TakeAsync(RecordShare share, MemoryStream part, CancellationToken cancellationToken)
    {
        if (_pipe is not null)
        {
            var all = await _pipe.TakeAsync(cancellationToken).ConfigureAwait(false);
            share.Taken = _pipe.TakenWrites;
            return all;
        }

        while (true)
        {
            TaskCompletionSource<bool> wake;
            lock (_gate)
            {
                // A request that was canceled can still ask for records.
                if (share.IsClosed)
                    throw new OperationCanceledException();
                cancellationToken.ThrowIfCancellationRequested();
                if (!share.HasStarted)
                    Started(share);
                if (IsDealing && Fill(share, part))
                    return part;
                share.IsDone = IsOver;
                if (share.IsDone)
                    return null;
                share.Wake = wake = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            using var stop = cancellationToken.Register(() => wake.TrySetCanceled());
            await wake.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Writes output of an instance to the pipeline. The task completes when there is room for more.</summary>
    /// <param name="share">The instance's share.</param>
    /// <param name="values">The values.</param>
    /// <param name="size">The approximate size of their source in bytes.</param>
    /// <exception cref="OutputMismatchException">There are more values than records, and the output is ordered.</exception>
    internal Task ReturnAsync(RecordShare share, IReadOnlyList<object?> values, long size)
    {
        lock (_gate)
        {
            _returned += values.Count;
            if (_pipe is not null)
            {
                share.Returned += values.Count;
                return output.WriteManyAsync(values, size);
            }

            return _order is null ? ReturnAtOnceAsync(share, values, size) : ReturnInOrderAsync(_order, share, values, size);
        }
    }

    private bool HasRoom => _hasBegun && _records.HasRoom && _order?.HasRoom != false;

    /// <summary>Whether there are no more records for any instance.</summary>
    private bool IsOver => _isComplete && Waiting == 0;

    /// <summary>The number of records that no instance has.</summary>
    private int Waiting => _records.Count + _retries.Count;

    private bool IsDealing => _starting == 0 || _isDelayed;

    private Task ReturnAtOnceAsync(RecordShare share, IReadOnlyList<object?> values, long size)
    {
        if (values.Count(_ => !share.CountReturned()) > 0)
            Free();
        WakeNext();
        return _written = output.WriteManyAsync(values, size);
    }

    private Task ReturnInOrderAsync(RecordOrder order, RecordShare share, IReadOnlyList<object?> values, long size)
    {
        foreach (var value in values)
        {
            share.CountReturned();
            if (share.Unanswered.Count == 0)
                throw new OutputMismatchException(share);
            order.Answer(share.Unanswered.Dequeue(), value, size / values.Count);
        }

        WakeNext();
        return WaitForTurnAsync(order, share, FlushOrder());
    }

    /// <summary>Writes the outputs whose turn it is. The task completes when the pipeline has room for more.</summary>
    private Task FlushOrder()
    {
        if (_order?.Flush() is { } written)
            _written = written;
        SignalRoom();
        return _written;
    }

    /// <summary>Waits until the pipeline has room, and output that came too early isn't too large.</summary>
    private async Task WaitForTurnAsync(RecordOrder order, RecordShare share, Task written)
    {
        await written.ConfigureAwait(false);
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (!order.IsAhead(share))
                    return;
                moved = order.WaitForMove();
            }

            await moved.ConfigureAwait(false);
        }
    }

    /// <summary>Moves records into a part: all of them, or a fair share if several instances are there.</summary>
    private bool Fill(RecordShare share, MemoryStream part)
    {
        part.SetLength(0);
        var retries = _retries.MostFor(share, _openShares.Count);
        var most = retries ?? (isShared ? Math.Max(1, _records.Count / (2 * Math.Max(1, _openShares.Count))) : int.MaxValue);
        for (var taken = 0; taken < most && (!isShared || part.Length < PartSize) && TakeNext(share, retries is not null) is { } record; taken++)
        {
            part.Write(record.Bytes, 0, record.Bytes.Length);
            share.CountTaken();
            if (isOrdered)
                share.AddUnanswered(record);
        }

        if (part.Length == 0)
        {
            // Another one may be able to take what this one was woken for.
            if (retries is not null)
                WakeNext();
            return false;
        }

        _hasBegun = true;
        SignalRoom();
        if (IsOver)
            WakeAll();
        else
            WakeNext();
        return true;
    }

    /// <summary>Takes the next record, or the next one that is dealt again.</summary>
    private Record? TakeNext(RecordShare share, bool isRetry)
    {
        if (isRetry)
            return _retries.Take();
        return _records.Count > 0 && share.HasRoom ? _records.Take() : null;
    }

    /// <summary>Counts an instance that has started, or will never start.</summary>
    private void Started(RecordShare share)
    {
        share.HasStarted = true;
        if (--_starting == 0)
            WakeAll();
        else if (!_isDelayed)
            _ = DelayAsync();
    }

    private async Task DelayAsync()
    {
        await Task.Delay(StartTime).ConfigureAwait(false);
        lock (_gate)
        {
            _isDelayed = true;
            WakeAll();
        }
    }

    /// <summary>Wakes the idle instance that has the least to do.</summary>
    private void WakeNext()
    {
        while (IsDealing && Waiting > 0)
        {
            RecordShare? best = null;
            foreach (var share in _openShares)
            {
                if (share.Wake is not null && CanTake(share) && (best is null || share.Load.CompareTo(best.Load) < 0))
                    best = share;
            }

            // One that was canceled meanwhile takes nothing.
            if (best is null || best.TryWake())
                return;
        }
    }

    private bool CanTake(RecordShare share) =>
        !_retries.MustAnswer(share) && ((share.HasRoom && _records.Count > 0) || _retries.CanTake(share, _openShares.Count));

    /// <summary>Finds out, until the deal is closed, whether the instances wait for records although they have processed those that they took.</summary>
    private async Task WatchAsync()
    {
        var (returned, stalledFor, retriesHeldFor) = (-1L, TimeSpan.Zero, TimeSpan.Zero);
        while (true)
        {
            await Task.Delay(SilentTime).ConfigureAwait(false);
            lock (_gate)
            {
                if (_records.IsClosed)
                    return;

                // Instances whose output waits for the pipeline are not silent.
                var isSilent = _hasBegun && _returned == returned && _written.IsCompleted;
                returned = _returned;
                stalledFor = isSilent && (_records.Count > 0 || _order?.HasRoom == false) ? stalledFor + SilentTime : TimeSpan.Zero;
                retriesHeldFor = isSilent && _retries.IsBusy ? retriesHeldFor + SilentTime : TimeSpan.Zero;
                if (stalledFor > TimeSpan.Zero && _openShares.Count > 0 && !_openShares.Exists(s => s.HasRoom))
                    Free();
                if (retriesHeldFor >= SeparateTime)
                    Release();
                if (stalledFor == WarningTime && _order?.HasRoom == false)
                    output.PostWarning(NoOutput);
            }
        }
    }

    /// <summary>Lets all instances take as many records as their connections accept.</summary>
    private void Free()
    {
        if (_isFree)
            return;
        _isFree = true;
        _allShares.ForEach(s => s.Free());
        WakeAll();
    }

    /// <summary>Deals the records that are dealt again together with others.</summary>
    private void Release()
    {
        _retries.Release();
        WakeAll();
    }

    private void WakeAll()
    {
        foreach (var share in _openShares)
            share.TryWake();
    }

    private void SignalRoom()
    {
        if (_room is null || !HasRoom)
            return;
        _room.TrySetResult(true);
        _room = null;
    }
}
