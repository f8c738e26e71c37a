using Lightning.Routing.Paths;

namespace Lightning.TestKit.Simulation;

/// <summary>What a node knows of others' channels: all that the network has announced and that are not spent.</summary>
internal sealed class ScenarioGraph(ScenarioNetwork network, NodeId self) : IChannelGraph
{
    /// <inheritdoc/>
    public IEnumerable<ChannelEdge> EdgesInto(NodeId node)
    {
        foreach (var channel in network.Channels)
        {
            if (channel.IsPrivate || channel.ShortChannelId is not { } id || channel.Spender() is not null) continue;
            var (one, other) = (network[channel.Opener], network[channel.Peer]);
            var from = one.Id == node ? other : other.Id == node ? one : null;
            if (from is null || from.Id == self) continue;
            var policy = from.Policy;
            yield return new ChannelEdge(id, from.Id, node, policy.FeeBase, policy.FeeProportionalMillionths, policy.CltvExpiryDelta) { HtlcMaximum = channel.Capacity.ToMilliSatoshi() };
        }
    }
}
