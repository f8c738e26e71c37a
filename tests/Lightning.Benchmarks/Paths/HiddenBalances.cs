using Lightning.Routing.Graph;
using Lightning.Routing.Paths;

namespace Lightning.Benchmarks.Paths;

/// <summary>Where the money of every channel stands, which nobody but its two ends knows: any split is as likely as any other.</summary>
internal sealed class HiddenBalances
{
    private readonly Dictionary<DirectedChannel, long> _balances = [];

    public HiddenBalances(GraphView graph, int seed)
    {
        var random = new Random(seed);
        foreach (var channel in graph.Channels())
        {
            var capacity = channel.Capacity.Value * 1000;
            var first = random.NextInt64(capacity + 1);
            _balances[new DirectedChannel(channel.ShortChannelId, channel.Node2)] = first;
            _balances[new DirectedChannel(channel.ShortChannelId, channel.Node1)] = capacity - first;
        }
    }

    /// <summary>What can be sent over a channel in one direction, millisatoshi.</summary>
    public long Of(DirectedChannel channel) => _balances[channel];

    /// <summary>Whether all parts arrive at the first try.</summary>
    public bool Carry(IEnumerable<Route> routes) => routes
        .SelectMany(static route => route.Hops.Items)
        .GroupBy(static hop => hop.Channel, static hop => hop.Amount.Value)
        .All(sent => sent.Sum() <= _balances[sent.Key]);
}
