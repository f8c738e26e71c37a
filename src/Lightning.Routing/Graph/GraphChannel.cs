namespace Lightning.Routing.Graph;

/// <summary>A channel of the network, for those who list or show it.</summary>
/// <param name="ShortChannelId">Its name.</param>
/// <param name="Node1">The node with the lesser key.</param>
/// <param name="Node2">The other one.</param>
/// <param name="Capacity">What it holds; zero where that is not known.</param>
/// <param name="Policy1">The first node's terms; null where they are not known.</param>
/// <param name="Policy2">The second node's terms; null where they are not known.</param>
public sealed record GraphChannel(ShortChannelId ShortChannelId, NodeId Node1, NodeId Node2, Satoshi Capacity, ChannelPolicy? Policy1, ChannelPolicy? Policy2);
