using Lightning.Protocol.Messages;
using Lightning.Routing.Graph;

namespace Lightning.Routing.Gossip;

/// <summary>BOLT 7, "The node_announcement Message", the receiving node.</summary>
internal sealed class NodeAnnouncementRules(GossipContext context)
{
    public GossipVerdict Examine(NodeAnnouncement announcement, NodeId? from, DateTimeOffset now) =>
        context.Table.Find(announcement.NodeId) is not { } node
            ? GossipVerdict.Held.Instance
            : Objection(announcement, node, from, now) ?? new GossipVerdict.NeedsSignatures([new SignatureCheck(announcement.NodeId.Key, announcement.SignedHash(), announcement.Signature)]);

    public GossipVerdict Signed(NodeAnnouncement announcement, NodeId? from, bool isValid, DateTimeOffset now)
    {
        if (!isValid) return new GossipVerdict.Refused($"node_announcement {announcement.NodeId}: the signature is not valid", Close: true);
        if (context.Table.Find(announcement.NodeId) is not { } node) return new GossipVerdict.Ignored(IgnoreReason.Unknown);
        if (Objection(announcement, node, from, now) is { } objection) return objection;
        if (from is not null) _ = context.Limits.NodeAnnouncements.TryTake(ref node.RateLimit, now);
        node.Timestamp = announcement.Timestamp;
        node.Location = GossipTable.Nowhere;
        node.IsRelayed = MayBeRelayed(announcement);
        return new GossipVerdict.Accepted([new NodeChanged(announcement.NodeId, announcement.Features, announcement.Timestamp)]);
    }

    /// <summary>More than one host name must not be passed on.</summary>
    internal static bool MayBeRelayed(NodeAnnouncement announcement)
    {
        var hostnames = 0;
        foreach (var address in announcement.Addresses)
        {
            if (address.Type == NodeAddressType.DnsHostname) hostnames++;
        }

        return hostnames <= 1;
    }

    private GossipVerdict? Objection(NodeAnnouncement announcement, KnownNode node, NodeId? from, DateTimeOffset now) =>
        announcement.Timestamp < node.Timestamp ? new GossipVerdict.Ignored(IgnoreReason.Outdated)
        : announcement.Timestamp == node.Timestamp && node.Timestamp != 0 ? new GossipVerdict.Ignored(IgnoreReason.Duplicate)
        : from is not null && !context.Limits.NodeAnnouncements.HasToken(node.RateLimit, now) ? new GossipVerdict.Ignored(IgnoreReason.RateLimited)
        : null;
}
