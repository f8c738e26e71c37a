using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip;

/// <summary>An announced channel: what is needed to judge news of it and to answer questions about it. The messages themselves are kept elsewhere.</summary>
public sealed class KnownChannel
{
    private KnownUpdate _update1 = new(), _update2 = new();

    internal KnownChannel(ShortChannelId shortChannelId, KnownNode node1, KnownNode node2, in FundingOutput funding, uint addedAt, bool isRoutable)
    {
        ShortChannelId = shortChannelId;
        Node1 = node1;
        Node2 = node2;
        Funding = funding;
        AddedAt = addedAt;
        IsRoutable = isRoutable;
    }

    /// <summary>Its name.</summary>
    public ShortChannelId ShortChannelId { get; }

    /// <summary>The node with the lesser key.</summary>
    public KnownNode Node1 { get; }

    /// <summary>The other one.</summary>
    public KnownNode Node2 { get; }

    /// <summary>Its output on chain.</summary>
    public FundingOutput Funding { get; }

    /// <summary>When we learned of it, in seconds since 1970.</summary>
    public uint AddedAt { get; }

    /// <summary>Whether payments may go through it: all its even feature bits are known.</summary>
    public bool IsRoutable { get; }

    /// <summary>Height of the block in which its output was spent, or its funding transaction was found gone; 0 where neither is.</summary>
    public uint SpentAt { get; internal set; }

    /// <summary>Where its channel_announcement is kept; <see cref="GossipTable.Nowhere"/> where it is not.</summary>
    public long Location { get; internal set; } = GossipTable.Nowhere;

    /// <summary>Whether others have been told of it: that is put off until the first update (BOLT 7).</summary>
    public bool IsToldOf { get; internal set; }

    /// <summary>Timestamps of both sides' updates, as queries tell them.</summary>
    public UpdatePair Timestamps => new(_update1.Timestamp, _update2.Timestamp);

    /// <summary>Checksums of both sides' updates, as queries tell them.</summary>
    public UpdatePair Checksums => new(_update1.Checksum, _update2.Checksum);

    /// <summary>Whether it may be told of to others: its output is unspent.</summary>
    public bool IsRelayed => SpentAt == 0 && Location != GossipTable.Nowhere;

    /// <summary>What is known of one side's update.</summary>
    /// <param name="direction">0 for that of <see cref="Node1"/>, 1 for the other.</param>
    public KnownUpdate Update(int direction) => direction == 0 ? _update1 : _update2;

    /// <summary>One of the two nodes.</summary>
    /// <param name="direction">0 for <see cref="Node1"/>, 1 for the other.</param>
    public KnownNode Node(int direction) => direction == 0 ? Node1 : Node2;

    /// <summary>The last news that it had from the side that has been silent for longer, in seconds since 1970; being announced counts as news.</summary>
    internal uint QuietSince => Math.Min(Math.Max(_update1.Timestamp, AddedAtIfSilent(_update1)), Math.Max(_update2.Timestamp, AddedAtIfSilent(_update2)));

    /// <summary>One side's update, to be changed.</summary>
    internal ref KnownUpdate UpdateOf(int direction) => ref direction == 0 ? ref _update1 : ref _update2;

    private uint AddedAtIfSilent(in KnownUpdate update) => update.Timestamp == 0 ? AddedAt : 0;
}
