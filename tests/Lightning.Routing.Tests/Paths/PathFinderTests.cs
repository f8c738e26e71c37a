using CsCheck;
using Lightning.Protocol.Invoices;
using Lightning.Routing.Paths;
using static Lightning.Routing.Tests.TestNodes;

namespace Lightning.Routing.Tests.Paths;

public sealed class PathFinderTests
{
    private const uint Height = 850_000;

    [Fact]
    public void Direct_channel_costs_nothing_and_expires_when_the_payee_asks_for_it()
    {
        var route = Assert.Single(Found(Request(Bob, 50_000, [Channel(1, Bob, 100_000)])).Routes);
        Assert.Equal((50_000.Msat(), 50_000.Msat(), MilliSatoshi.Zero, Height + 21), (route.Amount, route.TotalAmount, route.Fee, route.CltvExpiry));
        Assert.Equal(new RouteHop(Bob, Scid(1), 50_000.Msat(), Height + 21, MilliSatoshi.Zero), Assert.Single(route.Hops));
        Assert.Equal(21u, RouteRequest.FinalCltvExpiryDeltaOf(18, 0));
        Assert.Equal(uint.MaxValue, RouteRequest.FinalCltvExpiryDeltaOf(uint.MaxValue, 40));
    }

    [Fact]
    public void Fullest_of_several_channels_is_used_alone_when_it_can_carry_the_amount()
    {
        var request = Request(Bob, 100_000, [Channel(1, Bob, 99_999), Channel(2, Bob, 150_000), Channel(3, Bob, 100_000)]);
        Assert.Equal(Scid(2), Assert.Single(Found(request).Routes).First.ShortChannelId);
        Assert.Equal(Scid(3), Assert.Single(Found(request with { OutgoingChannels = [Scid(1), Scid(3)] }).Routes).First.ShortChannelId);
        Assert.Equal(
            Scid(3),
            Assert.Single(Found(request with { ExcludedChannels = new HashSet<DirectedChannel> { new(Scid(2), Bob) } }).Routes).First.ShortChannelId);
    }

    [Fact]
    public void Of_equally_full_channels_the_one_with_the_lowest_name_is_used_in_whichever_order_they_are_given()
    {
        LocalChannel[] channels = [Channel(1, Bob, 100_000), Channel(2, Bob, 100_000), Channel(3, Bob, 100_000)];
        foreach (var order in (int[][])[[0, 1, 2], [1, 2, 0], [2, 1, 0]])
        {
            LocalChannel[] given = [.. order.Select(i => channels[i])];
            Assert.Equal(Scid(1), Assert.Single(Found(Request(Bob, 50_000, given)).Routes).First.ShortChannelId);
            Assert.Equal([Scid(1), Scid(2)], Found(Request(Bob, 150_000, given) with { MaxParts = 4 }).Routes.Items.Select(static r => r.First.ShortChannelId));
        }
    }

    [Fact]
    public void Amount_below_a_channels_minimum_goes_by_another()
    {
        var request = Request(Bob, 500, [Channel(1, Bob, 100_000, minimum: 1000), Channel(2, Bob, 600)]);
        Assert.Equal(Scid(2), Assert.Single(Found(request).Routes).First.ShortChannelId);
        Assert.Equal(RouteNotFoundReason.NoRoute, NotFound(request with { LocalChannels = [Channel(1, Bob, 100_000, minimum: 1000)] }).Reason);
    }

    [Fact]
    public void Amount_that_no_channel_can_carry_alone_is_split_over_channels_to_the_same_peer()
    {
        var request = Request(Bob, 200_000, [Channel(1, Bob, 70_000), Channel(2, Bob, 100_000), Channel(3, Bob, 50_000)]) with { MaxParts = 4 };
        var routes = Found(request).Routes;
        Assert.Equal([(Scid(2), 100_000L), (Scid(1), 70_000L), (Scid(3), 30_000L)], routes.Items.Select(r => (r.First.ShortChannelId, r.Amount.Value)));
    }

