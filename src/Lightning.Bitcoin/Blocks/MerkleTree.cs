using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Blocks;

/// <summary>Bitcoin's Merkle tree: double SHA-256, an odd last node is paired with itself.</summary>
public static class MerkleTree
{
    /// <summary>The root over these leaves; all zeros where there are none.</summary>
    public static Bytes32 Root(ReadOnlySpan<Bytes32> leaves) => Root(leaves, out _);

    /// <summary>The root over these leaves; all zeros where there are none.</summary>
    /// <param name="leaves">Transaction ids, or hashes with witnesses.</param>
    /// <param name="mutated">
    /// Whether two neighbours were equal: the same root then stands for two lists of transactions (CVE-2012-2459), and such a block is no block.
    /// </param>
    public static Bytes32 Root(ReadOnlySpan<Bytes32> leaves, out bool mutated)
    {
        mutated = false;
        if (leaves.IsEmpty) return Bytes32.Zero;
        var level = leaves.ToArray();
        Span<byte> pair = stackalloc byte[64];
        for (var count = level.Length; count > 1; count = (count + 1) / 2)
        {
            for (var i = 0; i < count; i += 2)
            {
                if (i + 1 < count && level[i] == level[i + 1]) mutated = true;
                level[i].Span.CopyTo(pair);
                level[Math.Min(i + 1, count - 1)].Span.CopyTo(pair[32..]);
                level[i / 2] = Hashes.Hash256(pair);
            }
        }

        return level[0];
    }
}
