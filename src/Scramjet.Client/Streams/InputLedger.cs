using System;
using System.Collections.Concurrent;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>
/// Records what was sent to instances over a connection, because hubs don't report input that can't be read as intended: a content type that instances
/// don't know is ignored, data of another type is read as that of the first, and data after the end is lost or its request never completes.
/// </summary>
internal sealed class InputLedger
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Records an input before it is sent.</summary>
    /// <param name="address">The instance's address.</param>
    /// <param name="instance">The instance's id.</param>
    /// <param name="contentType">The content type of the input.</param>
    /// <returns>The record of the instance's input.</returns>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c> or <c>INPUT_ENDED</c>: the instance can't read the input.</exception>
    public Entry Begin(string address, string instance, string contentType)
    {
        var kind = ContentTypes.InputKind(contentType) ?? throw new ScramjetException(
            ErrorCodes.BadParameters,
            $"Instances can't read input with the content type {contentType}.",
            $"Send it as {ContentTypes.NdJson}, {ContentTypes.Text} or {ContentTypes.Bytes}.");
        var entry = _entries.GetOrAdd(address, _ => new Entry(kind));
        if (entry.Ended)
        {
            throw new ScramjetException(
                ErrorCodes.InputEnded,
                $"The input of the instance '{instance}' has ended: no more data can be sent to it.",
                "Keep the input open when sending all parts but the last, or start another instance.")
            {
                Situation = ErrorSituation.InputEnded,
            };
        }

        if (entry.Kind != kind)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"The input of the instance '{instance}' has the content type {entry.Kind}. {contentType} can't be sent after it.",
                $"Send it as {entry.Kind}, or start another instance.");
        }

        return entry;
    }

    /// <summary>Records the end of an input.</summary>
    public void End(string address)
    {
        if (_entries.TryGetValue(address, out var entry))
            entry.Ended = true;
    }

    /// <summary>Removes the record of an instance that has received nothing, or has ended.</summary>
    public void Forget(string address) => _entries.TryRemove(address, out _);

    /// <summary>The record of an instance's input.</summary>
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

        /// <summary>
        /// Announces the input's content type to the instance once. Later callers wait for the first announcement, and make their own if it has failed.
        /// </summary>
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
                    // The call of another caller failed or was canceled. Try again.
                }
            }
        }
    }
}
