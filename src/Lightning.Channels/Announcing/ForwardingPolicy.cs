using Lightning.Channels.Commitments;

namespace Lightning.Channels.Announcing;

/// <summary>The terms on which a node forwards over a channel, as channel_update tells them (BOLT 7).</summary>
/// <param name="FeeBase">Fee for any HTLC; millisatoshi.</param>
/// <param name="FeeProportionalMillionths">Fee in millionths of the forwarded amount.</param>
/// <param name="CltvExpiryDelta">Blocks taken off an HTLC's expiry.</param>
/// <param name="HtlcMinimum">The smallest HTLC; millisatoshi.</param>
/// <param name="HtlcMaximum">The largest HTLC; millisatoshi.</param>
public sealed record ForwardingPolicy(MilliSatoshi FeeBase, uint FeeProportionalMillionths, ushort CltvExpiryDelta, MilliSatoshi HtlcMinimum, MilliSatoshi HtlcMaximum)
{
    /// <summary>The fewest blocks between an incoming and an outgoing expiry: fewer leave no time to claim on chain what was paid on (BOLT 2 "cltv_expiry_delta Selection").</summary>
    public const ushort MinCltvExpiryDelta = 18;

    /// <summary>What an HTLC of this amount costs (BOLT 7 "HTLC Fees"); millisatoshi.</summary>
    /// <param name="amount">What is passed on.</param>
    public MilliSatoshi Fee(MilliSatoshi amount) => FeeBase + new MilliSatoshi(checked((long)((Int128)amount.Value * FeeProportionalMillionths / 1_000_000)));

    /// <summary>What a channel asks on these terms: what they leave open is the node's, and nothing goes beyond what the channel can carry.</summary>
    /// <param name="commitments">The channel's.</param>
    /// <param name="terms">The channel's own terms.</param>
    /// <param name="node">The node's terms for all channels.</param>
    public static ForwardingPolicy Of(ChannelCommitments commitments, ForwardingTerms terms, ForwardingTerms node)
    {
        ArgumentNullException.ThrowIfNull(commitments);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(node);
        var (least, most) = (Least(commitments), Most(commitments));
        var minimum = MilliSatoshi.Max(least, terms.HtlcMinimum ?? node.HtlcMinimum ?? least);
        return new ForwardingPolicy(
            terms.FeeBase ?? node.FeeBase ?? MilliSatoshi.Zero,
            terms.FeeProportionalMillionths ?? node.FeeProportionalMillionths ?? 0,
            terms.CltvExpiryDelta ?? node.CltvExpiryDelta ?? MinCltvExpiryDelta,
            minimum,
            MilliSatoshi.Max(minimum, MilliSatoshi.Min(most, terms.HtlcMaximum ?? node.HtlcMaximum ?? most)));
    }

    /// <summary>Why terms cannot be asked; null where they can.</summary>
    internal static string? Problem(ChannelCommitments commitments, ForwardingTerms terms)
    {
        var (least, most) = (Least(commitments), Most(commitments));
        return terms switch
        {
            { FeeBase: { } fee } when fee < MilliSatoshi.Zero || fee.Value > uint.MaxValue => $"A base fee of {fee} does not fit into channel_update.",
            { CltvExpiryDelta: < MinCltvExpiryDelta } => $"An expiry delta of {terms.CltvExpiryDelta} blocks is not safe: {MinCltvExpiryDelta} is the least.",
            { CltvExpiryDelta: > 2016 } => $"An expiry delta of {terms.CltvExpiryDelta} blocks is more than payers accept: 2016 is the most.",
            { HtlcMinimum: { } minimum } when minimum < least => $"The peer accepts nothing below {least}.",
            { HtlcMaximum: { } maximum } when maximum > most => $"No more than {most} can go over the channel at once.",
            _ when (terms.HtlcMinimum ?? least) > (terms.HtlcMaximum ?? most) => "The smallest HTLC is larger than the largest.",
            _ => null,
        };
    }

    private static MilliSatoshi Least(ChannelCommitments commitments) => commitments.Parameters.Remote.HtlcMinimum;

    // What the capacity leaves beside the reserve that this node keeps, and the peer takes at once.
    private static MilliSatoshi Most(ChannelCommitments commitments) => MilliSatoshi.Min(
        (commitments.Latest.Funding.Capacity - commitments.Parameters.Remote.ChannelReserve).ToMilliSatoshi(), commitments.Parameters.Remote.MaxHtlcValueInFlight);
}
