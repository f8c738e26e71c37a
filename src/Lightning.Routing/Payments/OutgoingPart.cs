using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;

namespace Lightning.Routing.Payments;

/// <summary>One part of a payment, ready to be offered on our own channel <see cref="Route.First"/>.</summary>
/// <param name="Route">The way; its first hop says amount and expiry of our HTLC.</param>
/// <param name="Onion">The onion for the first node.</param>
/// <param name="SharedSecrets">One a hop, to read a failure; also to be had from the session key by <see cref="PaymentOnionBuilder.SharedSecrets"/>.</param>
public sealed record OutgoingPart(Route Route, OnionPacket Onion, EquatableArray<Bytes32> SharedSecrets)
{
    /// <summary>Never the secrets.</summary>
    public override string ToString() => $"OutgoingPart({Route.Amount} by {Route.First.ShortChannelId}, {Route.Hops.Count} hops)";
}
