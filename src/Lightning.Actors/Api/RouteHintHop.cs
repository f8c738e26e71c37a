namespace Lightning.Actors.Api;

/// <summary>A hop of a route hint: a channel that the network does not know (BOLT 11).</summary>
/// <param name="NodeId">The node at the channel's start.</param>
/// <param name="ShortChannelId">The channel.</param>
/// <param name="FeeBase">Base fee.</param>
/// <param name="FeeProportionalMillionths">Proportional fee, in millionths.</param>
/// <param name="CltvExpiryDelta">Blocks.</param>
public sealed record RouteHintHop(NodeId NodeId, ShortChannelId ShortChannelId, MilliSatoshi FeeBase, uint FeeProportionalMillionths, ushort CltvExpiryDelta);
