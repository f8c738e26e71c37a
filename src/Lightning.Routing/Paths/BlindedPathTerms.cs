namespace Lightning.Routing.Paths;

/// <summary>A blinded path to the payee, as a payer sees it: one channel with the terms of all its hops together (BOLT 4, "Route Blinding").</summary>
/// <param name="IntroductionNode">Where it begins; the one node of it that is known.</param>
/// <param name="FeeBase">For each HTLC.</param>
/// <param name="FeeProportionalMillionths">Millionths of the amount that arrives.</param>
/// <param name="CltvExpiryDelta">Blocks that all its hops need together.</param>
/// <param name="HtlcMinimum">The smallest HTLC.</param>
/// <param name="HtlcMaximum">The largest HTLC.</param>
public sealed record BlindedPathTerms(
    NodeId IntroductionNode, MilliSatoshi FeeBase, uint FeeProportionalMillionths, ushort CltvExpiryDelta, MilliSatoshi HtlcMinimum, MilliSatoshi HtlcMaximum);
