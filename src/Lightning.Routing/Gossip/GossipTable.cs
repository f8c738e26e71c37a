namespace Lightning.Routing.Gossip;

/// <summary>
/// The announced channels and their nodes, in order of short channel ids: what gossip is judged by and queries are answered from. It holds no messages, only where
/// they are kept. Not safe for several threads.
/// </summary>
public sealed class GossipTable
{
    /// <summary>The location of a message that is not kept.</summary>
    public const long Nowhere = -1;

    private readonly Dictionary<NodeKey, KnownNode> _nodes = [];
    private readonly Dictionary<OutPoint, KnownChannel> _fundings = [];
    private readonly Stack<int> _freeIndexes = [];
    private SortedList<ulong, KnownChannel> _channels = [];

    /// <summary>How many channels there are.</summary>
    public int ChannelCount => _channels.Count;

    /// <summary>How many nodes there are.</summary>
    public int NodeCount => _nodes.Count;

    /// <summary>The channel at a place in the order of short channel ids. Places change when channels come and go.</summary>
    public KnownChannel this[int index] => _channels.GetValueAtIndex(index);

    /// <summary>The channel of that name, or null.</summary>
    public KnownChannel? Find(ShortChannelId shortChannelId) => _channels.GetValueOrDefault(shortChannelId.Value);

    /// <summary>The node, or null where it has no announced channel.</summary>
    public KnownNode? Find(NodeId node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _nodes.GetValueOrDefault(NodeKey.From(node));
    }

    /// <summary>The channel that such an output funds, or null.</summary>
    public KnownChannel? Find(in OutPoint funding) => _fundings.GetValueOrDefault(funding);

    /// <summary>The place of the first channel whose name is not less; <see cref="ChannelCount"/> where there is none.</summary>
    public int LowerBound(ShortChannelId shortChannelId)
    {
        var (low, high) = (0, _channels.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_channels.GetKeyAtIndex(middle) < shortChannelId.Value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Notes where the announcement of a channel is kept.</summary>
    public void Locate(KnownChannel channel, long location)
    {
        ArgumentNullException.ThrowIfNull(channel);
        channel.Location = location;
    }

    /// <summary>Notes where the update of a direction is kept.</summary>
    public void Locate(KnownChannel channel, int direction, long location)
    {
        ArgumentNullException.ThrowIfNull(channel);
        channel.UpdateOf(direction).Location = location;
    }

    /// <summary>Notes where the announcement of a node is kept.</summary>
    public void Locate(KnownNode node, long location)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.Location = location;
    }

    /// <summary>The node by its key, or null.</summary>
    internal KnownNode? Find(in NodeKey node) => _nodes.GetValueOrDefault(node);

    internal KnownChannel Add(ShortChannelId shortChannelId, in NodeKey node1, in NodeKey node2, in FundingOutput funding, uint addedAt, bool isRoutable)
    {
        var channel = new KnownChannel(shortChannelId, Node(node1), Node(node2), funding, addedAt, isRoutable);
        _channels.Add(shortChannelId.Value, channel);
        _fundings[funding.OutPoint] = channel;
        channel.Node1.ChannelCount++;
        channel.Node2.ChannelCount++;
        return channel;
    }

    internal void Remove(KnownChannel channel)
    {
        if (!_channels.Remove(channel.ShortChannelId.Value)) return;
        Forget(channel);
    }

    /// <summary>Removes many at once: taking them out one by one would move the rest as often.</summary>
    /// <returns>What was removed, in order.</returns>
    internal List<KnownChannel> RemoveAll(Predicate<KnownChannel> condition)
    {
        var gone = new List<KnownChannel>();
        foreach (var channel in _channels.Values)
        {
            if (condition(channel)) gone.Add(channel);
        }

        if (gone.Count <= 16)
        {
            foreach (var channel in gone) Remove(channel);
            return gone;
        }

        var left = new SortedList<ulong, KnownChannel>(_channels.Count - gone.Count);
        var next = 0;
        foreach (var (key, channel) in _channels)
        {
            if (next < gone.Count && ReferenceEquals(gone[next], channel)) next++;
            else left.Add(key, channel);
        }

        _channels = left;
        foreach (var channel in gone) Forget(channel);
        return gone;
    }

    private KnownNode Node(in NodeKey key)
    {
        if (_nodes.TryGetValue(key, out var node)) return node;
        return _nodes[key] = new KnownNode(key, _freeIndexes.TryPop(out var index) ? index : _nodes.Count);
    }

    // A node goes with its last channel.
    private void Forget(KnownChannel channel)
    {
        if (_fundings.TryGetValue(channel.Funding.OutPoint, out var funded) && ReferenceEquals(funded, channel)) _fundings.Remove(channel.Funding.OutPoint);
        Release(channel.Node1);
        Release(channel.Node2);
    }

    private void Release(KnownNode node)
    {
        if (--node.ChannelCount > 0) return;
        _nodes.Remove(node.Key);
        _freeIndexes.Push(node.Index);
    }
}
