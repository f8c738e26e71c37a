using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.Routing.Graph;

namespace Lightning.Routing.Gossip;

/// <summary>BOLT 7, "The channel_announcement Message", the receiving node.</summary>
internal sealed class ChannelAnnouncementRules(GossipContext context)
{
    /// <summary>So long nothing of a node is heard that signed two announcements of one channel.</summary>
    private static readonly TimeSpan BlacklistedFor = TimeSpan.FromDays(365);

    public GossipVerdict Examine(ChannelAnnouncement announcement, NodeId? from, DateTimeOffset now, uint height) =>
        Objection(announcement, from, now, height) ?? new GossipVerdict.NeedsSignatures(Checks(announcement));

    public GossipVerdict Signed(ChannelAnnouncement announcement, NodeId? from, bool isValid, DateTimeOffset now, uint height)
    {
        if (!isValid) return new GossipVerdict.Refused($"channel_announcement {announcement.ShortChannelId}: not all signatures are valid", Close: false);
        return Objection(announcement, from, now, height) ?? new GossipVerdict.NeedsFunding(Question(announcement));
    }

    public GossipVerdict Funded(ChannelAnnouncement announcement, NodeId? from, FundingAnswer answer, DateTimeOffset now, uint height)
    {
        if (Objection(announcement, from, now, height) is { } objection) return objection;
        var question = Question(announcement);
        switch (answer)
        {
            case FundingAnswer.Unspent unspent when unspent.Script == question.Script:
                return unspent.Confirmations + context.Limits.MissingConfirmations < context.Limits.MinimumConfirmations
                    ? new GossipVerdict.Ignored(IgnoreReason.TooEarly)
                    : Accept(announcement, unspent.Output, now);
            case FundingAnswer.Unspent or FundingAnswer.Missing:
                context.NotFunded.Add(question, now + context.Limits.LookAgainAfter);
                context.CountFailedLookup(from, now);
                return new GossipVerdict.Ignored(IgnoreReason.NotFunded);
            default:
                return new GossipVerdict.Ignored(IgnoreReason.ChainAway);
        }
    }

    private static FundingQuestion Question(ChannelAnnouncement announcement) =>
        new(announcement.ShortChannelId, ScriptTemplates.MultiSig2Of2(announcement.BitcoinKey1, announcement.BitcoinKey2).ToP2wsh());

    private static ImmutableArray<SignatureCheck> Checks(ChannelAnnouncement announcement)
    {
        var hash = announcement.SignedHash();
        return
        [
            new SignatureCheck(announcement.NodeId1.Key, hash, announcement.NodeSignature1),
            new SignatureCheck(announcement.NodeId2.Key, hash, announcement.NodeSignature2),
            new SignatureCheck(announcement.BitcoinKey1, hash, announcement.BitcoinSignature1),
            new SignatureCheck(announcement.BitcoinKey2, hash, announcement.BitcoinSignature2),
        ];
    }

    private static bool IsBetween(KnownChannel channel, ChannelAnnouncement announcement) => channel.Node1.Id == announcement.NodeId1 && channel.Node2.Id == announcement.NodeId2;

    private GossipVerdict? Objection(ChannelAnnouncement announcement, NodeId? from, DateTimeOffset now, uint height)
    {
        if (announcement.ChainHash != context.Chain) return new GossipVerdict.Ignored(IgnoreReason.OtherChain);
        if (announcement.NodeId1.CompareTo(announcement.NodeId2) >= 0)
            return new GossipVerdict.Refused($"channel_announcement {announcement.ShortChannelId}: node_id_1 is not less than node_id_2", Close: false);
        if (IsBlacklisted(announcement.NodeId1, now) || IsBlacklisted(announcement.NodeId2, now)) return new GossipVerdict.Ignored(IgnoreReason.Blacklisted);

        // Two that differ in their nodes are both checked: who signed both is not to be believed.
        if (context.Table.Find(announcement.ShortChannelId) is { } known && IsBetween(known, announcement)) return new GossipVerdict.Ignored(IgnoreReason.Duplicate);
        if (announcement.ShortChannelId.BlockHeight + context.Limits.MinimumConfirmations - 1 > height + context.Limits.MissingConfirmations)
            return new GossipVerdict.Ignored(IgnoreReason.TooEarly);
        if (!context.MayLookUp(from, now)) return new GossipVerdict.Ignored(IgnoreReason.RateLimited);
        return context.NotFunded.Count > 0 && context.NotFunded.Contains(Question(announcement), now) ? new GossipVerdict.Ignored(IgnoreReason.NotFunded) : null;
    }

    private GossipVerdict.Accepted Accept(ChannelAnnouncement announcement, in FundingOutput output, DateTimeOffset now)
    {
        if (context.Table.Find(announcement.ShortChannelId) is { } other) return Disown(announcement, other, now);
        var isRoutable = FeatureRules.UnknownMandatoryBit(announcement.Features) is null;
        context.Table.Add(
            announcement.ShortChannelId,
            NodeKey.From(announcement.NodeId1),
            NodeKey.From(announcement.NodeId2),
            output,
            (uint)now.ToUnixTimeSeconds(),
            isRoutable);
        return new GossipVerdict.Accepted(
            isRoutable ? [new ChannelAdded(announcement.ShortChannelId, announcement.NodeId1, announcement.NodeId2, output.Capacity)] : []);
    }

    // Both announcements are signed by the funding keys and by their nodes: none of the four can be believed. Only who has signed can be hit by this.
    private GossipVerdict.Accepted Disown(ChannelAnnouncement announcement, KnownChannel other, DateTimeOffset now)
    {
        HashSet<NodeKey> disowned = [NodeKey.From(announcement.NodeId1), NodeKey.From(announcement.NodeId2), other.Node1.Key, other.Node2.Key];
        disowned.Remove(NodeKey.From(context.Self));
        foreach (var node in disowned) context.Blacklist.Add(node, now + BlacklistedFor);
        var gone = context.Table.RemoveAll(channel => disowned.Contains(channel.Node1.Key) || disowned.Contains(channel.Node2.Key));
        return new GossipVerdict.Accepted([.. gone.Select(GraphDelta (channel) => new ChannelRemoved(channel.ShortChannelId))], Kept: false);
    }

    private bool IsBlacklisted(NodeId node, DateTimeOffset now) => context.Blacklist.Count > 0 && context.Blacklist.Contains(NodeKey.From(node), now);
}
