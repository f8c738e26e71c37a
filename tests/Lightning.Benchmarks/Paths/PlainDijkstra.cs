using Lightning.Routing.Graph;
using Lightning.Routing.Paths;

namespace Lightning.Benchmarks.Paths;

/// <summary>What every payer could do: Dijkstra's algorithm from the payee backwards, by fee alone, with a priority queue and arrays. Capacity and limits are kept.</summary>
internal sealed class PlainDijkstra
{
    private readonly Dictionary<NodeId, int> _indexes = [];
    private readonly NodeId[] _nodes;
    private readonly List<Edge>[] _into;

    public PlainDijkstra(GraphView graph)
    {
        _nodes = [.. graph.Nodes().Select(static node => node.NodeId)];
        for (var i = 0; i < _nodes.Length; i++) _indexes[_nodes[i]] = i;
        _into = [.. _nodes.Select(static _ => new List<Edge>())];
        foreach (var channel in graph.Channels())
        {
            Add(channel, channel.Node1, channel.Node2, channel.Policy1);
            Add(channel, channel.Node2, channel.Node1, channel.Policy2);
        }
    }

    /// <summary>The channels from the source to the payee, with what each HTLC holds; null where nothing leads there.</summary>
    public List<(DirectedChannel Channel, long Amount)>? Find(NodeId from, NodeId to, long amount, IReadOnlyDictionary<ShortChannelId, long> balances)
    {
        var (source, target) = (_indexes[from], _indexes[to]);
        var needs = new long[_nodes.Length];
        var steps = new (Edge? Edge, int To)[_nodes.Length];
        var done = new bool[_nodes.Length];
        Array.Fill(needs, long.MaxValue);
        var queue = new PriorityQueue<int, long>();
        needs[target] = amount;
        queue.Enqueue(target, amount);
        while (queue.TryDequeue(out var node, out _))
        {
            if (done[node]) continue;
            done[node] = true;
            if (node == source) break;
            foreach (var edge in _into[node])
            {
                var sent = needs[node];
                if (done[edge.From] || sent < edge.Policy.HtlcMinimum.Value || sent > edge.Policy.HtlcMaximum.Value || sent > edge.Capacity) continue;
                var isOurs = edge.From == source;
                if (isOurs && balances[edge.Name] < sent) continue;
                var need = isOurs ? sent : sent + edge.Policy.FeeBase.Value + (long)((Int128)sent * edge.Policy.FeeProportionalMillionths / 1_000_000);
                if (need >= needs[edge.From]) continue;
                needs[edge.From] = need;
                steps[edge.From] = (edge, node);
                queue.Enqueue(edge.From, need);
            }
        }

        if (!done[source]) return null;
        var path = new List<(DirectedChannel, long)>();
        for (var node = source; node != target; node = steps[node].To)
            path.Add((new DirectedChannel(steps[node].Edge!.Name, _nodes[steps[node].To]), needs[steps[node].To]));
        return path;
    }

    private void Add(GraphChannel channel, NodeId from, NodeId to, ChannelPolicy? policy)
    {
        if (policy is { IsDisabled: false }) _into[_indexes[to]].Add(new Edge(channel.ShortChannelId, _indexes[from], channel.Capacity.Value * 1000, policy));
    }

    private sealed record Edge(ShortChannelId Name, int From, long Capacity, ChannelPolicy Policy);
}
