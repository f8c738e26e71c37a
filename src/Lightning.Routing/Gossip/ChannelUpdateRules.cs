using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;
using Lightning.Routing.Graph;

namespace Lightning.Routing.Gossip;

/// <summary>BOLT 7, "The channel_update Message", the receiving node.</summary>
internal sealed class ChannelUpdateRules(GossipContext context)
{
    public GossipVerdict Examine(ChannelUpdate update, NodeId? from, DateTimeOffset now)
    {
        if (update.ChainHash != context.Chain) return new GossipVerdict.Ignored(IgnoreReason.OtherChain);
        if (context.Table.Find(update.ShortChannelId) is not { } channel) return IsOfOwnPeer(update, from) ? Check(update, from!) : GossipVerdict.Held.Instance;
        return Objection(update, channel, from, now) ?? Check(update, channel.Node(update.Direction).Id);
    }

    public GossipVerdict Signed(ChannelUpdate update, NodeId? from, bool isValid, DateTimeOffset now)
    {
        if (!isValid) return new GossipVerdict.Refused($"channel_update {update.ShortChannelId}: the signature is not valid", Close: true);
        if (context.Table.Find(update.ShortChannelId) is not { } channel)
            return IsOfOwnPeer(update, from) ? GossipVerdict.AcceptedForOwnChannel.Instance : new GossipVerdict.Ignored(IgnoreReason.Unknown);
        return Objection(update, channel, from, now) ?? Accept(update, channel, from, now);
    }

    private static GossipVerdict.NeedsSignatures Check(ChannelUpdate update, NodeId signer) => new([new SignatureCheck(signer.Key, update.SignedHash(), update.Signature)]);

    // A limit above the capacity, or below the minimum, cannot be meant: nothing is sent that way, though others may be told.
    private static bool IsUsable(ChannelUpdate update, KnownChannel channel) =>
        !update.IsDisabled && update.HtlcMinimum <= update.HtlcMaximum && update.HtlcMaximum <= channel.Funding.Capacity.ToMilliSatoshi();

    private GossipVerdict? Objection(ChannelUpdate update, KnownChannel channel, NodeId? from, DateTimeOffset now)
    {
        var known = channel.Update(update.Direction);
        var limits = context.Limits;
        IgnoreReason? reason =
            update.Timestamp < known.Timestamp ? IgnoreReason.Outdated
            : update.Timestamp == known.Timestamp && update.Timestamp != 0 ? ChannelUpdateChecksum.Compute(update) == known.Checksum ? IgnoreReason.Duplicate : IgnoreReason.Contradictory
            : update.Timestamp < (now - limits.StaleAfter).ToUnixTimeSeconds() ? IgnoreReason.Stale
            : update.Timestamp > (now + limits.FutureTolerance).ToUnixTimeSeconds() ? IgnoreReason.FromTheFuture
            : channel.SpentAt != 0 && !update.IsDisabled ? IgnoreReason.Spent
            : from is not null && !limits.Updates.HasToken(known.RateLimit, now) ? IgnoreReason.RateLimited
            : null;
        return reason is { } objection ? new GossipVerdict.Ignored(objection) : null;
    }

    private GossipVerdict.Accepted Accept(ChannelUpdate update, KnownChannel channel, NodeId? from, DateTimeOffset now)
    {
        ref var known = ref channel.UpdateOf(update.Direction);
        if (from is not null) _ = context.Limits.Updates.TryTake(ref known.RateLimit, now);
        known.Timestamp = update.Timestamp;
        known.Checksum = ChannelUpdateChecksum.Compute(update);
        known.IsDisabled = update.IsDisabled;
        known.IsRelayed = !update.DontForward;
        known.Location = GossipTable.Nowhere;
        if (!channel.IsRoutable) return new GossipVerdict.Accepted([]);
        return new GossipVerdict.Accepted([new PolicyChanged(
            update.ShortChannelId,
            update.Direction,
            new ChannelPolicy(
                update.FeeBase,
                update.FeeProportionalMillionths,
                update.CltvExpiryDelta,
                update.HtlcMinimum,
                update.HtlcMaximum,
                IsDisabled: !IsUsable(update, channel),
                update.Timestamp))]);
    }

    // Not announced, or named by an alias: only the peer itself may say something about it, and only for its own side.
    private bool IsOfOwnPeer(ChannelUpdate update, NodeId? from) =>
        from is not null
        && context.OwnChannels.GetValueOrDefault(update.ShortChannelId) == from
        && update.Direction == (from.CompareTo(context.Self) < 0 ? 0 : 1);
}
