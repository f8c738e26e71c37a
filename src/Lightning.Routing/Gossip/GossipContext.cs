namespace Lightning.Routing.Gossip;

/// <summary>What the rules for the three messages share.</summary>
internal sealed class GossipContext(GossipTable table, NodeId self, BlockHash chain, GossipLimits limits)
{
    // Failed looks at the chain, by peer: see GossipLimits.FailedLookups.
    private readonly Dictionary<NodeId, long> _failedLookups = [];

    public GossipTable Table { get; } = table;

    public NodeId Self { get; } = self;

    public BlockHash Chain { get; } = chain;

    public GossipLimits Limits { get; } = limits;

    /// <summary>Our channels' names and aliases, with the peer.</summary>
    public Dictionary<ShortChannelId, NodeId> OwnChannels { get; } = [];

    /// <summary>Nodes that signed two announcements of one channel: their keys have leaked, or they lie.</summary>
    public BoundedMemory<NodeKey> Blacklist { get; } = new(limits.MaxBlacklisted);

    /// <summary>What was looked for on chain in vain.</summary>
    public BoundedMemory<FundingQuestion> NotFunded { get; } = new(limits.MaxLookedForInVain);

    public bool MayLookUp(NodeId? peer, DateTimeOffset now) => peer is null || Limits.FailedLookups.HasToken(_failedLookups.GetValueOrDefault(peer), now);

    public void CountFailedLookup(NodeId? peer, DateTimeOffset now)
    {
        if (peer is null) return;
        var bucket = _failedLookups.GetValueOrDefault(peer);
        _ = Limits.FailedLookups.TryTake(ref bucket, now);
        _failedLookups[peer] = bucket;
    }

    // A peer whose bucket is full again is like any other.
    public void TidyPeers(DateTimeOffset now)
    {
        var full = now.ToUnixTimeMilliseconds();
        foreach (var (peer, bucket) in _failedLookups)
        {
            if (bucket <= full) _failedLookups.Remove(peer);
        }
    }
}
