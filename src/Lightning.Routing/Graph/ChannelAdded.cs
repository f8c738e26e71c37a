namespace Lightning.Routing.Graph;

/// <summary>A channel was announced and its funding output found (BOLT 7, <c>channel_announcement</c>). It carries nothing until its policies are known.</summary>
/// <param name="ShortChannelId">Its name; the real one, not an alias.</param>
/// <param name="Node1">The node with the lesser key: <c>node_id_1</c>, the origin of direction 0.</param>
/// <param name="Node2">The other one.</param>
/// <param name="Capacity">What the funding output holds; zero where that is not known.</param>
public sealed record ChannelAdded(ShortChannelId ShortChannelId, NodeId Node1, NodeId Node2, Satoshi Capacity) : GraphDelta;