    [Fact]
    public void Amount_is_split_over_channels_to_different_peers()
    {
        var request = Request(Dave, 150_000, [Channel(1, Bob, 100_500), Channel(2, Dave, 60_000)], [Hint(Bob, 10, 100, 1000, 40)]) with { MaxParts = 2 };
        var routes = Found(request).Routes;
        Assert.Equal(2, routes.Count);
        Assert.Equal(150_000, routes.Items.Sum(r => r.Amount.Value));
        Assert.All(routes.Items, r => Assert.True(r.TotalAmount.Value <= (r.First.ShortChannelId == Scid(1) ? 100_500 : 60_000)));
    }

    [Fact]
    public void Channel_is_filled_to_the_last_millisatoshi_with_the_fees_on_top()
    {
        var request = Request(Dave, 180_000, [Channel(1, Bob, 100_000), Channel(2, Bob, 100_000)], [Hint(Bob, 10, 1000, 10_000, 40)]) with { MaxParts = 2 };
        var routes = Found(request).Routes;
        Assert.Equal(180_000, routes.Items.Sum(r => r.Amount.Value));
        Assert.InRange(routes[0].TotalAmount.Value, 99_990, 100_000);
        Assert.All(routes.Items, r => Assert.Equal(1000 + (r.Amount.Value * 10_000 / 1_000_000), r.Fee.Value));
    }

    [Fact]
    public void Rest_that_is_too_small_for_a_channel_leads_to_equal_parts()
    {
        var request = Request(Bob, 100_100, [Channel(1, Bob, 100_000, minimum: 1000), Channel(2, Bob, 90_000, minimum: 1000)]) with { MaxParts = 2 };
        Assert.Equal([50_050L, 50_050L], Found(request).Routes.Items.Select(r => r.Amount.Value));
    }

    [Fact]
    public void Parts_are_kept_below_the_largest_part_allowed()
    {
        var request = Request(Bob, 100_000, [Channel(1, Bob, 200_000)]) with { MaxParts = 5, MaxPartAmount = 30_000.Msat() };
        Assert.Equal([30_000L, 30_000, 30_000, 10_000], Found(request).Routes.Items.Select(r => r.Amount.Value));
        Assert.Equal(RouteNotFoundReason.TooManyParts, NotFound(request with { MaxParts = 3 }).Reason);
    }

