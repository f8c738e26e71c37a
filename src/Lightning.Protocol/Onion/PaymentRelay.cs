namespace Lightning.Protocol.Onion;

/// <summary>What a node inside a blinded path takes for forwarding (BOLT 4, <c>payment_relay</c>).</summary>
/// <param name="CltvExpiryDelta">Blocks between the incoming and the outgoing HTLC.</param>
/// <param name="FeeProportionalMillionths">Millionths of the forwarded amount.</param>
/// <param name="FeeBase">For each HTLC; at most 2^32-1 msat.</param>
public sealed record PaymentRelay(ushort CltvExpiryDelta, uint FeeProportionalMillionths, MilliSatoshi FeeBase)
{
    /// <summary>What is left to forward: the least amount from which fee and amount add up to what came in.</summary>
    /// <param name="incoming">The incoming HTLC's amount.</param>
    /// <returns>Null where the amount does not even pay the base fee.</returns>
    public MilliSatoshi? AmountToForward(MilliSatoshi incoming)
    {
        if (incoming < FeeBase) return null;
        var divisor = 1_000_000 + (Int128)FeeProportionalMillionths;
        return new MilliSatoshi((long)((((Int128)(incoming - FeeBase).Value * 1_000_000) + divisor - 1) / divisor));
    }
}
