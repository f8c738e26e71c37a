namespace Lightning.Routing.Paths;

/// <summary>One direction of a channel.</summary>
/// <param name="ShortChannelId">The channel, or its alias.</param>
/// <param name="To">The node at the end.</param>
public readonly record struct DirectedChannel(ShortChannelId ShortChannelId, NodeId To);
