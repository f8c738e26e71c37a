using System.Collections.Immutable;

namespace Lightning.Routing.Gossip.Sending;

/// <summary>News to be told on: which message, not its bytes, so that what is replaced before it is sent is not sent.</summary>
internal sealed class BroadcastItem
{
    /// <summary>So many peers are remembered who know it already.</summary>
    private const int MaxSources = 8;

    private readonly object _subject;
    private readonly GossipPart _part;
    private ImmutableArray<NodeId> _sources = [];

    public BroadcastItem(object subject, GossipPart part, NodeId? from)
    {
        _subject = subject;
        _part = part;
        IsOwn = from is null;
        AddSource(from);
    }

    public GossipPart Part => _part;

    /// <summary>Whether this node says it: then all are told, whatever they filter.</summary>
    public bool IsOwn { get; }

    private uint Timestamp => _subject switch
    {
        KnownNode node => node.Timestamp,
        KnownChannel channel when _part == GossipPart.Update1 => channel.Update(0).Timestamp,
        KnownChannel channel when _part == GossipPart.Update2 => channel.Update(1).Timestamp,
        KnownChannel channel => Math.Max(channel.Update(0).Timestamp, channel.Update(1).Timestamp),
        _ => 0,
    };

    public void AddSource(NodeId? from)
    {
        if (from is not null && _sources.Length < MaxSources && !_sources.Contains(from)) _sources = _sources.Add(from);
    }

    /// <summary>Where the message is kept that a peer is told; <see cref="GossipTable.Nowhere"/> where it is not told.</summary>
    public long For(GossipTable table, NodeId peer, TimestampFilter? filter)
    {
        if (!IsOwn && (filter is not { } wanted || !wanted.Admits(Timestamp))) return GossipTable.Nowhere;
        if (_sources.Contains(peer)) return GossipTable.Nowhere;
        switch (_subject)
        {
            case KnownNode node:
                return node.IsRelayed && ReferenceEquals(table.Find(node.Key), node) ? node.Location : GossipTable.Nowhere;
            case KnownChannel channel when ReferenceEquals(table.Find(channel.ShortChannelId), channel):
                if (_part == GossipPart.Announcement) return channel.IsRelayed ? channel.Location : GossipTable.Nowhere;
                var update = channel.Update(_part == GossipPart.Update1 ? 0 : 1);
                return update.IsRelayed && (channel.SpentAt == 0 || update.IsDisabled) ? update.Location : GossipTable.Nowhere;
            default:
                return GossipTable.Nowhere;
        }
    }
}
