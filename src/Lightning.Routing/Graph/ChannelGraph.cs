using System.Buffers.Binary;

namespace Lightning.Routing.Graph;

/// <summary>
/// The network as it is told. Made for speed: flat arrays, no object for a channel or a direction, each node's incoming edges side by side. One owner tells and
/// takes views; anybody may read a view. Taking a view costs nothing; the first change after it copies the arrays that change in place (some 6 MB for 50,000
/// channels, about a millisecond), so an owner under a flood takes a new view not with each change but some times a second.
/// </summary>
/// <remarks>
/// A node's edges that outgrow their place move to the end, to twice the room, and leave a hole; a channel that goes leaves its index unused. When holes or
/// unused indexes are many everything is laid out anew, so each change costs a constant on average.
/// </remarks>
public sealed class ChannelGraph
{
    /// <summary>Holes and unused indexes that are not worth a new layout, however small the graph is.</summary>
    private const int Tolerated = 4096;

    private NodeKeys _keys;
    private ChannelTable _channels;
    private NodeBlock[] _blocks;
    private GraphEdge[] _edges;

    /// <summary>Where each direction's edge stands; -1 for a channel that is gone.</summary>
    private int[] _places;

    private object _layout = new();
    private GraphView? _view;
    private int _end;
    private int _holes;
    private int _nodeCount;
    private int _channelCount;

    /// <summary>An empty one.</summary>
    public ChannelGraph()
        : this(new NodeKeys(0), new ChannelTable(0))
    {
    }

    private ChannelGraph(NodeKeys keys, ChannelTable channels)
    {
        (_keys, _channels) = (keys, channels);
        _blocks = new NodeBlock[Math.Max(keys.Count, 8)];
        _places = new int[Math.Max(channels.Count, 8) * 2];
        _edges = new GraphEdge[8];
    }

    /// <summary>The number that the owner gave to what it told last.</summary>
    public long Version { get; private set; }

    /// <summary>Number of nodes that have a channel.</summary>
    public int NodeCount => _nodeCount;

    /// <summary>Number of channels.</summary>
    public int ChannelCount => _channelCount;

    /// <summary>The network as it is now. The same object as long as nothing changes.</summary>
    public GraphView View() => _view ??= new GraphView(Version, _layout, _nodeCount, _channelCount, _keys, _channels, _blocks, _edges, _places);

    /// <summary>Tells of changes.</summary>
    /// <param name="deltas">The changes, in order.</param>
    /// <param name="version">The number that the owner gives to them.</param>
    /// <returns>How many of them changed something.</returns>
    public int Apply(IEnumerable<GraphDelta> deltas, long version)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        var changes = 0;
        foreach (var delta in deltas)
        {
            if (Apply(delta)) changes++;
        }

