namespace Lightning.Routing.Graph;

/// <summary>A channel is gone: spent, or too long without news. A node goes with its last channel.</summary>
/// <param name="ShortChannelId">Its name.</param>
public sealed record ChannelRemoved(ShortChannelId ShortChannelId) : GraphDelta;
