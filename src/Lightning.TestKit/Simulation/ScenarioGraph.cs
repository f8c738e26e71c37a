using Lightning.Routing.Graph;
using Lightning.Routing.Paths;

namespace Lightning.TestKit.Simulation;

/// <summary>What a node knows of others' channels: all that the network has announced and that are not spent.</summary>
internal sealed class ScenarioGraph(ScenarioNetwork network, NodeId self) : IChannelGraph
{
    /// <inheritdoc/>
    public GraphView View
    {
        get
        {
            var graph = new ChannelGraph();
            foreach (var channel in network.Channels)
            {
                if (channel.IsPrivate || channel.ShortChannelId is not { } id || channel.Spender() is not null) continue;
                var (one, other) = (network[channel.Opener], network[channel.Peer]);
                if (one.Id == self || other.Id == self) continue;
                if (one.Id.CompareTo(other.Id) > 0) (one, other) = (other, one);
                graph.Apply(new ChannelAdded(id, one.Id, other.Id, channel.Capacity));
                graph.Apply(new PolicyChanged(id, 0, PolicyOf(one, channel)));
                graph.Apply(new PolicyChanged(id, 1, PolicyOf(other, channel)));
            }

            return graph.View();
        }
    }

    private static ChannelPolicy PolicyOf(ScenarioNode node, ScenarioChannel channel) => new(
        node.Policy.FeeBase,
        node.Policy.FeeProportionalMillionths,
        node.Policy.CltvExpiryDelta,
        MilliSatoshi.Zero,
        channel.Capacity.ToMilliSatoshi(),
        IsDisabled: false,
        Timestamp: 1);
}
