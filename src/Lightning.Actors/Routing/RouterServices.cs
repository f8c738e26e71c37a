using Lightning.Actors.Hosting;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Routing;

/// <summary>What a router works with.</summary>
/// <param name="NodeId">This node.</param>
/// <param name="Time">The clock.</param>
/// <param name="Randomness">Session keys of onions.</param>
/// <param name="Height">Height of the best block; null as long as it is not known.</param>
/// <param name="Channels">Our own channels.</param>
/// <param name="Graph">Everybody else's.</param>
internal sealed record RouterServices(
    NodeId NodeId, TimeProvider Time, IRandomness Randomness, Func<uint?> Height, ILocalChannels Channels, IChannelGraph Graph)
{
    /// <summary>Those of a process, once its actors are there.</summary>
    public static RouterServices Of(NodeRuntime node) => new(node.Keys.NodeId, node.Time, node.Randomness, node.HeightIfKnown, new DirectoryChannels(node), node.Graph);
}
