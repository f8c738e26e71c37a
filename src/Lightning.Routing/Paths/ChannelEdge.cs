namespace Lightning.Routing.Paths;

/// <summary>One direction of somebody's channel, with what its begin charges to forward over it (BOLT 7).</summary>
/// <param name="ShortChannelId">The channel, or its alias.</param>
/// <param name="From">Who forwards, and charges.</param>
/// <param name="To">Who is reached.</param>
/// <param name="FeeBase">For each HTLC.</param>
/// <param name="FeeProportionalMillionths">Millionths of the forwarded amount.</param>
/// <param name="CltvExpiryDelta">Blocks between the incoming and the outgoing HTLC.</param>
public sealed record ChannelEdge(
    ShortChannelId ShortChannelId, NodeId From, NodeId To, MilliSatoshi FeeBase, uint FeeProportionalMillionths, ushort CltvExpiryDelta)
{
    /// <summary>The smallest HTLC that is forwarded.</summary>
    public MilliSatoshi HtlcMinimum { get; init; }

    /// <summary>The largest HTLC that is forwarded, and what all parts together are kept under; null where it is not known.</summary>
    public MilliSatoshi? HtlcMaximum { get; init; }

    /// <summary>What <see cref="From"/> charges, rounded down (BOLT 7, "HTLC Fees").</summary>
    /// <param name="amount">The forwarded amount.</param>
    public MilliSatoshi Fee(MilliSatoshi amount) => new(checked(FeeBase.Value + (long)((Int128)amount.Value * FeeProportionalMillionths / 1_000_000)));
}
