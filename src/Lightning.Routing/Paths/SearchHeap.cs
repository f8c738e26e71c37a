namespace Lightning.Routing.Paths;

/// <summary>A heap of nodes by cost, four children each. A node may stand in it several times; who takes it out knows which time counts. Keeps its arrays.</summary>
internal sealed class SearchHeap
{
    private (double Key, int Node)[] _items = new (double, int)[1024];

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all entries.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a node.</summary>
    public void Push(double key, int node)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        var items = _items;
        var at = Count++;
        while (at > 0)
        {
            var parent = (at - 1) >> 2;
            if (items[parent].Key <= key) break;
            items[at] = items[parent];
            at = parent;
        }

        items[at] = (key, node);
    }

    /// <summary>Takes out a node with the least cost.</summary>
    public int Pop(out double key)
    {
        var items = _items;
        (key, var node) = items[0];
        var last = items[--Count];
        var at = 0;
        while (true)
        {
            var child = (at << 2) + 1;
            if (child >= Count) break;
            var least = child;
            var end = Math.Min(child + 4, Count);
            for (var i = child + 1; i < end; i++)
            {
                if (items[i].Key < items[least].Key) least = i;
            }

            if (last.Key <= items[least].Key) break;
            items[at] = items[least];
            at = least;
        }

        items[at] = last;
        return node;
    }
}
