using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Scripts.Taproot;

/// <summary>A tree of scripts (BIP 341). Each leaf's path is kept, so nothing walks the tree again.</summary>
public sealed class TapTree
{
    /// <summary>The deepest leaf that BIP 341 allows.</summary>
    public const int MaxDepth = 128;

    private readonly ImmutableArray<(TapLeaf Leaf, ImmutableArray<Bytes32> Path)> _leaves;

    private TapTree(in Bytes32 root, ImmutableArray<(TapLeaf, ImmutableArray<Bytes32>)> leaves) => (Root, _leaves) = (root, leaves);

    /// <summary>The Merkle root.</summary>
    public Bytes32 Root { get; }

    /// <summary>The leaves from left to right.</summary>
    public IEnumerable<TapLeaf> Leaves => _leaves.Select(l => l.Leaf);

    /// <summary>A tree of one script.</summary>
    public static TapTree Of(TapLeaf leaf) => new(leaf.Hash, [(leaf, [])]);

    /// <summary>A tree of one tapscript.</summary>
    public static TapTree Of(Script script) => Of(new TapLeaf(script));

    /// <summary>Two trees under one node.</summary>
    /// <exception cref="ArgumentException">A leaf would lie deeper than <see cref="MaxDepth"/>.</exception>
    public static TapTree Branch(TapTree left, TapTree right)
    {
        var leaves = ImmutableArray.CreateBuilder<(TapLeaf, ImmutableArray<Bytes32>)>(left._leaves.Length + right._leaves.Length);
        foreach (var (leaf, path) in left._leaves) leaves.Add((leaf, path.Add(right.Root)));
        foreach (var (leaf, path) in right._leaves) leaves.Add((leaf, path.Add(left.Root)));
        foreach (var (_, path) in leaves)
            if (path.Length > MaxDepth) throw new ArgumentException($"A script tree has at most {MaxDepth} levels.", nameof(left));
        return new TapTree(HashBranch(left.Root, right.Root), leaves.MoveToImmutable());
    }

    /// <summary>The hashes that lead from a leaf to the root, the leaf's neighbour first.</summary>
    /// <exception cref="ArgumentException">No such leaf.</exception>
    public ImmutableArray<Bytes32> PathOf(TapLeaf leaf)
    {
        foreach (var (candidate, path) in _leaves)
            if (candidate == leaf) return path;
        throw new ArgumentException("The script is not in the tree.", nameof(leaf));
    }

    /// <summary>The hash of a node: its children in lexicographic order.</summary>
    internal static Bytes32 HashBranch(in Bytes32 left, in Bytes32 right)
    {
        Span<byte> pair = stackalloc byte[64];
        var ordered = left.CompareTo(right) <= 0;
        (ordered ? left : right).Span.CopyTo(pair);
        (ordered ? right : left).Span.CopyTo(pair[32..]);
        return Hashes.Tagged("TapBranch"u8, pair);
    }
}
