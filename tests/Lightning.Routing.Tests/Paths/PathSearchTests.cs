using Lightning.Protocol.Features;
using Lightning.Protocol.Invoices;
using Lightning.Routing.Graph;
using Lightning.Routing.Paths;
using Lightning.Routing.Scoring;
using static Lightning.Routing.Tests.TestNodes;

namespace Lightning.Routing.Tests.Paths;

public sealed class PathSearchTests
{
    private const uint Height = 850_000;

    /// <summary>With all fees of a path on top they do not come near a limit: a path that keeps to it only because it is dearer is not looked for.</summary>
    private static readonly long[] Amounts = [10_000, 80_000, 200_000, 350_000];

    private static readonly long[] Minima = [0, 0, 0, 0, 65_000, 170_000, 330_000];

    private static readonly long[] Maxima = [50_000, 160_000, 320_000, 3_000_000, 3_000_000, 3_000_000];

    [Fact]
    public void No_path_of_a_small_network_costs_less_than_the_one_that_is_found()
    {
        var random = new Random(1);
        var (found, none) = (0, 0);
        for (var round = 0; round < 400; round++)
        {
            var edges = RandomEdges(random, nodes: 7, count: random.Next(5, 26));
            var costs = round % 3 == 0 ? PathCosts.FeesOnly : new PathCosts();
            var finder = new PathFinder(TestEdge.Network(edges), costs);
            for (var payment = 0; payment < 4; payment++)
            {
                var request = Request(Node(6), Amounts[random.Next(Amounts.Length)], [Channel(1, Node(1)), Channel(2, Node(2))]);
                var least = Least(edges, request, costs);
                if (finder.Find(request) is RoutesFound { Routes: [var route] })
                {
                    // One way is kept for each node: of two ways that cost nearly the same the other one may be a trifle cheaper in the end.
                    Assert.True(CostOf(edges, route, request, costs) <= (least * 1.002) + 3);
                    found++;
                }
                else
                {
                    Assert.Equal(double.PositiveInfinity, least);
                    none++;
                }
            }
        }

        Assert.True(found > 400 && none > 100, $"{found} found, {none} not");
    }

    [Fact]
    public void What_is_remembered_of_the_network_changes_no_answer()
    {
        var random = new Random(2);
        var edges = RandomEdges(random, nodes: 30, count: 160);
        var network = TestEdge.Network(edges);
        var used = new PathFinder(network);
        for (var payment = 0; payment < 200; payment++)
        {
            var request = Request(Node(random.Next(3, 30)), random.NextInt64(1, 300_000), [Channel(1, Node(1)), Channel(2, Node(2))]);
            var (one, other) = (used.Find(request), new PathFinder(network).Find(request));
            if (one is RoutesFound found) Assert.Equal(CostOf(edges, ((RoutesFound)other).Routes[0], request, new PathCosts()), CostOf(edges, found.Routes[0], request, new PathCosts()), 3);
            else Assert.Equal(other, one);
        }
    }

    [Fact]
    public void A_larger_channel_is_worth_a_little_more_fee()
    {
        var graph = TestEdge.Network(
            new TestEdge(Scid(20), Bob, Dave, 0.Msat(), 0, 40) { HtlcMaximum = 200_000.Msat() },
            new TestEdge(Scid(21), Bob, Dave, 1_000.Msat(), 0, 40));
        var request = Request(Dave, 100_000, [Channel(1, Bob)]);
        Assert.Equal(Scid(21), Only(new PathFinder(graph).Find(request)).Hops[1].ShortChannelId);
        Assert.Equal(Scid(20), Only(new PathFinder(graph, PathCosts.FeesOnly).Find(request)).Hops[1].ShortChannelId);

        // Where the dearer one is too dear the other one is as good as any.
        Assert.Equal(Scid(20), Only(new PathFinder(graph).Find(request with { FeeLimit = 999.Msat() })).Hops[1].ShortChannelId);
    }