        SetVersion(version);
        return changes;
    }

    /// <summary>Tells of one change.</summary>
    /// <param name="delta">The change.</param>
    /// <returns>Whether it changed anything.</returns>
    public bool Apply(GraphDelta delta) => delta switch
    {
        ChannelAdded added => Add(added),
        PolicyChanged changed => Change(changed),
        ChannelRemoved removed => Remove(removed),
        NodeChanged changed => Change(changed),
        _ => throw new NotSupportedException($"{delta} is no change that a graph knows."),
    };

    /// <summary>Lays out channels that have come with their nodes, all at once.</summary>
    /// <param name="version">The owner's number.</param>
    /// <param name="keys">The nodes.</param>
    /// <param name="channels">The channels, none twice.</param>
    /// <param name="edges">Their directions, by channel index, two a channel.</param>
    /// <param name="nodes">What the nodes have told of themselves, by node index.</param>
    internal static ChannelGraph Of(long version, NodeKeys keys, ChannelTable channels, GraphEdge[] edges, NodeBlock[] nodes)
    {
        var graph = new ChannelGraph(keys, channels) { Version = version, _channelCount = channels.Count };
        graph.Lay(edges, nodes);
        return graph;
    }

    private void SetVersion(long version)
    {
        if (Version == version) return;
        Version = version;
        if (_view is { } view)
            _view = new GraphView(version, view.Layout, _nodeCount, _channelCount, _keys, _channels, _blocks, _edges, _places);
    }

    private bool Add(ChannelAdded added)
    {
        if (added.Node1 == added.Node2 || PlaceOf(added.ShortChannelId, 0) >= 0) return false;
        Own();
        var (node1, node2) = (_keys.FindOrAdd(added.Node1), _keys.FindOrAdd(added.Node2));
        if (_blocks.Length < _keys.Count) Array.Resize(ref _blocks, Math.Max(_keys.Count, _blocks.Length * 2));
        var capacity = Math.Max(0, added.Capacity.Value);
        var channel = _channels.Add(added.ShortChannelId, node1, node2, capacity);
        if (_places.Length < _channels.Count * 2) Array.Resize(ref _places, _places.Length * 2);
        Put(node2, new GraphEdge { From = node1, Direction = channel * 2, Capacity = ToMsat(capacity) });
        Put(node1, new GraphEdge { From = node2, Direction = (channel * 2) + 1, Capacity = ToMsat(capacity) });
        _channelCount++;
        LayIfWorthIt();
        return true;
    }

    private bool Change(PolicyChanged changed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)changed.Direction, 1u, nameof(changed));
        var place = PlaceOf(changed.ShortChannelId, changed.Direction);
        if (place < 0) return false;
        var edge = _edges[place];
        if ((edge.Flags & GraphEdge.Known) != 0 && changed.Policy.Timestamp <= edge.Timestamp) return false;
        Own();
        _edges[place] = With(edge, changed.Policy, _channels[edge.Direction >> 1].CapacitySat);
        return true;
    }

    private bool Remove(ChannelRemoved removed)
    {
        if (PlaceOf(removed.ShortChannelId, 0) < 0) return false;
        Own();
        var channel = _channels.Find(removed.ShortChannelId);
        Take(_channels[channel].Node2, channel * 2);
        Take(_channels[channel].Node1, (channel * 2) + 1);
        _channelCount--;
        LayIfWorthIt();
        return true;
    }

    private bool Change(NodeChanged changed)
    {
        var node = _keys.Find(changed.NodeId.Key.Span);
        if (node < 0 || _blocks[node].Count == 0 || (changed.Timestamp <= _blocks[node].Timestamp && _blocks[node].Timestamp != 0)) return false;
        Own();
        _blocks[node].Timestamp = changed.Timestamp;
        _blocks[node].Features = Low(changed.Features.Bytes.Span);
        return true;
    }

    private int PlaceOf(ShortChannelId name, int direction)
    {
        var channel = _channels.Find(name);
        return channel < 0 ? -1 : _places[(channel * 2) + direction];
    }

    /// <summary>Makes the arrays that change in place ours alone: a view that was given out keeps the old ones.</summary>
    private void Own()
    {
        if (_view is null) return;
        _view = null;
        _blocks = (NodeBlock[])_blocks.Clone();
        _edges = (GraphEdge[])_edges.Clone();
        _places = (int[])_places.Clone();
    }

    private void Put(int node, in GraphEdge edge)
    {
        ref var block = ref _blocks[node];
        if (block.Count == block.Room) Move(ref block);
        if (block.Count == 0) _nodeCount++;
        _places[edge.Direction] = block.Start + block.Count;
        _edges[block.Start + block.Count++] = edge;
    }

    private void Move(ref NodeBlock block)
    {
        var room = Math.Max(2, block.Count * 2);
        if (_end + room > _edges.Length) Array.Resize(ref _edges, Math.Max(_end + room, _edges.Length * 2));
        for (var i = 0; i < block.Count; i++)
        {
            ref var edge = ref _edges[_end + i];
            edge = _edges[block.Start + i];
            _places[edge.Direction] = _end + i;
        }

        _holes += block.Room;
        (block.Start, block.Room) = (_end, room);
        _end += room;
    }

    /// <summary>The last of the node's edges takes the place of the one that goes.</summary>
    private void Take(int node, int direction)
    {
        ref var block = ref _blocks[node];
        var last = block.Start + --block.Count;
        var place = _places[direction];
        _edges[place] = _edges[last];
        _places[_edges[place].Direction] = place;
        _places[direction] = -1;
        if (block.Count > 0) return;
        _nodeCount--;
        (block.Timestamp, block.Features) = (0, 0);
    }

    private void LayIfWorthIt()
    {
        if (_holes <= Math.Max(Tolerated, _end / 2)
            && _channels.Count - _channelCount <= Math.Max(Tolerated, _channelCount / 2)
            && _keys.Count - _nodeCount <= Math.Max(Tolerated, _nodeCount / 2)) return;

        var keys = new NodeKeys(_nodeCount);
        var channels = new ChannelTable(_channelCount);
        var edges = new GraphEdge[_channelCount * 2];
        var nodes = new NodeBlock[_nodeCount];
        for (var i = 0; i < _channels.Count; i++)
        {
            if (_places[i * 2] < 0) continue;
            var entry = _channels[i];
            var (node1, node2) = (keys.FindOrAdd(_keys.Key(entry.Node1)), keys.FindOrAdd(_keys.Key(entry.Node2)));
            var channel = channels.Add(entry.ShortChannelId, node1, node2, entry.CapacitySat);
            edges[channel * 2] = _edges[_places[i * 2]] with { From = node1, Direction = channel * 2 };
            edges[(channel * 2) + 1] = _edges[_places[(i * 2) + 1]] with { From = node2, Direction = (channel * 2) + 1 };
            (nodes[node1], nodes[node2]) = (_blocks[entry.Node1], _blocks[entry.Node2]);
        }

        (_keys, _channels) = (keys, channels);
        Lay(edges, nodes);
    }

    /// <summary>Puts each node's edges side by side, with a little room behind those of the large ones.</summary>
    private void Lay(GraphEdge[] edges, NodeBlock[] nodes)
    {
        _blocks = new NodeBlock[Math.Max(8, _keys.Count + (_keys.Count / 8))];
        _places = new int[Math.Max(8, _channels.Count + (_channels.Count / 8)) * 2];
        for (var node = 0; node < _keys.Count; node++) (_blocks[node].Timestamp, _blocks[node].Features) = (nodes[node].Timestamp, nodes[node].Features);
        foreach (ref readonly var edge in edges.AsSpan()) _blocks[_channels[edge.Direction >> 1].End(edge.Direction)].Room++;
        (_end, _nodeCount) = (0, 0);
        for (var node = 0; node < _keys.Count; node++)
        {
            ref var block = ref _blocks[node];
            block.Start = _end;
            block.Room += block.Room / 8;
            _end += block.Room;
        }

        _edges = new GraphEdge[Math.Max(8, _end + (_end / 8))];
        foreach (ref readonly var edge in edges.AsSpan()) Put(_channels[edge.Direction >> 1].End(edge.Direction), edge);
        (_holes, _layout, _view) = (0, new object(), null);
    }

    /// <summary>An edge with new terms.</summary>
    internal static GraphEdge With(GraphEdge edge, ChannelPolicy policy, long capacitySat)
    {
        edge.FeeBase = (uint)Math.Clamp(policy.FeeBase.Value, 0, uint.MaxValue);
        edge.FeeRate = policy.FeeProportionalMillionths;
        edge.HtlcMinimum = Math.Max(0, policy.HtlcMinimum.Value);
        edge.HtlcMaximum = Math.Max(0, policy.HtlcMaximum.Value);
        edge.Capacity = capacitySat > 0 ? ToMsat(capacitySat) : edge.HtlcMaximum;
        edge.CltvDelta = policy.CltvExpiryDelta;
        edge.Timestamp = policy.Timestamp;
        edge.Flags = policy.IsDisabled ? (ushort)(GraphEdge.Known | GraphEdge.Disabled) : GraphEdge.Known;
        return edge;
    }

    /// <summary>Millisatoshi of satoshi, without an overflow: more than all bitcoin there are is as good as that.</summary>
    internal static long ToMsat(long satoshi) => Math.Min(satoshi, long.MaxValue / 1000) * 1000;

    private static ulong Low(ReadOnlySpan<byte> bigEndian)
    {
        Span<byte> low = stackalloc byte[sizeof(ulong)];
        var taken = bigEndian.Length > low.Length ? bigEndian[^low.Length..] : bigEndian;
        taken.CopyTo(low[^taken.Length..]);
        return BinaryPrimitives.ReadUInt64BigEndian(low);
    }
}
