using System.Buffers.Binary;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Routing.Graph;

/// <summary>
/// The nodes' keys, 33 bytes each in one array, and the index of each by open addressing. Nodes are only ever added, so a copy of this value is a picture of its
/// moment that later additions do not disturb: they stand behind its count, or in new arrays.
/// </summary>
internal struct NodeKeys
{
    private byte[] _keys;
    private int[] _table;
    private NodeId?[] _ids;

    /// <summary>For so many nodes, until it grows.</summary>
    public NodeKeys(int capacity)
    {
        capacity = Math.Max(capacity, 8);
        _keys = new byte[capacity * PubKey.Size];
        _ids = new NodeId?[capacity];
        _table = OpenAddressing.NewTable(capacity);
    }

    /// <summary>Number of nodes.</summary>
    public int Count { get; private set; }

    /// <summary>A node's key.</summary>
    public readonly ReadOnlySpan<byte> Key(int node) => _keys.AsSpan(node * PubKey.Size, PubKey.Size);

    /// <summary>A node's id. Made when first asked for, because decompressing a key costs more than a path through the graph does.</summary>
    public readonly NodeId Id(int node) => _ids[node] ??= new NodeId(PubKey.Parse(Key(node)));

    /// <summary>Index of a node, or -1.</summary>
    public readonly int Find(ReadOnlySpan<byte> key)
    {
        for (var slot = Hash(key); ; slot++)
        {
            var node = _table[slot & (_table.Length - 1)] - 1;
            if (node < 0) return -1;
            if (node < Count && Key(node).SequenceEqual(key)) return node;
        }
    }

    /// <summary>Index of a node that is added where it is not there.</summary>
    public int FindOrAdd(ReadOnlySpan<byte> key)
    {
        var node = Find(key);
        if (node >= 0) return node;
        if (Count == _ids.Length) Grow();
        node = Count;
        key.CopyTo(_keys.AsSpan(node * PubKey.Size));
        OpenAddressing.Add(_table, Hash(key), node);
        Count++;
        return node;
    }

    /// <summary>The same, with the id at hand.</summary>
    public int FindOrAdd(NodeId id)
    {
        var node = FindOrAdd(id.Key.Span);
        _ids[node] ??= id;
        return node;
    }

    private void Grow()
    {
        var capacity = _ids.Length * 2;
        Array.Resize(ref _keys, capacity * PubKey.Size);
        Array.Resize(ref _ids, capacity);
        var table = OpenAddressing.NewTable(capacity);
        for (var node = 0; node < Count; node++) OpenAddressing.Add(table, Hash(Key(node)), node);
        _table = table;
    }

    /// <summary>Keys are points of the curve, so any of their bytes are as good as random.</summary>
    private static int Hash(ReadOnlySpan<byte> key) =>
        OpenAddressing.Mix(BinaryPrimitives.ReadUInt64LittleEndian(key[1..]) ^ BinaryPrimitives.ReadUInt64LittleEndian(key[17..]));
}
