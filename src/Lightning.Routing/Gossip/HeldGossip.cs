using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip;

/// <summary>Updates and node announcements that came before what they are about: so many, so many of one peer, each for a while.</summary>
internal sealed class HeldGossip(GossipLimits limits)
{
    private readonly Dictionary<ShortChannelId, List<Item>> _updates = [];
    private readonly Dictionary<NodeKey, List<Item>> _nodes = [];
    private readonly Dictionary<NodeId, int> _ofPeer = [];
    private readonly LinkedList<Item> _order = new();

    /// <summary>How many wait.</summary>
    public int Count => _order.Count;

    /// <summary>Keeps a message.</summary>
    /// <returns>False where there are too many.</returns>
    public bool TryAdd(ReceivedGossip gossip, DateTimeOffset now)
    {
        Expire(now);
        if (_order.Count >= limits.MaxHeld) return false;
        if (gossip.From is { } peer)
        {
            var held = _ofPeer.GetValueOrDefault(peer);
            if (held >= limits.MaxHeldPerPeer) return false;
            _ofPeer[peer] = held + 1;
        }

        var item = new Item(gossip, now + limits.HeldFor);
        var list = gossip.Message switch
        {
            ChannelUpdate update => ListOf(_updates, update.ShortChannelId),
            NodeAnnouncement announcement => ListOf(_nodes, NodeKey.From(announcement.NodeId)),
            var other => throw new NotSupportedException($"{other.GetType().Name} waits for nothing."),
        };
        list.Add(item);
        item.Place = _order.AddLast(item);
        return true;
    }

    /// <summary>The updates of a channel, which wait no more.</summary>
    public IReadOnlyList<ReceivedGossip> Take(ShortChannelId shortChannelId) => _updates.Remove(shortChannelId, out var items) ? Take(items) : [];

    /// <summary>The announcements of a node, which wait no more.</summary>
    public IReadOnlyList<ReceivedGossip> Take(in NodeKey node) => _nodes.Count > 0 && _nodes.Remove(node, out var items) ? Take(items) : [];

    /// <summary>Forgets what has waited for too long.</summary>
    public void Expire(DateTimeOffset now)
    {
        while (_order.First is { Value: var oldest } && oldest.Until <= now)
        {
            if (oldest.Gossip.Message is ChannelUpdate update) Drop(_updates, update.ShortChannelId, oldest);
            else Drop(_nodes, NodeKey.From(((NodeAnnouncement)oldest.Gossip.Message).NodeId), oldest);
            Release(oldest);
        }
    }

    private static List<Item> ListOf<TKey>(Dictionary<TKey, List<Item>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list)) lists[key] = list = [];
        return list;
    }

    private static void Drop<TKey>(Dictionary<TKey, List<Item>> lists, TKey key, Item item)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list)) return;
        list.Remove(item);
        if (list.Count == 0) lists.Remove(key);
    }

    private List<ReceivedGossip> Take(List<Item> items)
    {
        foreach (var item in items) Release(item);
        return [.. items.Select(item => item.Gossip)];
    }

    private void Release(Item item)
    {
        _order.Remove(item.Place);
        if (item.Gossip.From is not { } peer) return;
        if (_ofPeer[peer] == 1) _ofPeer.Remove(peer);
        else _ofPeer[peer]--;
    }

    private sealed class Item(ReceivedGossip gossip, DateTimeOffset until)
    {
        public ReceivedGossip Gossip { get; } = gossip;

        public DateTimeOffset Until { get; } = until;

        public LinkedListNode<Item> Place { get; set; } = null!;
    }
}
