using System.Collections.Immutable;

namespace Lightning.Routing.Gossip.Sending;

/// <summary>The news of one interval, the same for all peers: each takes of it what it wants and has not said itself.</summary>
public sealed class GossipBatch
{
    internal GossipBatch(ImmutableArray<BroadcastItem> items) => Items = items;

    /// <summary>How many there are.</summary>
    public int Count => Items.Length;

    internal ImmutableArray<BroadcastItem> Items { get; }
}
