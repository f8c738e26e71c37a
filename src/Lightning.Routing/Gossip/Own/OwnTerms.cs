namespace Lightning.Routing.Gossip.Own;

/// <summary>What this node asks of those who want it to forward over a channel.</summary>
/// <param name="FeeBase">For each HTLC; at most 2^32 - 1 msat.</param>
/// <param name="FeeProportionalMillionths">Millionths of the forwarded amount.</param>
/// <param name="CltvExpiryDelta">Blocks between the incoming and the outgoing HTLC.</param>
/// <param name="HtlcMaximum">The largest HTLC.</param>
public sealed record OwnTerms(MilliSatoshi FeeBase, uint FeeProportionalMillionths, ushort CltvExpiryDelta, MilliSatoshi HtlcMaximum);
