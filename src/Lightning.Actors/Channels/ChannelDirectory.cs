using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Lightning.Actors.Entities;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Channels;

/// <summary>
/// The channels of this process, by every name they have: what payments, forwards and lists look at without asking any actor.
/// Entries are replaced by their channel's entity after each of its writes; readers see a recent durable state.
/// </summary>
/// <param name="continuations">Whether what waits for a change goes on in a thread of its own, or where the change is made.</param>
internal sealed class ChannelDirectory(TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly ConcurrentDictionary<LocalChannelKey, ChannelEntry> _channels = new();
    private readonly ConcurrentDictionary<ShortChannelId, LocalChannelKey> _byShortId = new();
    private readonly ConcurrentDictionary<OutPoint, LocalChannelKey> _byFunding = new();

    private readonly Pulse _changed = new(continuations);

    /// <summary>Completes with the next change. Take it before looking, then look, then wait.</summary>
    public Task Changed => _changed.Next;

    /// <summary>All channels.</summary>
    public ICollection<ChannelEntry> All => _channels.Values;

    /// <summary>Finds a channel by our own key.</summary>
    public bool TryGet(LocalChannelKey key, [NotNullWhen(true)] out ChannelEntry? entry) => _channels.TryGetValue(key, out entry);

    /// <summary>Finds a channel by where its funding stands on chain, or by an alias that we gave out for it.</summary>
    public bool TryGet(ShortChannelId id, [NotNullWhen(true)] out ChannelEntry? entry)
    {
        entry = null;
        return _byShortId.TryGetValue(id, out var key) && _channels.TryGetValue(key, out entry);
    }

    /// <summary>Finds a channel by its funding output.</summary>
    public bool TryGet(OutPoint funding, [NotNullWhen(true)] out ChannelEntry? entry)
    {
        entry = null;
        return _byFunding.TryGetValue(funding, out var key) && _channels.TryGetValue(key, out entry);
    }

    /// <summary>Puts the channel's present state in the place of the one before.</summary>
    public void Update(ChannelEntry entry)
    {
        // A reorganisation moves a funding output, seldom.
        if (_channels.TryGetValue(entry.Key, out var before) && before.ShortChannelId is { } moved && moved != entry.ShortChannelId) _byShortId.TryRemove(KeyValuePair.Create(moved, entry.Key));
        _channels[entry.Key] = entry;
        if (entry.ShortChannelId is { } id) _byShortId[id] = entry.Key;
        // An opener may name the output of another channel. What it named is seen once it is confirmed: until then it takes no name from a channel that has it.
        if (entry.Funding is { } funding) _byFunding.AddOrUpdate(funding, entry.Key, (_, holder) => entry.ShortChannelId is not null || !_channels.ContainsKey(holder) ? entry.Key : holder);
        _changed.Beat();
    }

    /// <summary>The channel is over.</summary>
    public void Remove(LocalChannelKey key)
    {
        if (!_channels.TryRemove(key, out var entry)) return;
        if (entry.ShortChannelId is { } id) _byShortId.TryRemove(KeyValuePair.Create(id, key));
        if (entry.Funding is { } funding) _byFunding.TryRemove(KeyValuePair.Create(funding, key));
        _changed.Beat();
    }
}