    [Fact]
    public void Payee_that_takes_no_parts_gets_none()
    {
        var failure = NotFound(Request(Bob, 150_000, [Channel(1, Bob, 100_000), Channel(2, Bob, 100_000)]));
        Assert.Equal(RouteNotFoundReason.TooManyParts, failure.Reason);
        Assert.Contains("2 parts", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_told()
    {
        Assert.Equal(RouteNotFoundReason.InsufficientBalance, NotFound(Request(Bob, 150_000, [Channel(1, Bob, 100_000)])).Reason);
        Assert.Equal(RouteNotFoundReason.InsufficientBalance, NotFound(Request(Bob, 150_000, [])).Reason);
        Assert.Equal(RouteNotFoundReason.NoRoute, NotFound(Request(Carol, 50_000, [Channel(1, Bob, 100_000)])).Reason);
        Assert.Equal(RouteNotFoundReason.InvalidRequest, NotFound(Request(Us, 50_000, [Channel(1, Bob, 100_000)])).Reason);
        Assert.Equal(RouteNotFoundReason.InvalidRequest, NotFound(Request(Bob, 0, [Channel(1, Bob, 100_000)])).Reason);

        // Enough for the payment, not for the fee.
        Assert.Equal(RouteNotFoundReason.InsufficientBalance, NotFound(Request(Carol, 100_000, [Channel(1, Bob, 100_000)], [Hint(Bob, 10, 1, 0, 40)])).Reason);
    }

    [Fact]
    public void Fees_and_deltas_of_hints_add_up_from_the_payee_backwards()
    {
        var hint = new RouteHint(
        [
            new RouteHintHop(Bob, Scid(10), 1000.Msat(), 2500, 40),
            new RouteHintHop(Carol, Scid(11), 500.Msat(), 100_000, 144),
        ]);
        var route = Assert.Single(Found(Request(Dave, 1_000_000, [Channel(1, Bob, 5_000_000)], [hint])).Routes);

        // Carol takes 500 + 10 % of 1,000,000; Bob 1,000 + 0.25 % of 1,100,500, rounded down.
        RouteHop[] expected =
        [
            new(Bob, Scid(1), 1_104_251.Msat(), Height + 21 + 144 + 40, 3751.Msat()),
            new(Carol, Scid(10), 1_100_500.Msat(), Height + 21 + 144, 100_500.Msat()),
            new(Dave, Scid(11), 1_000_000.Msat(), Height + 21, MilliSatoshi.Zero),
        ];
        Assert.Equal(expected, route.Hops.Items.AsEnumerable());
        Assert.Equal((104_251.Msat(), Dave), (route.Fee, route.Payee));
    }

    [Fact]
    public void Cheapest_of_several_hints_is_taken_and_the_next_one_when_it_is_excluded()
    {
        var request = Request(Dave, 100_000, [Channel(1, Bob, 500_000), Channel(2, Carol, 500_000)], [Hint(Bob, 10, 2000, 0, 40), Hint(Carol, 11, 1000, 0, 40)]);
        Assert.Equal(1000.Msat(), Found(request).Fee);
        Assert.Equal(2000.Msat(), Found(request with { ExcludedChannels = new HashSet<DirectedChannel> { new(Scid(11), Dave) } }).Fee);
        Assert.Equal(2000.Msat(), Found(request with { ExcludedNodes = new HashSet<NodeId> { Carol } }).Fee);
        Assert.Equal(2000.Msat(), Found(request with { LastHop = Bob }).Fee);
        Assert.Equal(RouteNotFoundReason.NoRoute, NotFound(request with { ExcludedNodes = new HashSet<NodeId> { Carol, Bob } }).Reason);
        Assert.Equal(RouteNotFoundReason.NoRoute, NotFound(request with { LastHop = Eve }).Reason);
    }

    [Fact]
    public void Limits_on_fee_and_time_are_kept_and_named()
    {
        var request = Request(Dave, 100_000, [Channel(1, Bob, 500_000)], [Hint(Bob, 10, 2000, 0, 1000)]) with { FeeLimit = 2000.Msat(), MaxCltvExpiryDelta = 1021 };
        Assert.Equal(2000.Msat(), Found(request).Fee);
        var fee = NotFound(request with { FeeLimit = 1999.Msat() });
        Assert.Equal((RouteNotFoundReason.FeeLimitExceeded, true), (fee.Reason, fee.Message.Contains("2000 msat", StringComparison.Ordinal)));
        var cltv = NotFound(request with { MaxCltvExpiryDelta = 1020 });
        Assert.Equal((RouteNotFoundReason.CltvLimitExceeded, true), (cltv.Reason, cltv.Message.Contains("1021 blocks", StringComparison.Ordinal)));
        Assert.Equal(RouteNotFoundReason.CltvLimitExceeded, NotFound(request with { FinalCltvExpiryDelta = uint.MaxValue }).Reason);
    }

    [Fact]
    public void Dearer_way_is_taken_when_the_cheap_one_takes_too_long()
    {
        var request = Request(Dave, 100_000, [Channel(1, Bob, 500_000)], [Hint(Bob, 10, 1, 0, 2000), Hint(Bob, 11, 1000, 0, 40)]) with { MaxCltvExpiryDelta = 500 };
        Assert.Equal(1000.Msat(), Found(request).Fee);
    }

    [Fact]
    public void Hints_with_absurd_fees_or_in_circles_or_through_ourselves_do_no_harm()
    {
        var absurd = new RouteHint([.. Enumerable.Range(0, 80).Select(i => new RouteHintHop(Node(1 + (i % 3)), Scid(10 + i), ((long)uint.MaxValue).Msat(), uint.MaxValue, ushort.MaxValue))]);
        var through = new RouteHint([new RouteHintHop(Bob, Scid(98), 0.Msat(), 0, 0), new RouteHintHop(Us, Scid(99), 0.Msat(), 0, 0)]);
        var request = Request(Eve, 1, [Channel(1, Bob, 2_100_000_000_000_000_000)], [absurd, through]) with { FeeLimit = long.MaxValue.Msat(), MaxCltvExpiryDelta = uint.MaxValue };
        foreach (var amount in (long[])[1, 1_000_000, 2_147_000_000_000_000, 2_147_483_648_000_000, 2_100_000_000_000_000_000])
        {
            var reason = NotFound(request with { Amount = amount.Msat() }).Reason;
            Assert.Contains(reason, (RouteNotFoundReason[])[RouteNotFoundReason.NoRoute, RouteNotFoundReason.CltvLimitExceeded, RouteNotFoundReason.FeeLimitExceeded]);
        }
    }

    [Fact]
    public void Known_network_slots_in_beside_the_hints()
    {
        var graph = TestEdge.Network(
            new TestEdge(Scid(20), Bob, Carol, 1000.Msat(), 0, 40),
            new TestEdge(Scid(21), Bob, Eve, 100.Msat(), 0, 40),
            new TestEdge(Scid(22), Eve, Carol, 100.Msat(), 0, 40) { HtlcMaximum = 200_000.Msat(), HtlcMinimum = 1000.Msat() },
            new TestEdge(Scid(23), Carol, Us, 0.Msat(), 0, 40));
        var finder = new PathFinder(graph, PathCosts.FeesOnly);
        var request = Request(Dave, 100_000, [Channel(1, Bob, 500_000)], [Hint(Carol, 10, 5, 0, 10)]);
        Assert.Equal([Scid(1), Scid(21), Scid(22), Scid(10)], Assert.IsType<RoutesFound>(finder.Find(request)).Routes[0].Hops.Items.Select(h => h.ShortChannelId));
        Assert.Equal(205.Msat(), Assert.IsType<RoutesFound>(finder.Find(request)).Fee);

        // Too much, or too little, for the cheap way.
        Assert.Equal(1005.Msat(), Assert.IsType<RoutesFound>(finder.Find(request with { Amount = 250_000.Msat() })).Fee);
        Assert.Equal(1005.Msat(), Assert.IsType<RoutesFound>(finder.Find(request with { Amount = 900.Msat() })).Fee);
    }

    [Fact]
    public void Any_routes_deliver_the_amount_pay_every_node_its_fee_and_keep_every_limit() =>
        (from nodes in Gen.Int[4, 9]
         from edges in Gen.Select(Gen.Int[1, 8], Gen.Int[1, 8], Gen.Long[0, 5000], Gen.UInt[0, 20_000], Gen.Int[1, 200], Gen.Long[1_000, 400_000]).Array[1, 30]
         from locals in Gen.Select(Gen.Int[1, 8], Gen.Long[1_000, 300_000], Gen.Long[0, 2_000]).Array[1, 6]
         from amount in Gen.Long[1, 500_000]
         from feeLimit in Gen.Long[0, 50_000]
         from maxParts in Gen.Int[1, 6]
         from feesOnly in Gen.Bool
         select (nodes, edges, locals, amount, feeLimit, maxParts, feesOnly)).Sample(
            t =>
            {
                NodeId Id(int i) => Node(1 + (i % t.nodes));
                var edges = t.edges.Select((e, i) => new TestEdge(Scid(100 + i), Id(e.Item1), Id(e.Item2), e.Item3.Msat(), e.Item4, (ushort)e.Item5) { HtlcMaximum = e.Item6.Msat() })
                    .Where(e => e.From != e.To).ToArray();
                var locals = t.locals.Select((l, i) => Channel(i, Id(l.Item1), l.Item2, l.Item3)).ToArray();
                var request = Request(Node(1), t.amount, locals) with { FeeLimit = t.feeLimit.Msat(), MaxParts = t.maxParts, MaxCltvExpiryDelta = 500 };
                if (new PathFinder(TestEdge.Network(edges), t.feesOnly ? PathCosts.FeesOnly : null).Find(request) is not RoutesFound found) return;

                Assert.Equal(t.amount, found.Routes.Items.Sum(r => r.Amount.Value));
                Assert.InRange(found.Routes.Count, 1, t.maxParts);
                Assert.True(found.Fee.Value <= t.feeLimit);
                var sent = new Dictionary<DirectedChannel, long>();
                foreach (var route in found.Routes)
                {
                    Assert.Equal(request.Target, route.Payee);
                    Assert.Equal(Height + 21, route.Hops[^1].CltvExpiry);
                    Assert.True(route.CltvExpiry - Height <= 500);
                    Assert.Equal(route.Hops.Count, route.Hops.Items.Select(h => h.NodeId).Distinct().Count());
                    Assert.True(route.TotalAmount >= locals.Single(l => l.ShortChannelId == route.First.ShortChannelId).HtlcMinimum);
                    for (var i = 0; i < route.Hops.Count; i++)
                    {
                        var hop = route.Hops[i];
                        sent[hop.Channel] = sent.GetValueOrDefault(hop.Channel) + hop.Amount.Value;
                        if (i + 1 == route.Hops.Count) break;
                        var next = route.Hops[i + 1];
                        var edge = edges.Single(e => e.ShortChannelId == next.ShortChannelId);
                        Assert.Equal((hop.NodeId, next.NodeId), (edge.From, edge.To));
                        Assert.Equal(edge.Fee(next.Amount), hop.Fee);
                        Assert.Equal(hop.Fee, hop.Amount - next.Amount);
                        Assert.Equal(edge.CltvExpiryDelta, hop.CltvExpiry - next.CltvExpiry);
                    }
                }

                foreach (var (channel, amount) in sent)
                {
                    var limit = edges.SingleOrDefault(e => e.ShortChannelId == channel.ShortChannelId)?.HtlcMaximum
                        ?? locals.Single(l => l.ShortChannelId == channel.ShortChannelId).AvailableToSend;
                    Assert.True(amount <= limit.Value);
                }
            },
            iter: 600,
            seed: "0000KOIgQ4N2");

    private static RoutesFound Found(RouteRequest request) => Assert.IsType<RoutesFound>(new PathFinder(EmptyGraph.Instance).Find(request));

    private static RouteNotFound NotFound(RouteRequest request) => Assert.IsType<RouteNotFound>(new PathFinder(EmptyGraph.Instance).Find(request));

    private static RouteRequest Request(NodeId target, long amount, LocalChannel[] channels, RouteHint[]? hints = null) => new()
    {
        Source = Us,
        Target = target,
        Amount = amount.Msat(),
        FeeLimit = 1_000_000_000.Msat(),
        CurrentHeight = Height,
        FinalCltvExpiryDelta = RouteRequest.FinalCltvExpiryDeltaOf(18, 0),
        LocalChannels = channels,
        RouteHints = hints ?? [],
    };

    private static LocalChannel Channel(int number, NodeId peer, long available, long minimum = 1) => new(Scid(number), peer, available.Msat(), minimum.Msat());

    private static RouteHint Hint(NodeId node, int channel, long feeBase, uint proportional, ushort delta) =>
        new([new RouteHintHop(node, Scid(channel), feeBase.Msat(), proportional, delta)]);
}
