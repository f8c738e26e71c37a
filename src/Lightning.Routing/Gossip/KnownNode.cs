using Lightning.Bitcoin.Crypto;

namespace Lightning.Routing.Gossip;

/// <summary>A node that has an announced channel.</summary>
public sealed class KnownNode
{
    private readonly NodeKey _key;

    internal KnownNode(in NodeKey key, int index)
    {
        _key = key;
        Index = index;
    }

    /// <summary>The node.</summary>
    public NodeId Id => field ??= new NodeId(PubKey.Parse(_key));

    /// <summary>Timestamp of its node_announcement; 0 where none is known.</summary>
    public uint Timestamp { get; internal set; }

    /// <summary>Where its node_announcement is kept; <see cref="GossipTable.Nowhere"/> where none is.</summary>
    public long Location { get; internal set; } = GossipTable.Nowhere;

    /// <summary>Whether its node_announcement may be sent to others.</summary>
    public bool IsRelayed { get; internal set; }

    /// <summary>How many announced channels it has.</summary>
    public int ChannelCount { get; internal set; }

    /// <summary>A small number that no other known node has.</summary>
    internal int Index { get; }

    /// <summary>See <see cref="GossipLimits.NodeAnnouncements"/>.</summary>
    internal long RateLimit;

    /// <summary>Its key, not parsed.</summary>
    internal ref readonly NodeKey Key => ref _key;
}
