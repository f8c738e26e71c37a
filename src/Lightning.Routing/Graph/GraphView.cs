using System.Runtime.InteropServices;
using Lightning.Protocol.Features;

namespace Lightning.Routing.Graph;

/// <summary>
/// The network at one moment. It never changes and any thread may read it, as long as it likes. Nodes and channels have indexes that hold for one
/// <see cref="Layout"/>.
/// </summary>
public sealed class GraphView
{
    private readonly NodeKeys _keys;
    private readonly ChannelTable _channels;
    private readonly NodeBlock[] _blocks;
    private readonly GraphEdge[] _edges;
    private readonly int[] _places;

    internal GraphView(long version, object layout, int nodes, int channels, NodeKeys keys, ChannelTable table, NodeBlock[] blocks, GraphEdge[] edges, int[] places)
    {
        (Version, Layout, NodeCount, ChannelCount) = (version, layout, nodes, channels);
        (_keys, _channels, _blocks, _edges, _places) = (keys, table, blocks, edges, places);
    }

    /// <summary>A network of which nothing is known.</summary>
    public static GraphView Empty { get; } = new ChannelGraph().View();

    /// <summary>The number that the graph's owner gave to what was told last.</summary>
    public long Version { get; }

    /// <summary>Number of nodes that have a channel.</summary>
    public int NodeCount { get; }

    /// <summary>Number of channels.</summary>
    public int ChannelCount { get; }

    /// <summary>Indexes mean the same in views of the same layout; a newer view of it may have more of them.</summary>
    internal object Layout { get; }

    /// <summary>All node indexes are below this.</summary>
    internal int NodeIndexes => _keys.Count;

    /// <summary>All channel indexes are below this.</summary>
    internal int ChannelIndexes => _channels.Count;

    /// <summary>All edges, in no order; each node's stand together.</summary>
    internal GraphEdge[] Edges => _edges;

    /// <summary>Where each node's edges stand.</summary>
    internal NodeBlock[] Blocks => _blocks;

    /// <summary>Finds a channel; null where there is none.</summary>
    /// <param name="name">Its name.</param>
    public GraphChannel? Channel(ShortChannelId name) => IndexOf(name) is >= 0 and var channel ? Channel(channel) : null;

    /// <summary>All channels.</summary>
    public IEnumerable<GraphChannel> Channels()
    {
        for (var channel = 0; channel < _channels.Count; channel++)
        {
            if (IsThere(channel)) yield return Channel(channel);
        }
    }

    /// <summary>Finds a node; null where it has no channel.</summary>
    /// <param name="id">Its key.</param>
    public GraphNode? Node(NodeId id) => IndexOf(id) is >= 0 and var node ? Node(node) : null;

    /// <summary>All nodes that have a channel.</summary>
    public IEnumerable<GraphNode> Nodes()
    {
        for (var node = 0; node < _keys.Count; node++)
        {
            if (_blocks[node].Count > 0) yield return Node(node);
        }
    }

    /// <summary>The channels of a node.</summary>
    /// <param name="id">Its key.</param>
    public IEnumerable<GraphChannel> ChannelsOf(NodeId id)
    {
        var node = IndexOf(id);
        if (node < 0) yield break;
        for (var i = 0; i < _blocks[node].Count; i++) yield return Channel(_edges[_blocks[node].Start + i].Direction >> 1);
    }

    /// <summary>Index of a node that has a channel, or -1.</summary>
    internal int IndexOf(NodeId id) => IndexOf(id.Key.Span);

    /// <summary>Index of a node that has a channel, or -1.</summary>
    internal int IndexOf(ReadOnlySpan<byte> key)
    {
        var node = _keys.Find(key);
        return node >= 0 && _blocks[node].Count > 0 ? node : -1;
    }

    /// <summary>Index of a channel, or -1.</summary>
    internal int IndexOf(ShortChannelId name)
    {
        var channel = _channels.Find(name);
        return channel >= 0 && IsThere(channel) ? channel : -1;
    }

    /// <summary>Whether a channel is not gone.</summary>
    internal bool IsThere(int channel) => _places[channel * 2] >= 0;

    /// <summary>A node's id.</summary>
    internal NodeId IdOf(int node) => _keys.Id(node);

    /// <summary>A node's key, 33 bytes.</summary>
    internal ReadOnlySpan<byte> KeyOf(int node) => _keys.Key(node);

    /// <summary>A channel's name, ends and capacity.</summary>
    internal ref readonly ChannelTable.Entry Entry(int channel) => ref _channels[channel];

    /// <summary>The edges that end at a node, those that are not usable included.</summary>
    internal ReadOnlySpan<GraphEdge> EdgesInto(int node) =>
        MemoryMarshal.CreateReadOnlySpan(ref _edges[_blocks[node].Start], _blocks[node].Count);

    /// <summary>The edge of a direction of a channel that is there.</summary>
    internal ref readonly GraphEdge Edge(int direction) => ref _edges[_places[direction]];

    /// <summary>Where the edge of a direction stands; -1 where its channel is gone.</summary>
    internal int PlaceOf(int direction) => _places[direction];

    private GraphChannel Channel(int channel)
    {
        ref readonly var entry = ref _channels[channel];
        return new GraphChannel(
            entry.ShortChannelId, IdOf(entry.Node1), IdOf(entry.Node2), new Satoshi(entry.CapacitySat), Edge(channel * 2).Policy, Edge((channel * 2) + 1).Policy);
    }

    private GraphNode Node(int node)
    {
        ref readonly var block = ref _blocks[node];
        Span<byte> features = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(features, block.Features);
        return new GraphNode(IdOf(node), block.Count, FeatureSet.FromBytes(features.TrimStart((byte)0)), block.Timestamp);
    }
}