    [Fact]
    public void Disabled_and_excluded_channels_are_left_out_in_their_direction_only()
    {
        var graph = TestEdge.Network(
            new TestEdge(Scid(20), Bob, Dave, 0.Msat(), 0, 40) { IsDisabled = true },
            new TestEdge(Scid(21), Bob, Dave, 10.Msat(), 0, 40),
            new TestEdge(Scid(22), Bob, Dave, 20.Msat(), 0, 40));
        var finder = new PathFinder(graph, PathCosts.FeesOnly);
        var request = Request(Dave, 100_000, [Channel(1, Bob)]);
        Assert.Equal(10.Msat(), Only(finder.Find(request)).Fee);
        Assert.Equal(20.Msat(), Only(finder.Find(request with { ExcludedChannels = new HashSet<DirectedChannel> { new(Scid(21), Dave) } })).Fee);
        Assert.Equal(10.Msat(), Only(finder.Find(request with { ExcludedChannels = new HashSet<DirectedChannel> { new(Scid(21), Bob) } })).Fee);
        Assert.Equal(10.Msat(), Only(finder.Find(request)).Fee);
    }

    [Fact]
    public void A_node_that_requires_what_nobody_knows_is_not_used()
    {
        var graph = new ChannelGraph();
        foreach (var (name, from, to) in new[] { (20, Bob, Dave), (21, Carol, Dave) })
        {
            var isFirst = from.CompareTo(to) < 0;
            graph.Apply(new ChannelAdded(Scid(name), isFirst ? from : to, isFirst ? to : from, 1_000_000.Sat()));
            graph.Apply(new PolicyChanged(Scid(name), isFirst ? 0 : 1, new ChannelPolicy(name.Msat(), 0, 40, 1.Msat(), 900_000_000.Msat(), false, 1)));
        }

        graph.Apply(new NodeChanged(Bob, FeatureSet.FromBits(58), 5));
        var request = Request(Dave, 1_000, [Channel(1, Bob), Channel(2, Carol)]);
        Assert.Equal(21.Msat(), Only(new PathFinder(new Network(graph)).Find(request)).Fee);
        graph.Apply(new NodeChanged(Bob, FeatureSet.FromBits(59), 6));
        Assert.Equal(20.Msat(), Only(new PathFinder(new Network(graph)).Find(request)).Fee);
    }

    [Fact]
    public void A_blinded_path_costs_what_it_says_and_the_route_ends_at_its_introduction_node()
    {
        var graph = TestEdge.Network(new TestEdge(Scid(20), Bob, Carol, 100.Msat(), 0, 40));
        var request = Request(Node(9), 100_000, [Channel(1, Bob)]) with
        {
            BlindedPaths =
            [
                new BlindedPathTerms(Carol, 5_000.Msat(), 0, 100, 1.Msat(), 1_000_000.Msat()),
                new BlindedPathTerms(Carol, 1_000.Msat(), 10_000, 200, 1.Msat(), 1_000_000.Msat()),
                new BlindedPathTerms(Bob, 0.Msat(), 0, 10, 1.Msat(), 99_999.Msat()),
            ],
        };
        var route = Only(new PathFinder(graph).Find(request));
        Assert.Equal(new BlindedTail(1, 100_000.Msat(), Height + 21), route.Blinded);
        RouteHop[] expected =
        [
            new(Bob, Scid(1), 102_100.Msat(), Height + 21 + 200 + 40, 100.Msat()),
            new(Carol, Scid(20), 102_000.Msat(), Height + 21 + 200, 2_000.Msat()),
        ];
        Assert.Equal(expected, route.Hops.Items.AsEnumerable());
        Assert.Equal((100_000.Msat(), 2_100.Msat()), (route.Amount, route.Fee));
        Assert.Equal(2, Only(new PathFinder(graph).Find(request with { Amount = 99_000.Msat() })).Blinded!.Path);
    }

