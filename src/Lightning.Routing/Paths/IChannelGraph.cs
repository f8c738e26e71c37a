using Lightning.Routing.Graph;

namespace Lightning.Routing.Paths;

/// <summary>What the network says about other nodes' channels.</summary>
public interface IChannelGraph
{
    /// <summary>The network as it is known now. The same object as long as nothing changes, because much is remembered with it.</summary>
    GraphView View { get; }
}
