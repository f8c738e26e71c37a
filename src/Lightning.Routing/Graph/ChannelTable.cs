namespace Lightning.Routing.Graph;

/// <summary>
/// The channels' names, ends and capacities, and the index of each by open addressing. Like <see cref="NodeKeys"/> only ever added to, so that a copy of this
/// value is a picture of its moment: a channel that goes keeps its place, and who asks for a name is told its newest place.
/// </summary>
internal struct ChannelTable
{
    private Entry[] _entries;
    private int[] _table;

    /// <summary>For so many channels, until it grows.</summary>
    public ChannelTable(int capacity)
    {
        capacity = Math.Max(capacity, 8);
        _entries = new Entry[capacity];
        _table = OpenAddressing.NewTable(capacity);
    }

    /// <summary>Number of channels, those that are gone included.</summary>
    public int Count { get; private set; }

    /// <summary>A channel.</summary>
    public readonly ref readonly Entry this[int channel] => ref _entries[channel];

    /// <summary>The newest place of a channel, or -1.</summary>
    public readonly int Find(ShortChannelId name)
    {
        var found = -1;
        for (var slot = OpenAddressing.Mix(name.Value); ; slot++)
        {
            var channel = _table[slot & (_table.Length - 1)] - 1;
            if (channel < 0) return found;
            if (channel < Count && _entries[channel].ShortChannelId == name) found = Math.Max(found, channel);
        }
    }

    /// <summary>Adds a channel, also where one of that name is gone.</summary>
    public int Add(ShortChannelId name, int node1, int node2, long capacitySat)
    {
        if (Count == _entries.Length) Grow();
        _entries[Count] = new Entry(name, node1, node2, capacitySat);
        OpenAddressing.Add(_table, OpenAddressing.Mix(name.Value), Count);
        return Count++;
    }

    private void Grow()
    {
        var capacity = _entries.Length * 2;
        Array.Resize(ref _entries, capacity);
        var table = OpenAddressing.NewTable(capacity);
        for (var channel = 0; channel < Count; channel++) OpenAddressing.Add(table, OpenAddressing.Mix(_entries[channel].ShortChannelId.Value), channel);
        _table = table;
    }

    /// <summary>A channel.</summary>
    /// <param name="ShortChannelId">Its name.</param>
    /// <param name="Node1">Index of the first node.</param>
    /// <param name="Node2">Index of the second node.</param>
    /// <param name="CapacitySat">What it holds, satoshi; zero where that is not known.</param>
    internal readonly record struct Entry(ShortChannelId ShortChannelId, int Node1, int Node2, long CapacitySat)
    {
        /// <summary>Index of the node at the end of a direction.</summary>
        public int End(int direction) => (direction & 1) == 0 ? Node2 : Node1;

        /// <summary>Index of the node at the begin of a direction.</summary>
        public int Begin(int direction) => (direction & 1) == 0 ? Node1 : Node2;
    }
}
