using Lightning.Protocol.Features;

namespace Lightning.Routing.Graph;

/// <summary>A node of the network, for those who list or show it.</summary>
/// <param name="NodeId">Its key.</param>
/// <param name="Channels">How many channels it has.</param>
/// <param name="Features">Its feature bits 0 to 63; none where it has not told of itself.</param>
/// <param name="Timestamp">When it told of itself; 0 where it never did.</param>
public sealed record GraphNode(NodeId NodeId, int Channels, FeatureSet Features, uint Timestamp);
