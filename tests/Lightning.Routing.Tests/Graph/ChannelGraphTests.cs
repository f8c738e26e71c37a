using Lightning.Protocol.Features;
using Lightning.Routing.Graph;
using static Lightning.Routing.Tests.TestNodes;

namespace Lightning.Routing.Tests.Graph;

public sealed class ChannelGraphTests
{
    [Fact]
    public void A_channel_has_the_terms_that_its_two_sides_told_last()
    {
        var graph = new ChannelGraph();
        Assert.True(graph.Apply(new ChannelAdded(Scid(1), Bob, Carol, 1_000.Sat())));
        Assert.True(graph.Apply(new PolicyChanged(Scid(1), 0, Terms(10, 100))));
        Assert.True(graph.Apply(new PolicyChanged(Scid(1), 1, Terms(20, 100))));
        Assert.True(graph.Apply(new PolicyChanged(Scid(1), 1, Terms(30, 101))));
        Assert.Equal(new GraphChannel(Scid(1), Bob, Carol, 1_000.Sat(), Terms(10, 100), Terms(30, 101)), graph.View().Channel(Scid(1)));
    }

    [Fact]
    public void What_is_old_or_known_or_about_something_unknown_changes_nothing()
    {
        var graph = new ChannelGraph();
        graph.Apply([new ChannelAdded(Scid(1), Bob, Carol, 1_000.Sat()), new PolicyChanged(Scid(1), 0, Terms(10, 100)), new NodeChanged(Bob, FeatureSet.FromBits(8), 50)], 7);
        var view = graph.View();
        GraphDelta[] deltas =
        [
            new ChannelAdded(Scid(1), Bob, Carol, 1_000.Sat()),
            new ChannelAdded(Scid(2), Bob, Bob, 1_000.Sat()),
            new PolicyChanged(Scid(1), 0, Terms(11, 100)),
            new PolicyChanged(Scid(1), 0, Terms(11, 99)),
            new PolicyChanged(Scid(2), 0, Terms(11, 200)),
            new ChannelRemoved(Scid(2)),
            new NodeChanged(Bob, FeatureSet.FromBits(9), 50),
            new NodeChanged(Dave, FeatureSet.FromBits(9), 60),
        ];
        Assert.Equal(0, graph.Apply(deltas, 7));
        Assert.Same(view, graph.View());
        Assert.Equal(7, view.Version);
        Assert.Equal(8, Assert.Single(view.Node(Bob)!.Features.Bits()));
    }

    [Fact]
    public void A_node_goes_with_its_last_channel_and_comes_back_without_its_past()
    {
        var graph = new ChannelGraph();
        graph.Apply([new ChannelAdded(Scid(1), Bob, Carol, 1.Sat()), new ChannelAdded(Scid(2), Carol, Dave, 1.Sat()), new NodeChanged(Bob, FeatureSet.FromBits(8), 50)], 1);
        graph.Apply(new ChannelRemoved(Scid(1)));
        Assert.Null(graph.View().Node(Bob));
        Assert.Equal((2, 1), (graph.NodeCount, graph.ChannelCount));
        graph.Apply(new ChannelAdded(Scid(1), Bob, Carol, 5.Sat()));
        Assert.Equal(new GraphNode(Bob, 1, FeatureSet.Empty, 0), graph.View().Node(Bob));
        Assert.Equal(5.Sat(), graph.View().Channel(Scid(1))!.Capacity);
    }

    [Fact]
    public void Any_changes_lead_to_the_network_that_they_describe_and_no_earlier_view_changes()
    {
        var random = new Random(1);
        foreach (var channels in (int[])[5, 40, 400])
        {
            var graph = new ChannelGraph();
            var expected = new Dictionary<ShortChannelId, GraphChannel>();
            var views = new List<(GraphView View, string Picture)>();
            for (uint step = 1; step <= 60_000; step++)
            {
                var name = Scid(random.Next(channels));
                var (one, other) = (Node(random.Next(40)), Node(random.Next(40)));
                switch (random.Next(4))
                {
                    case 0:
                        if (graph.Apply(new ChannelAdded(name, one, other, ((long)step).Sat()))) expected.Add(name, new GraphChannel(name, one, other, ((long)step).Sat(), null, null));
                        break;
                    case 1:
                        Assert.Equal(expected.Remove(name), graph.Apply(new ChannelRemoved(name)));
                        break;
                    default:
                        var direction = random.Next(2);
                        Assert.Equal(expected.TryGetValue(name, out var known), graph.Apply(new PolicyChanged(name, direction, Terms(random.Next(100), step))));
                        if (known is null) break;
                        expected[name] = direction == 0
                            ? known with { Policy1 = graph.View().Channel(name)!.Policy1 }
                            : known with { Policy2 = graph.View().Channel(name)!.Policy2 };
                        Assert.Equal(step, (direction == 0 ? expected[name].Policy1 : expected[name].Policy2)!.Timestamp);
                        break;
                }

                if (step % 5_000 != 0) continue;
                Assert.Equal(Picture(expected.Values), Picture(graph.View().Channels()));
                Assert.Equal((expected.Count, expected.Values.SelectMany(static c => new[] { c.Node1, c.Node2 }).Distinct().Count()), (graph.ChannelCount, graph.NodeCount));
                foreach (var node in graph.View().Nodes())
                {
                    Assert.Equal(
                        Picture(expected.Values.Where(c => c.Node1 == node.NodeId || c.Node2 == node.NodeId)), Picture(graph.View().ChannelsOf(node.NodeId)));
                }

                views.Add((graph.View(), Picture(expected.Values)));
            }

            Assert.All(views, static v => Assert.Equal(v.Picture, Picture(v.View.Channels())));
        }
    }

    private static ChannelPolicy Terms(long fee, uint timestamp) => new(fee.Msat(), 5, 40, 1.Msat(), 900_000.Msat(), fee % 7 == 3, timestamp);

    private static string Picture(IEnumerable<GraphChannel> channels) => string.Join('\n', channels.OrderBy(static c => c.ShortChannelId));
}
