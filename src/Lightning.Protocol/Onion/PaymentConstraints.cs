namespace Lightning.Protocol.Onion;

/// <summary>What limits the use of a blinded path (BOLT 4, <c>payment_constraints</c>).</summary>
/// <param name="MaxCltvExpiry">The highest expiry that an HTLC may come with, a block height.</param>
/// <param name="HtlcMinimum">The least amount that an HTLC may come with.</param>
public sealed record PaymentConstraints(uint MaxCltvExpiry, MilliSatoshi HtlcMinimum);
