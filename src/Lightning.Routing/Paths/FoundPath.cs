namespace Lightning.Routing.Paths;

/// <summary>A path as edges, before anybody has asked for names.</summary>
/// <param name="graph">Where it is.</param>
/// <param name="local">Our own channel at its begin.</param>
/// <param name="places">The edges behind that, in order.</param>
/// <param name="amount">What arrives, millisatoshi.</param>
internal sealed class FoundPath(RequestGraph graph, LocalChannel local, int[] places, long amount)
{
    /// <summary>Our own channel at its begin.</summary>
    public LocalChannel Local => local;

    /// <summary>The edges behind that, in order.</summary>
    public int[] Places => places;

    /// <summary>What arrives, millisatoshi.</summary>
    public long Amount => amount;

    /// <summary>What it costs, as the search counts.</summary>
    public double Cost { get; init; }

    /// <summary>What each HTLC holds: that of our own channel first, then of each edge.</summary>
    public long[] Amounts()
    {
        var amounts = new long[places.Length + 1];
        amounts[^1] = amount;
        for (var i = places.Length - 1; i >= 0; i--) amounts[i] = checked(amounts[i + 1] + PathSearch.Fee(graph.Edge(places[i]), amounts[i + 1]));
        return amounts;
    }

    /// <summary>Counts what its HTLCs take of the channels behind our own.</summary>
    public void Use()
    {
        var amounts = Amounts();
        for (var i = 0; i < places.Length; i++) graph.Use(places[i], amounts[i + 1]);
    }

    /// <summary>The same with names.</summary>
    public Route ToRoute()
    {
        var request = graph.Request;
        var amounts = Amounts();
        var blinded = places.Length > 0 ? graph.BlindedPathOf(places[^1]) : -1;
        var hops = new RouteHop[places.Length + (blinded < 0 ? 1 : 0)];
        var expiry = checked(request.CurrentHeight + request.FinalCltvExpiryDelta);
        for (var i = places.Length; i >= 0; i--)
        {
            if (i < hops.Length)
            {
                var node = i == 0 ? local.Peer : graph.IdOf(graph.End(places[i - 1]))!;
                var fee = i == places.Length ? 0 : amounts[i] - amounts[i + 1];
                hops[i] = new RouteHop(node, i == 0 ? local.ShortChannelId : graph.NameOf(places[i - 1]), amounts[i].Msat(), expiry, fee.Msat());
            }

            if (i > 0) expiry = checked(expiry + graph.Edge(places[i - 1]).CltvDelta);
        }

        var route = new Route([.. hops]);
        return blinded < 0
            ? route
            : route with { Blinded = new BlindedTail(blinded, amount.Msat(), request.CurrentHeight + request.FinalCltvExpiryDelta) };
    }
}
