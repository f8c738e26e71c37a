namespace Lightning.Routing.Gossip.Sending;

/// <summary>Nodes whose announcement was sent already: one bit each.</summary>
internal sealed class NodeSet
{
    private ulong[] _bits = new ulong[16];

    /// <summary>Adds a node.</summary>
    /// <returns>False where it is there already.</returns>
    public bool Add(KnownNode node)
    {
        var (word, bit) = (node.Index >> 6, 1UL << (node.Index & 63));
        if (word >= _bits.Length) Array.Resize(ref _bits, Math.Max(word + 1, _bits.Length * 2));
        if ((_bits[word] & bit) != 0) return false;
        _bits[word] |= bit;
        return true;
    }
}
