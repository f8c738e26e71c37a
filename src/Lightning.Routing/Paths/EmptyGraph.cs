using Lightning.Routing.Graph;

namespace Lightning.Routing.Paths;

/// <summary>A network of which nothing is known: only our own channels and an invoice's hints are used.</summary>
public sealed class EmptyGraph : IChannelGraph
{
    private EmptyGraph()
    {
    }

    /// <summary>The only one.</summary>
    public static EmptyGraph Instance { get; } = new();

    /// <inheritdoc/>
    public GraphView View => GraphView.Empty;
}
