namespace Lightning.Routing.Paths;

/// <summary>A way for one part of a payment, from one of our own channels to the payee.</summary>
/// <param name="Hops">The channels in order; the first one is ours, the last one ends at the payee.</param>
public sealed record Route(EquatableArray<RouteHop> Hops)
{
    /// <summary>Our own channel, over which it leaves.</summary>
    public RouteHop First => Hops[0];

    /// <summary>What our own HTLC holds, fees included.</summary>
    public MilliSatoshi TotalAmount => Hops[0].Amount;

    /// <summary>The blinded path behind the last hop; null where the last hop is the payee.</summary>
    public BlindedTail? Blinded { get; init; }

    /// <summary>What arrives.</summary>
    public MilliSatoshi Amount => Blinded?.Amount ?? Hops[^1].Amount;

    /// <summary>What all nodes between keep.</summary>
    public MilliSatoshi Fee => TotalAmount - Amount;

    /// <summary>When our own HTLC expires, a block height.</summary>
    public uint CltvExpiry => Hops[0].CltvExpiry;

    /// <summary>The payee, or the introduction node of its blinded path.</summary>
    public NodeId Payee => Hops[^1].NodeId;
}
