namespace Lightning.Routing.Gossip;

/// <summary>What BOLT 7 leaves to each node, and what bounds the work and the memory that strangers can cause.</summary>
public sealed record GossipLimits
{
    /// <summary>A channel without news of both sides for so long is forgotten (BOLT 7: two weeks).</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromDays(14);

    /// <summary>So far a channel_update may be ahead of our clock.</summary>
    public TimeSpan FutureTolerance { get; init; } = TimeSpan.FromDays(1);

    /// <summary>A funding output has so many confirmations when its channel is announced (BOLT 7).</summary>
    public uint MinimumConfirmations { get; init; } = 6;

    /// <summary>So many of them may be missing: our last blocks may come later than the announcement.</summary>
    public uint MissingConfirmations { get; init; } = 1;

    /// <summary>Blocks after which a channel is forgotten whose funding output is spent: a splice has that long to be announced (BOLT 7).</summary>
    public uint ForgetSpentAfter { get; init; } = 72;

    /// <summary>Longer announcements and updates, in bytes of the wire, are neither kept nor relayed.</summary>
    public int MaxMessageLength { get; init; } = 2048;

    /// <summary>New channel_updates of one direction of a channel.</summary>
    public RateLimit Updates { get; init; } = new(TimeSpan.FromMinutes(1), 10);

    /// <summary>New node_announcements of one node.</summary>
    public RateLimit NodeAnnouncements { get; init; } = new(TimeSpan.FromMinutes(10), 10);

    /// <summary>Announcements of one peer whose channel is not found on chain: each costs a look at the chain.</summary>
    public RateLimit FailedLookups { get; init; } = new(TimeSpan.FromSeconds(10), 100);

    /// <summary>So many messages are being checked at once.</summary>
    public int MaxInFlight { get; init; } = 8192;

    /// <summary>So many messages about channels that are not announced yet wait for the announcement.</summary>
    public int MaxHeld { get; init; } = 8192;

    /// <summary>So many of them are from one peer.</summary>
    public int MaxHeldPerPeer { get; init; } = 2048;

    /// <summary>For so long they wait.</summary>
    public TimeSpan HeldFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>So many channels that were looked for in vain are remembered, so that the same announcement does not cost another look.</summary>
    public int MaxLookedForInVain { get; init; } = 10_000;

    /// <summary>For so long they are remembered.</summary>
    public TimeSpan LookAgainAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>So many nodes are remembered that signed two announcements of one channel.</summary>
    public int MaxBlacklisted { get; init; } = 10_000;

    /// <summary>What one peer is sent, in messages; a reply_channel_range counts for more the longer it is.</summary>
    public RateLimit Sent { get; init; } = new(TimeSpan.FromMilliseconds(1), 50_000);

    /// <summary>How often a gossip_timestamp_filter of one peer brings what is known already; otherwise only what comes later.</summary>
    public RateLimit Backlogs { get; init; } = new(TimeSpan.FromMinutes(30), 3);

    /// <summary>So many flushes wait for a peer that reads slowly; then it misses the oldest.</summary>
    public int MaxBatches { get; init; } = 8;

    /// <summary>So many messages are collected between two flushes; what is more is not told on.</summary>
    public int MaxBatch { get; init; } = 50_000;

    /// <summary>Short channel ids in a reply_channel_range, which are 24 bytes each with timestamps and checksums.</summary>
    public int IdsPerReply { get; init; } = 2_500;

    /// <summary>Short channel ids that are asked for at once.</summary>
    public int IdsPerQuery { get; init; } = 500;

    /// <summary>Channels that one peer may make us ask for in one synchronization.</summary>
    public int MaxMissing { get; init; } = 200_000;

    /// <summary>Answers to one query_channel_range.</summary>
    public int MaxReplies { get; init; } = 1_000;

    /// <summary>So long a peer may take for an answer.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromMinutes(1);
}