    [Fact]
    public void A_path_of_more_hops_than_fit_into_an_onion_is_not_found()
    {
        TestEdge[] chain = [.. Enumerable.Range(1, 20).Select(static i => new TestEdge(Scid(100 + i), Node(i), Node(i + 1), 0.Msat(), 0, 1))];
        var finder = new PathFinder(TestEdge.Network(chain));
        Assert.Equal(20, Only(finder.Find(Request(Node(20), 1_000, [Channel(1, Node(1))]))).Hops.Count);
        Assert.Equal(RouteNotFoundReason.NoRoute, Assert.IsType<RouteNotFound>(finder.Find(Request(Node(21), 1_000, [Channel(1, Node(1))]))).Reason);
    }

    private static Route Only(RouteResult result) => Assert.Single(Assert.IsType<RoutesFound>(result).Routes);

    private static LocalChannel Channel(int number, NodeId peer) => new(Scid(number), peer, 1_000_000_000.Msat(), 1.Msat());

    private static RouteRequest Request(NodeId target, long amount, LocalChannel[] channels) => new()
    {
        Source = Us,
        Target = target,
        Amount = amount.Msat(),
        FeeLimit = 1_000_000_000.Msat(),
        CurrentHeight = Height,
        FinalCltvExpiryDelta = RouteRequest.FinalCltvExpiryDeltaOf(18, 0),
        LocalChannels = channels,
        RouteHints = [],
    };

    private static TestEdge[] RandomEdges(Random random, int nodes, int count) =>
    [
        .. Enumerable.Range(0, count)
            .Select(i => new TestEdge(Scid(100 + i), Node(1 + random.Next(nodes - 1)), Node(1 + random.Next(nodes - 1)), random.Next(3_000).Msat(), (uint)random.Next(20_000), (ushort)random.Next(144))
            {
                HtlcMinimum = Minima[random.Next(Minima.Length)].Msat(),
                HtlcMaximum = Maxima[random.Next(Maxima.Length)].Msat(),
                Capacity = random.NextInt64(3_000, 9_000).Sat(),
                IsDisabled = random.Next(10) == 0,
            })
            .Where(static edge => edge.From != edge.To),
    ];

    /// <summary>The least cost of all paths without a circle.</summary>
    private static double Least(TestEdge[] edges, RouteRequest request, PathCosts costs)
    {
        var least = double.PositiveInfinity;
        Visit(request.Target, request.Amount.Value, 0, [request.Target]);
        return least;

        void Visit(NodeId node, long amount, double cost, HashSet<NodeId> seen)
        {
            if (cost >= least) return;
            if (request.LocalChannels.Any(channel => channel.Peer == node)) least = Math.Min(least, cost);
            foreach (var edge in edges)
            {
                if (edge.To != node || edge.IsDisabled || amount < edge.HtlcMinimum.Value || amount > edge.HtlcMaximum.Value || !seen.Add(edge.From)) continue;
                Visit(edge.From, amount + edge.Fee(amount.Msat()).Value, cost + CostOf(edge, amount, request, costs), seen);
                seen.Remove(edge.From);
            }
        }
    }

    private static double CostOf(TestEdge[] edges, Route route, RouteRequest request, PathCosts costs) => route.Hops.Items
        .Skip(1)
        .Sum(hop => CostOf(edges.Single(edge => edge.ShortChannelId == hop.ShortChannelId), hop.Amount.Value, request, costs));

    private static double CostOf(TestEdge edge, long amount, RouteRequest request, PathCosts costs) =>
        edge.Fee(amount.Msat()).Value
        + (amount * costs.DelayCost * edge.CltvExpiryDelta)
        + (costs.AttemptCost(request.Amount.Value) * Chance.Unknown(amount, edge.Holds.Value * 1000));

    private sealed class Network(ChannelGraph graph) : IChannelGraph
    {
        public GraphView View => graph.View();
    }
}
