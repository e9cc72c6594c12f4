using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace ScramjetPlatform.Engine;

/// <summary>
/// Runs the actions of asynchronous work on the pipeline thread. Any thread can post actions; the pipeline thread pumps them. If the queue is full, posting
/// threads wait, so that a slow pipeline slows its sources down.
/// </summary>
internal sealed class PipelinePump
{
    /// <summary>The maximum size of the queue in bytes of the objects' sources. An object without a specified size counts as 1 KB.</summary>
    private const long Capacity = 512 * 1024;
    private const long OneObject = 1024;

    private readonly object _gate = new();
    private readonly Action<object?, bool> _write;
    private Queue<Item> _items = new();
    private Queue<Item> _batch = new();
    private TaskCompletionSource<bool>? _room;
    private long _queued;
    private bool _closed;
    private volatile bool _discards;

    /// <param name="write">Writes an object, or each object of a list, to the pipeline. It is called on the pipeline thread.</param>
    public PipelinePump(Action<object?, bool> write) => _write = write;

    /// <summary>Queues an object for output. The task completes when there is room for more.</summary>
    public Task WriteAsync(object? value, long size = OneObject) => Enqueue(new Item(value, null), size);

    /// <summary>Queues objects for output together. The task completes when there is room for more.</summary>
    public Task WriteManyAsync(IReadOnlyList<object?> values, long? size = null) =>
        values.Count == 0 ? Task.CompletedTask : Enqueue(new Item(new Batch(values), null), size ?? values.Count * OneObject);

    /// <summary>Queues an action for the pipeline thread. The task completes when there is room for more.</summary>
    public Task PostAsync(Action action, long size = 0) => Enqueue(new Item(null, action), size);

    /// <summary>Runs a function on the pipeline thread and returns its result.</summary>
    public Task<T> InvokeAsync<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Item(null, () =>
        {
            try
            {
                result.SetResult(function());
            }
            catch (Exception e)
            {
                result.SetException(e);
                throw;
            }
        }, () => result.TrySetCanceled()));
        return result.Task;
    }

    /// <summary>Runs posted actions on the pipeline thread until the task has completed and the actions posted before have run.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public void PumpUntil(Task task, CancellationToken cancellationToken)
    {
        // This is the case after almost every record of a stream.
        if (task.IsCompleted && IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        if (!task.IsCompleted)
        {
            _ = task.ContinueWith(
                static (_, pump) => ((PipelinePump)pump!).Wake(),
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }


        using var cancelled = cancellationToken.Register(static pump => ((PipelinePump)pump!).Wake(), this);
        for (var ended = false; !ended;)
        {
            // Don't wait for actions that are posted later: a stream that never pauses would block everything else.
            ended = task.IsCompleted;
            if (!TakeBatch(task, cancellationToken))
                return;
            while (_batch.Count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var item = _batch.Dequeue();
                if (item.Action is { } action)
                    action();
                else if (_discards)
                    continue;
                else if (item.Value is Batch batch)
                    _write(batch.Values, true);
                else
                    _write(item.Value, false);
            }
        }
    }

    /// <summary>Discards objects from now on, because the pipeline accepts no more. Actions still run.</summary>
    public void Discard() => _discards = true;

    /// <summary>Cancels all waits and rejects further actions.</summary>
    public void Close()
    {
        TaskCompletionSource<bool>? room;
        Item[] left;
        lock (_gate)
        {
            _closed = true;
            left = [.. _batch, .. _items];
            _batch.Clear();
            _items.Clear();
            room = _room;
            _room = null;
        }

        room?.TrySetCanceled();
        foreach (var item in left)
            item.Cancel?.Invoke();
    }

    private bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _items.Count == 0;
        }
    }

    private bool TakeBatch(Task task, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool>? room;
        lock (_gate)
        {
            // If an action threw an exception, such as an error that ends the pipeline, the actions behind it are still here.
            if (_batch.Count > 0)
                return true;
            while (_items.Count == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (task.IsCompleted)
                    return false;
                Monitor.Wait(_gate);
            }

            (_items, _batch) = (_batch, _items);
            _queued = 0;
            room = _room;
            _room = null;
        }

        room?.TrySetResult(true);
        return true;
    }

    private Task Enqueue(Item item, long size = 0)
    {
        lock (_gate)
        {
            if (_closed)
            {
                item.Cancel?.Invoke();
                return Task.FromCanceled(new CancellationToken(true));
            }

            _items.Enqueue(item);
            _queued += size;
            if (_items.Count == 1)
                Monitor.PulseAll(_gate);
            if (_queued < Capacity)
                return Task.CompletedTask;

            _room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    private sealed class Batch(IReadOnlyList<object?> values)
    {
        public IReadOnlyList<object?> Values { get; } = values;
    }

    private readonly struct Item(object? value, Action? action, Action? cancel = null)
    {
        public object? Value { get; } = value;

        public Action? Action { get; } = action;

        public Action? Cancel { get; } = cancel;
    }
}
