using Lightning.Protocol.Features;
using Lightning.Routing.Graph;
using static Lightning.Routing.Tests.TestNodes;

namespace Lightning.Routing.Tests.Graph;

public sealed class GraphSnapshotTests
{
    [Fact]
    public void A_graph_comes_back_as_it_was_written()
    {
        var graph = Sample();
        var read = GraphSnapshot.Read(new MemoryStream(Written(graph)));
        Assert.Equal((graph.Version, graph.NodeCount, graph.ChannelCount), (read.Version, read.NodeCount, read.ChannelCount));
        Assert.Equal(graph.View().Channels().OrderBy(static c => c.ShortChannelId), read.View().Channels().OrderBy(static c => c.ShortChannelId));
        Assert.Equal(graph.View().Nodes().OrderBy(static n => n.NodeId), read.View().Nodes().OrderBy(static n => n.NodeId));

        // And goes on from there.
        Assert.True(read.Apply(new ChannelAdded(Scid(500), Bob, Carol, 5.Sat())));
        Assert.True(read.Apply(new ChannelRemoved(Scid(0))));
        Assert.Equal(graph.ChannelCount, read.ChannelCount);
    }

    [Fact]
    public void An_empty_graph_comes_back_too() =>
        Assert.Equal((0, 0), GraphSnapshot.Read(new MemoryStream(Written(new ChannelGraph()))) is var read ? (read.NodeCount, read.ChannelCount) : default);

    [Fact]
    public void A_snapshot_that_was_cut_off_anywhere_is_an_error()
    {
        var bytes = Written(Sample());
        for (var length = 0; length < bytes.Length; length += length < 100 || length > bytes.Length - 40 ? 1 : 61)
            Assert.Throws<InvalidDataException>(() => GraphSnapshot.Read(new MemoryStream(bytes, 0, length)));
    }

    [Fact]
    public void A_snapshot_with_any_bit_wrong_is_an_error()
    {
        var bytes = Written(Sample());
        var random = new Random(2);
        for (var i = 0; i < 600; i++)
        {
            var at = i < 120 ? i : random.Next(bytes.Length);
            var bit = (byte)(1 << random.Next(8));
            bytes[at] ^= bit;
            Assert.Throws<InvalidDataException>(() => GraphSnapshot.Read(new MemoryStream(bytes)));
            bytes[at] ^= bit;
        }

        GraphSnapshot.Read(new MemoryStream(bytes));
    }

    [Fact]
    public void A_snapshot_of_another_version_says_so()
    {
        var bytes = Written(Sample());
        bytes[8] = 9;
        Assert.Contains("version 9", Assert.Throws<InvalidDataException>(() => GraphSnapshot.Read(new MemoryStream(bytes))).Message, StringComparison.Ordinal);
    }

    private static ChannelGraph Sample()
    {
        var random = new Random(3);
        var graph = new ChannelGraph();
        for (var i = 0; i < 300; i++)
        {
            graph.Apply(new ChannelAdded(Scid(i), Node(random.Next(20)), Node(20 + random.Next(20)), ((long)random.Next(0, 3) * 5_000_000).Sat()));
            for (var direction = 0; direction < 2; direction++)
            {
                if (random.Next(4) == 0) continue;
                graph.Apply(new PolicyChanged(
                    Scid(i),
                    direction,
                    new ChannelPolicy(random.Next(5000).Msat(), (uint)random.Next(9000), (ushort)random.Next(200), 1.Msat(), random.NextInt64(1L << 40).Msat(), random.Next(5) == 0, 77)));
            }
        }

        for (var i = 0; i < 300; i += 7) graph.Apply(new ChannelRemoved(Scid(i + 1)));
        graph.Apply([new NodeChanged(Node(5), FeatureSet.FromBits(8, 14, 17, 63), 1234)], 42);
        return graph;
    }

    private static byte[] Written(ChannelGraph graph)
    {
        var stream = new MemoryStream();
        GraphSnapshot.Write(graph.View(), stream);
        return stream.ToArray();
    }
}
