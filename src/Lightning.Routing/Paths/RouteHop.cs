namespace Lightning.Routing.Paths;

/// <summary>A channel of a route, and the node at its end.</summary>
/// <param name="NodeId">The node at the end.</param>
/// <param name="ShortChannelId">The channel to it.</param>
/// <param name="Amount">What the HTLC on this channel holds.</param>
/// <param name="CltvExpiry">When the HTLC on this channel expires, a block height.</param>
/// <param name="Fee">What the node keeps for forwarding; nothing at the last hop.</param>
public sealed record RouteHop(NodeId NodeId, ShortChannelId ShortChannelId, MilliSatoshi Amount, uint CltvExpiry, MilliSatoshi Fee)
{
    /// <summary>The channel in the direction in which it is used.</summary>
    public DirectedChannel Channel => new(ShortChannelId, NodeId);
}
