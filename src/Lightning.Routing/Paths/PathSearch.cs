using Lightning.Routing.Graph;
using Lightning.Routing.Scoring;

namespace Lightning.Routing.Paths;

/// <summary>
/// The path of the least cost for one part: from the payee backwards, because what a node must receive depends on all fees behind it. Of all nodes that are
/// reached that one goes first whose cost, with the least that can still come, is least (A*). Keeps its arrays; one search at a time.
/// </summary>
/// <remarks>A node keeps one way only, the cheapest: a dearer one that would be faster, or shorter, is not kept beside it.</remarks>
internal sealed class PathSearch
{
    /// <summary>More hops than this never fit into an onion.</summary>
    private const int MaxHops = 20;

    private readonly SearchHeap _heap = new();
    private Label[] _labels = [];
    private int _stamp;

    /// <summary>Finds a path.</summary>
    /// <param name="graph">Where.</param>
    /// <param name="amount">What is to arrive, millisatoshi.</param>
    /// <param name="maxFee">The most that it may cost, millisatoshi.</param>
    /// <param name="maxCltvDelta">The most blocks that it may lock our HTLC.</param>
    /// <param name="prices">What is dear.</param>
    /// <param name="remaining">The least that can still come from each node on.</param>
    public FoundPath? Find(RequestGraph graph, long amount, long maxFee, uint maxCltvDelta, in Prices prices, SourceDistances? remaining)
    {
        Begin(graph.Nodes);
        var view = graph.View;
        var edges = view.Edges;
        var known = prices.Knowledge?.Places;
        var maxAmount = maxFee > long.MaxValue - amount ? long.MaxValue : amount + maxFee;
        var labels = _labels;
        ref var target = ref labels[graph.Target];
        target = new Label { Stamp = _stamp, Amount = amount, Cltv = (int)Math.Min(int.MaxValue, graph.Request.FinalCltvExpiryDelta), Place = int.MinValue };
        _heap.Push(0, graph.Target);
        while (_heap.Count > 0)
        {
            var node = _heap.Pop(out _);
            ref var label = ref labels[node];
            if (label.IsDone) continue;
            label.IsDone = true;
            if (node != graph.Target && graph.IsClosed(node)) continue;

            // Our own channels cost nothing, so the first peer that is reached with a channel that can carry the sum ends the search.
            if (graph.LocalTo(node, label.Amount) is { } local) return Path(graph, node, local);
            if (label.Hops + 1 >= MaxHops) continue;

            var onlyFrom = node == graph.Target ? graph.LastHop : -1;
            for (var place = graph.FirstVirtual(node); place != 0; place = graph.NextVirtual(place))
                Reach(graph, graph.Edge(place), place, node, onlyFrom, maxAmount, maxCltvDelta, prices, remaining);
            if (node >= view.NodeIndexes) continue;

            ref readonly var block = ref view.Blocks[node];
            var end = block.Start + block.Count;
            for (var place = block.Start; place < end; place++)
            {
                ref readonly var edge = ref edges[place];
                if (edge.Flags != GraphEdge.Known) continue;
                var sent = label.Amount;
                if (sent < edge.HtlcMinimum || sent > edge.HtlcMaximum || sent > edge.Capacity) continue;
                ref var from = ref labels[edge.From];
                var isKnown = from.Stamp == _stamp;
                if (isKnown && from.IsDone) continue;
                if (graph.HasMarks || onlyFrom >= 0 || (known is not null && known[place] != 0))
                {
                    Reach(graph, edge, place, node, onlyFrom, maxAmount, maxCltvDelta, prices, remaining);
                    continue;
                }

                var fee = Fee(edge, sent);
                if (fee > maxAmount - sent) continue;
                var cost = label.Cost + fee + (sent * prices.Delay * edge.CltvDelta) + (prices.Attempt * Chance.Unknown(sent, edge.Capacity));
                if ((isKnown && from.Cost <= cost) || label.Cltv + edge.CltvDelta > maxCltvDelta) continue;
                var left = isKnown ? from.Remaining : remaining?.At(edge.From) ?? 0;
                if (double.IsPositiveInfinity(left)) continue;
                from = new Label
                {
                    Cost = cost, Remaining = left, Amount = sent + fee, Place = place, Next = node, Cltv = label.Cltv + edge.CltvDelta, Hops = label.Hops + 1, Stamp = _stamp,
                };
                _heap.Push(cost + left, edge.From);
            }
        }

        return null;
    }

