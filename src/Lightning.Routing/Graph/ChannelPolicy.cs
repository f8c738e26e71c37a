namespace Lightning.Routing.Graph;

/// <summary>What one side of a channel asks of those who want it to forward over the channel (BOLT 7, <c>channel_update</c>).</summary>
/// <param name="FeeBase">For each HTLC; at most 2^32 - 1 msat.</param>
/// <param name="FeeProportionalMillionths">Millionths of the forwarded amount.</param>
/// <param name="CltvExpiryDelta">Blocks between the incoming and the outgoing HTLC.</param>
/// <param name="HtlcMinimum">The smallest HTLC.</param>
/// <param name="HtlcMaximum">The largest HTLC.</param>
/// <param name="IsDisabled">Whether it forwards nothing for now.</param>
/// <param name="Timestamp">Orders the terms of one side; seconds since 1970 by custom.</param>
public sealed record ChannelPolicy(
    MilliSatoshi FeeBase,
    uint FeeProportionalMillionths,
    ushort CltvExpiryDelta,
    MilliSatoshi HtlcMinimum,
    MilliSatoshi HtlcMaximum,
    bool IsDisabled,
    uint Timestamp);
