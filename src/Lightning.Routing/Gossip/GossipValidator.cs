using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip;

/// <summary>
/// Judges announcements and updates by BOLT 7, in steps, because what takes long is done elsewhere: <see cref="Examine"/>, then where it is asked for
/// <see cref="Signed"/> with the result of the signature checks, then <see cref="Funded"/> with what the chain says. Between the steps other messages may be
/// accepted: each step judges anew. What is accepted is in the table. Not safe for several threads.
/// </summary>
public sealed class GossipValidator
{
    private readonly GossipContext _context;
    private readonly ChannelAnnouncementRules _channels;
    private readonly ChannelUpdateRules _updates;
    private readonly NodeAnnouncementRules _nodes;

    /// <summary>Judges for one node.</summary>
    /// <param name="table">What is known; changed by what is accepted.</param>
    /// <param name="self">The node that judges.</param>
    /// <param name="chain">Genesis hash of its chain.</param>
    /// <param name="limits">The bounds.</param>
    public GossipValidator(GossipTable table, NodeId self, BlockHash chain, GossipLimits limits)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(limits);
        _context = new GossipContext(table, self, chain, limits);
        _channels = new ChannelAnnouncementRules(_context);
        _updates = new ChannelUpdateRules(_context);
        _nodes = new NodeAnnouncementRules(_context);
    }

    /// <summary>What is known.</summary>
    public GossipTable Table => _context.Table;

    /// <summary>The bounds.</summary>
    public GossipLimits Limits => _context.Limits;

    /// <summary>Names a channel of ours, by its real name or an alias, announced or not: the peer's updates of it are taken from the peer.</summary>
    public void AddOwnChannel(ShortChannelId shortChannelId, NodeId peer) => _context.OwnChannels[shortChannelId] = peer;

    /// <summary>A channel of ours is over, or has this name no more.</summary>
    public void RemoveOwnChannel(ShortChannelId shortChannelId) => _context.OwnChannels.Remove(shortChannelId);

    /// <summary>The first step: everything that costs little.</summary>
    /// <param name="gossip">The message.</param>
    /// <param name="now">The time.</param>
    /// <param name="height">Height of the best block.</param>
    public GossipVerdict Examine(ReceivedGossip gossip, DateTimeOffset now, uint height)
    {
        ArgumentNullException.ThrowIfNull(gossip);
        if (gossip.Message.ToWire().Length > Limits.MaxMessageLength) return new GossipVerdict.Ignored(IgnoreReason.TooLong);
        return gossip.Message switch
        {
            ChannelAnnouncement announcement => _channels.Examine(announcement, gossip.From, now, height),
            ChannelUpdate update => _updates.Examine(update, gossip.From, now),
            NodeAnnouncement announcement => _nodes.Examine(announcement, gossip.From, now),
            var other => throw new NotSupportedException($"{other.GetType().Name} is no gossip."),
        };
    }

    /// <summary>The second step, with the result of the checks that the first one asked for.</summary>
    /// <param name="gossip">The message.</param>
    /// <param name="isValid">Whether all its signatures are.</param>
    /// <param name="now">The time.</param>
    /// <param name="height">Height of the best block.</param>
    public GossipVerdict Signed(ReceivedGossip gossip, bool isValid, DateTimeOffset now, uint height)
    {
        ArgumentNullException.ThrowIfNull(gossip);
        return gossip.Message switch
        {
            ChannelAnnouncement announcement => _channels.Signed(announcement, gossip.From, isValid, now, height),
            ChannelUpdate update => _updates.Signed(update, gossip.From, isValid, now),
            NodeAnnouncement announcement => _nodes.Signed(announcement, gossip.From, isValid, now),
            var other => throw new NotSupportedException($"{other.GetType().Name} is no gossip."),
        };
    }

    /// <summary>The third step, with the answer to the question that the second one asked.</summary>
    /// <param name="gossip">The channel_announcement.</param>
    /// <param name="answer">What the chain says.</param>
    /// <param name="now">The time.</param>
    /// <param name="height">Height of the best block.</param>
    public GossipVerdict Funded(ReceivedGossip gossip, FundingAnswer answer, DateTimeOffset now, uint height)
    {
        ArgumentNullException.ThrowIfNull(gossip);
        return _channels.Funded((ChannelAnnouncement)gossip.Message, gossip.From, answer, now, height);
    }

    /// <summary>Forgets what is remembered of peers that have nothing against them.</summary>
    public void Tidy(DateTimeOffset now) => _context.TidyPeers(now);
}
