using Lightning.Routing.Graph;
using Lightning.Routing.Scoring;

namespace Lightning.Routing.Paths;

/// <summary>
/// The least that it can cost to come from this node to any other one with at least some amount: what a search may still expect. Made by one search over the
/// whole network, and good for all amounts from that one on.
/// </summary>
internal sealed class SourceDistances
{
    private readonly double[] _distances;

    private SourceDistances(double[] distances) => _distances = distances;

    /// <summary>The least cost from this node to another one; infinite where nothing leads there.</summary>
    public double At(int node) => node < _distances.Length ? _distances[node] : 0;

    /// <summary>Computes them.</summary>
    /// <param name="view">The network.</param>
    /// <param name="source">Index of this node.</param>
    /// <param name="peers">The nodes at the other end of our channels.</param>
    /// <param name="amount">The least amount, millisatoshi.</param>
    /// <param name="prices">What is dear.</param>
    /// <param name="heap">Its arrays are used.</param>
    public static SourceDistances Of(GraphView view, int source, IEnumerable<int> peers, long amount, in Prices prices, SearchHeap heap)
    {
        var distances = new double[view.NodeIndexes];
        Array.Fill(distances, double.PositiveInfinity);
        var done = new bool[distances.Length];
        heap.Clear();
        foreach (var peer in peers)
        {
            if (peer >= distances.Length) continue;
            distances[peer] = 0;
            heap.Push(0, peer);
        }

        var edges = view.Edges;
        var known = prices.Knowledge?.Places;
        while (heap.Count > 0)
        {
            var node = heap.Pop(out var distance);
            if (done[node] || node == source) continue;
            done[node] = true;
            ref readonly var block = ref view.Blocks[node];
            for (var i = block.Start; i < block.Start + block.Count; i++)
            {
                // The other direction of the channel by which one would come.
                var to = edges[i].From;
                if (done[to]) continue;
                var place = view.PlaceOf(edges[i].Direction ^ 1);
                ref readonly var edge = ref edges[place];
                if (edge.Flags != GraphEdge.Known || amount > edge.HtlcMaximum || amount > edge.Capacity) continue;
                var chance = prices.Attempt == 0 ? 0 : Chance.Unknown(amount, edge.Capacity);
                if (known is not null && known[place] != 0) chance = Math.Min(chance, prices.Chance(place, edge, 0, amount));
                var reached = distance + edge.FeeBase + ((double)amount * edge.FeeRate / 1e6) - 1 + (amount * prices.Delay * edge.CltvDelta) + (prices.Attempt * chance);
                reached = Math.Max(reached, distance);
                if (reached >= distances[to]) continue;
                distances[to] = reached;
                heap.Push(reached, to);
            }
        }

        return new SourceDistances(distances);
    }
}
