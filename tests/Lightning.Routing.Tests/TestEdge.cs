using Lightning.Routing.Graph;
using Lightning.Routing.Paths;

namespace Lightning.Routing.Tests;

/// <summary>One direction of a channel of its own, for small networks.</summary>
internal sealed record TestEdge(ShortChannelId ShortChannelId, NodeId From, NodeId To, MilliSatoshi FeeBase, uint FeeProportionalMillionths, ushort CltvExpiryDelta)
{
    public MilliSatoshi HtlcMinimum { get; init; }

    public MilliSatoshi HtlcMaximum { get; init; } = 1_000_000_000_000_000.Msat();

    /// <summary>Null for what the largest HTLC needs.</summary>
    public Satoshi? Capacity { get; init; }

    public bool IsDisabled { get; init; }

    public Satoshi Holds => Capacity ?? ((HtlcMaximum.Value + 999) / 1000).Sat();

    public MilliSatoshi Fee(MilliSatoshi amount) => new(FeeBase.Value + (amount.Value * FeeProportionalMillionths / 1_000_000));

    public DirectedChannel Channel => new(ShortChannelId, To);

    /// <summary>The network of these edges.</summary>
    public static IChannelGraph Network(params ReadOnlySpan<TestEdge> edges)
    {
        var graph = new ChannelGraph();
        foreach (var edge in edges)
        {
            var isFirst = edge.From.CompareTo(edge.To) < 0;
            graph.Apply(new ChannelAdded(edge.ShortChannelId, isFirst ? edge.From : edge.To, isFirst ? edge.To : edge.From, edge.Holds));
            graph.Apply(new PolicyChanged(
                edge.ShortChannelId,
                isFirst ? 0 : 1,
                new ChannelPolicy(edge.FeeBase, edge.FeeProportionalMillionths, edge.CltvExpiryDelta, edge.HtlcMinimum, edge.HtlcMaximum, edge.IsDisabled, 1)));
        }

        return new Fixed(graph.View());
    }

    private sealed class Fixed(GraphView view) : IChannelGraph
    {
        public GraphView View => view;
    }
}
