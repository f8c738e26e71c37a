using Lightning.Protocol.Invoices;

namespace Lightning.Routing.Paths;

/// <summary>
/// The cheapest path for one part: Dijkstra's algorithm from the payee backwards, because what a node must receive depends on all fees behind it. Blocks of
/// delay cost a little too, so that of two equal fees the faster path wins.
/// </summary>
internal sealed class PathSearch
{
    /// <summary>More hops than this never fit into an onion.</summary>
    private const int MaxHops = 20;

    /// <summary>What a block of delay is worth, in billionths of the amount; LND's figure.</summary>
    private const int DelayBillionthsPerBlock = 15;

    /// <summary>No other parts.</summary>
    public static readonly IReadOnlyDictionary<DirectedChannel, MilliSatoshi> Unused = new Dictionary<DirectedChannel, MilliSatoshi>();

    private readonly IChannelGraph _graph;
    private readonly RouteRequest _request;
    private readonly Dictionary<NodeId, List<ChannelEdge>> _hints = [];

    public PathSearch(IChannelGraph graph, RouteRequest request)
    {
        (_graph, _request) = (graph, request);
        foreach (var hint in request.RouteHints) AddHint(hint);
    }

    /// <summary>Finds a path.</summary>
    /// <param name="amount">What is to arrive.</param>
    /// <param name="channels">Channels of ours to begin with, and the most that each may take.</param>
    /// <param name="used">What other parts already send over a channel.</param>
    /// <param name="maxFee">The most that it may cost.</param>
    /// <param name="maxCltvDelta">The most blocks that it may lock our HTLC.</param>
    public Route? Find(
        MilliSatoshi amount,
        IReadOnlyList<LocalChannel> channels,
        IReadOnlyDictionary<DirectedChannel, MilliSatoshi> used,
        MilliSatoshi maxFee,
        uint maxCltvDelta)
    {
        var firstHops = new Dictionary<NodeId, List<LocalChannel>>();
        foreach (var channel in channels)
        {
            if (channel.Peer != _request.Target && _request.ExcludedNodes.Contains(channel.Peer)) continue;
            if (!firstHops.TryGetValue(channel.Peer, out var list)) firstHops[channel.Peer] = list = [];
            list.Add(channel);
        }

        var best = new Dictionary<NodeId, Step> { [_request.Target] = new Step(amount, _request.FinalCltvExpiryDelta, null, null, 0, 0) };
        var queue = new PriorityQueue<NodeId, Int128>();
        queue.Enqueue(_request.Target, 0);
        var done = new HashSet<NodeId>();
        while (queue.TryDequeue(out var node, out _))
        {
            if (!done.Add(node)) continue;
            var step = best[node];

            // Our own channels cost nothing, so the first peer that is reached with a channel that can carry the sum ends the search.
            if (firstHops.TryGetValue(node, out var ours)
                && (step.Edge is not null || _request.LastHop is null || _request.LastHop == _request.Source)
                && Fullest(ours, step.Amount) is { } channel)
            {
                return ToRoute(step, channel);
            }

            if (step.Hops + 1 >= MaxHops) continue;
            foreach (var edge in EdgesInto(node))
            {
                if (!IsUsable(edge, step.Amount, used) || done.Contains(edge.From)) continue;
                var fee = (Int128)edge.FeeBase.Value + ((Int128)step.Amount.Value * edge.FeeProportionalMillionths / 1_000_000);
                if (step.Amount.Value + fee > Int128.Min(long.MaxValue, (Int128)amount.Value + maxFee.Value)) continue;
                var next = step.Amount + new MilliSatoshi((long)fee);
                var delta = step.CltvDelta + (ulong)edge.CltvExpiryDelta;
                if (delta > maxCltvDelta) continue;
                var nextCost = step.Cost + (fee * 1_000_000_000) + ((Int128)step.Amount.Value * edge.CltvExpiryDelta * DelayBillionthsPerBlock);
                if (best.TryGetValue(edge.From, out var known) && known.Cost <= nextCost) continue;
                best[edge.From] = new Step(next, (uint)delta, edge, step, nextCost, step.Hops + 1);
                queue.Enqueue(edge.From, nextCost);
            }
        }

        return null;
    }

    private static bool IsOver(MilliSatoshi amount, MilliSatoshi used, MilliSatoshi limit) => (Int128)amount.Value + used.Value > limit.Value;

    private static LocalChannel? Fullest(List<LocalChannel> channels, MilliSatoshi amount)
    {
        LocalChannel? fullest = null;
        foreach (var channel in channels)
        {
            if (amount >= channel.HtlcMinimum && amount <= channel.AvailableToSend && (fullest is null || channel.IsFullerThan(fullest)))
                fullest = channel;
        }

        return fullest;
    }

    private bool IsUsable(ChannelEdge edge, MilliSatoshi amount, IReadOnlyDictionary<DirectedChannel, MilliSatoshi> used)
    {
        var channel = new DirectedChannel(edge.ShortChannelId, edge.To);
        return edge.From != _request.Source
            && edge.From != _request.Target
            && amount >= edge.HtlcMinimum
            && (edge.HtlcMaximum is not { } maximum || !IsOver(amount, used.GetValueOrDefault(channel), maximum))
            && !_request.ExcludedChannels.Contains(channel)
            && !_request.ExcludedNodes.Contains(edge.From)
            && (edge.To != _request.Target || _request.LastHop is null || _request.LastHop == edge.From);
    }

    private IEnumerable<ChannelEdge> EdgesInto(NodeId node) =>
        _hints.TryGetValue(node, out var hints) ? hints.Concat(_graph.EdgesInto(node)) : _graph.EdgesInto(node);

    private void AddHint(RouteHint hint)
    {
        for (var i = 0; i < hint.Hops.Count; i++)
        {
            var hop = hint.Hops[i];
            var to = i + 1 < hint.Hops.Count ? hint.Hops[i + 1].NodeId : _request.Target;
            if (!_hints.TryGetValue(to, out var edges)) _hints[to] = edges = [];
            edges.Add(new ChannelEdge(hop.ShortChannelId, hop.NodeId, to, hop.FeeBase, hop.FeeProportionalMillionths, hop.CltvExpiryDelta));
        }
    }

    private Route ToRoute(Step first, LocalChannel channel)
    {
        var hops = new List<RouteHop>(first.Hops + 1);
        var scid = channel.ShortChannelId;
        var node = channel.Peer;
        for (var step = first; ; step = step.Next!)
        {
            var fee = step.Next is null ? MilliSatoshi.Zero : step.Amount - step.Next.Amount;
            hops.Add(new RouteHop(node, scid, step.Amount, checked(_request.CurrentHeight + step.CltvDelta), fee));
            if (step.Edge is null) return new Route([.. hops]);
            (scid, node) = (step.Edge.ShortChannelId, step.Edge.To);
        }
    }

    /// <summary>The best known way from a node to the payee: what the node must receive, and the channel that it goes on by.</summary>
    private sealed record Step(MilliSatoshi Amount, uint CltvDelta, ChannelEdge? Edge, Step? Next, Int128 Cost, int Hops);
}
