using Lightning.Routing.Graph;
using Lightning.Routing.Scoring;

namespace Lightning.Routing.Paths;

/// <summary>The searches of one request after another: the request's graph, what is dear, and the arrays that all searches share.</summary>
/// <param name="costs">What is dear.</param>
internal sealed class RouteSearch(PathCosts costs)
{
    private readonly PathSearch _search = new();
    private readonly DistanceCache _distances = new();
    private bool _mayEstimate;

    /// <summary>The network as the request sees it.</summary>
    public RequestGraph Graph { get; } = new();

    /// <summary>What is dear in this request.</summary>
    public Prices Prices { get; private set; }

    /// <summary>Begins a request.</summary>
    public void Begin(GraphView view, RouteRequest request, LiquidityMap? knowledge)
    {
        Graph.Begin(view, request);
        Prices = new Prices(costs.AttemptCost(request.Amount.Value), costs.DelayCost, knowledge);

        // What is left to come is known for the public network only; a hint of several channels may be a short cut through it.
        _mayEstimate = request.RouteHints.All(static hint => hint.Hops.Count == 1);
    }

    /// <summary>Finds the path of the least cost within the limits or, where that breaks one, one that keeps to them.</summary>
    /// <param name="amount">What is to arrive.</param>
    /// <param name="channels">Channels of ours to begin with, and the most that each may take.</param>
    /// <param name="maxFee">The most that it may cost.</param>
    /// <param name="maxCltvDelta">The most blocks that it may lock our HTLC.</param>
    public FoundPath? Find(MilliSatoshi amount, IReadOnlyList<LocalChannel> channels, MilliSatoshi maxFee, uint maxCltvDelta)
    {
        Graph.SetLocals(channels);
        var remaining = _mayEstimate ? Remaining(amount.Value, Prices) : null;
        if (_search.Find(Graph, amount.Value, maxFee.Value, maxCltvDelta, Prices, remaining) is { } path) return path;

        // The way that is most likely to succeed may have hidden one that is cheaper, or shorter.
        return Prices.Attempt == 0 && remaining is null ? null : FindCheapest(amount, channels, maxFee, maxCltvDelta);
    }

    /// <summary>Finds the path of the least fee, however likely it is to fail.</summary>
    public FoundPath? FindCheapest(MilliSatoshi amount, IReadOnlyList<LocalChannel> channels, MilliSatoshi maxFee, uint maxCltvDelta)
    {
        Graph.SetLocals(channels);
        return _search.Find(Graph, amount.Value, maxFee.Value, maxCltvDelta, Prices with { Attempt = 0 }, null);
    }

    /// <summary>The least that it can still cost from each node on.</summary>
    public SourceDistances Remaining(long amount, in Prices prices) => _distances.Get(Graph, amount, prices);
}
