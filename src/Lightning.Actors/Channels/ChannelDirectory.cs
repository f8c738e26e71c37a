using System.Collections.Concurrent;
using System.Collections.Immutable;
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
    private readonly ConcurrentDictionary<ShortChannelId, LocalChannelKey> _byAlias = new();
    private readonly ConcurrentDictionary<OutPoint, LocalChannelKey> _byFunding = new();
    private readonly ConcurrentDictionary<NodeId, ImmutableHashSet<LocalChannelKey>> _byPeer = new();

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
        return (_byShortId.TryGetValue(id, out var key) || _byAlias.TryGetValue(id, out key)) && _channels.TryGetValue(key, out entry);
    }

    /// <summary>The channels with a peer.</summary>
    public IEnumerable<ChannelEntry> With(NodeId peer)
    {
        if (!_byPeer.TryGetValue(peer, out var keys)) yield break;
        foreach (var key in keys)
        {
            if (_channels.TryGetValue(key, out var entry)) yield return entry;
        }
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
        if (before is null) _byAlias[entry.Alias] = entry.Key;
        if (before?.Peer is null && entry.Peer is { } peer) _byPeer.AddOrUpdate(peer, static (_, key) => [key], static (_, keys, key) => keys.Add(key), entry.Key);

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
        _byAlias.TryRemove(KeyValuePair.Create(entry.Alias, key));
        if (entry.Peer is { } peer) _byPeer.AddOrUpdate(peer, static (_, _) => [], static (_, keys, gone) => keys.Remove(gone), key);
        if (entry.ShortChannelId is { } id) _byShortId.TryRemove(KeyValuePair.Create(id, key));
        if (entry.Funding is { } funding) _byFunding.TryRemove(KeyValuePair.Create(funding, key));
        _changed.Beat();
    }
}
