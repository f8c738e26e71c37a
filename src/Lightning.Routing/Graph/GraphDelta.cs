namespace Lightning.Routing.Graph;

/// <summary>
/// One change of the network that a graph is told of: <see cref="ChannelAdded"/>, <see cref="PolicyChanged"/>, <see cref="ChannelRemoved"/> or
/// <see cref="NodeChanged"/>. It has been validated: the graph believes it. Each may be told again without harm, and what is about an unknown channel or node, or
/// older than what is known, changes nothing.
/// </summary>
public abstract record GraphDelta
{
    private protected GraphDelta()
    {
    }
}