    /// <summary>What the begin of an edge charges, rounded down (BOLT 7, "HTLC Fees"); <see cref="long.MaxValue"/> where it is absurd.</summary>
    internal static long Fee(in GraphEdge edge, long amount)
    {
        if (amount < 1L << 42 && edge.FeeRate < 1 << 20) return edge.FeeBase + (amount * edge.FeeRate / 1_000_000);
        var fee = edge.FeeBase + ((Int128)amount * edge.FeeRate / 1_000_000);
        return fee > long.MaxValue ? long.MaxValue : (long)fee;
    }

    /// <summary>The same for an edge that something special is known of.</summary>
    private void Reach(
        RequestGraph graph, in GraphEdge edge, int place, int node, int onlyFrom, long maxAmount, uint maxCltvDelta, in Prices prices, SourceDistances? remaining)
    {
        ref var label = ref _labels[node];
        ref var from = ref _labels[edge.From];
        if ((onlyFrom >= 0 && edge.From != onlyFrom) || (from.Stamp == _stamp && from.IsDone) || edge.From == graph.Target) return;
        var used = graph.Used(place);
        var sent = label.Amount;
        if (used < 0 || sent < edge.HtlcMinimum || used > edge.HtlcMaximum - sent || used > edge.Capacity - sent) return;
        var fee = Fee(edge, sent);
        if (fee > maxAmount - sent || (long)label.Cltv + edge.CltvDelta > maxCltvDelta) return;
        var cost = label.Cost + fee + (sent * prices.Delay * edge.CltvDelta) + (prices.Attempt * prices.Chance(place, edge, used, sent));
        if (from.Stamp == _stamp && from.Cost <= cost) return;
        var left = remaining?.At(edge.From) ?? 0;
        if (double.IsPositiveInfinity(left)) return;
        from = new Label
        {
            Cost = cost, Remaining = left, Amount = sent + fee, Place = place, Next = node, Cltv = label.Cltv + edge.CltvDelta, Hops = label.Hops + 1, Stamp = _stamp,
        };
        _heap.Push(cost + left, edge.From);
    }

    private void Begin(int nodes)
    {
        _heap.Clear();
        if (_labels.Length < nodes) _labels = new Label[nodes + (nodes / 8) + 16];
        if (++_stamp != int.MaxValue) return;
        Array.Clear(_labels);
        _stamp = 1;
    }

    private FoundPath Path(RequestGraph graph, int first, LocalChannel local)
    {
        var places = new int[_labels[first].Hops];
        var node = first;
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = _labels[node].Place;
            node = _labels[node].Next;
        }

        return new FoundPath(graph, local, places, _labels[graph.Target].Amount) { Cost = _labels[first].Cost };
    }

    /// <summary>The best known way from a node to the payee.</summary>
    private struct Label
    {
        /// <summary>What the way costs.</summary>
        public double Cost;

        /// <summary>The least that it costs to come here.</summary>
        public double Remaining;

        /// <summary>What the node must receive.</summary>
        public long Amount;

        /// <summary>The edge that it goes on by.</summary>
        public int Place;

        /// <summary>The next node.</summary>
        public int Next;

        /// <summary>Blocks that the node's incoming HTLC must run.</summary>
        public int Cltv;

        /// <summary>The search that this belongs to.</summary>
        public int Stamp;

        /// <summary>Channels from here to the payee.</summary>
        public int Hops;

        /// <summary>Nothing cheaper can come.</summary>
        public bool IsDone;
    }
}
