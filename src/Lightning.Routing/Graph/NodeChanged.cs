using Lightning.Protocol.Features;

namespace Lightning.Routing.Graph;

/// <summary>A node has told of itself (BOLT 7, <c>node_announcement</c>). Only what paths depend on; news with an earlier timestamp than the known one change nothing.</summary>
/// <param name="NodeId">The node; it has a channel.</param>
/// <param name="Features">What it can do. The graph keeps bits 0 to 63.</param>
/// <param name="Timestamp">Orders the announcements of one node; seconds since 1970 by custom.</param>
public sealed record NodeChanged(NodeId NodeId, FeatureSet Features, uint Timestamp) : GraphDelta;
