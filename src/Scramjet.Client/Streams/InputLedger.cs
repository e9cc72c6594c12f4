using System;
using System.Collections.Concurrent;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>
/// What was sent into instances over one connection. Hubs don't tell when an input can't be what was meant: a content type that instances
/// can't read is dropped, data of another type than the first is read as the first, and data behind the end is lost or keeps its request waiting for good.
/// </summary>
internal sealed class InputLedger
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Takes note of an input, before it is sent.</summary>
    /// <param name="address">The instance's address.</param>
    /// <param name="instance">Its id.</param>
    /// <param name="contentType">What the input is.</param>
    /// <returns>What is known of the instance's input.</returns>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c> or <c>INPUT_ENDED</c>: the instance can't take it.</exception>
    public Entry Begin(string address, string instance, string contentType)
    {
        var kind = ContentTypes.InputKind(contentType) ?? throw new ScramjetException(
            ErrorCodes.BadParameters,
            $"Instances can't read an input of the type {contentType}.",
            $"Send it as {ContentTypes.NdJson}, {ContentTypes.Text} or {ContentTypes.Bytes}.");
        var entry = _entries.GetOrAdd(address, _ => new Entry(kind));
        if (entry.Ended)
        {
            throw new ScramjetException(
                ErrorCodes.InputEnded,
                $"The input of the instance '{instance}' has ended: nothing more can be sent into it.",
                "Keep the input open when sending all parts but the last, or start another instance.")
            {
                Situation = ErrorSituation.InputEnded,
            };
        }

        if (entry.Kind != kind)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"The input of the instance '{instance}' is {entry.Kind} since its first data: {contentType} can't follow.",
                $"Send it as {entry.Kind}, or start another instance.");
        }

        return entry;
    }

    /// <summary>Takes note of an input's end.</summary>
    public void End(string address)
    {
        if (_entries.TryGetValue(address, out var entry))
            entry.Ended = true;
    }

    /// <summary>Forgets an instance: nothing was taken, or it is gone.</summary>
    public void Forget(string address) => _entries.TryRemove(address, out _);

    /// <summary>What is known of an instance's input.</summary>
    internal sealed class Entry(string kind)
    {
        private readonly object _gate = new();
        private Task? _announcement;
        private volatile bool _ended;

        public string Kind { get; } = kind;

        public bool Ended
        {
            get => _ended;
            set => _ended = value;
        }

        /// <summary>Announces the input's content type to the instance, once: who comes later waits for the first one's announcement, and makes another where that has failed.</summary>
        public async Task AnnounceOnceAsync(Func<Task> announce)
        {
            while (true)
            {
                Task announcement;
                bool isOwn;
                lock (_gate)
                {
                    isOwn = _announcement is null or { IsFaulted: true } or { IsCanceled: true };
                    announcement = isOwn ? _announcement = announce() : _announcement!;
                }

                try
                {
                    await announcement.ConfigureAwait(false);
                    return;
                }
                catch (Exception) when (!isOwn)
                {
                    // It was another call that failed, or was stopped.
                }
            }
        }
    }
}
