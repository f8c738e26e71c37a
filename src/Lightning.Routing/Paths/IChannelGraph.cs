namespace Lightning.Routing.Paths;

/// <summary>What the network says about other nodes' channels. Paths are searched from the payee backwards, because fees add up that way.</summary>
public interface IChannelGraph
{
    /// <summary>The usable channels that end at a node.</summary>
    /// <param name="node">Where they end.</param>
    IEnumerable<ChannelEdge> EdgesInto(NodeId node);
}
