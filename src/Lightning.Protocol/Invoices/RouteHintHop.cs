namespace Lightning.Protocol.Invoices;

/// <summary>A channel that is not in the public graph, with what it costs to use (BOLT 11, field <c>r</c>).</summary>
/// <param name="NodeId">The node at the start of the channel, that charges the fee.</param>
/// <param name="ShortChannelId">The channel, or its alias.</param>
/// <param name="FeeBase">Charged for each HTLC.</param>
/// <param name="FeeProportionalMillionths">Charged for the amount, in millionths of it.</param>
/// <param name="CltvExpiryDelta">Blocks that the node needs between its incoming and its outgoing HTLC.</param>
public sealed record RouteHintHop(
    NodeId NodeId, ShortChannelId ShortChannelId, MilliSatoshi FeeBase, uint FeeProportionalMillionths, ushort CltvExpiryDelta)
{
    /// <summary>Length in bytes.</summary>
    internal const int Length = 33 + 8 + 4 + 4 + 2;
}
