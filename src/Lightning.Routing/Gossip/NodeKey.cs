using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Routing.Gossip;

/// <summary>The 33 bytes of a node's key by value: to look nodes up without taking square roots.</summary>
[InlineArray(PubKey.Size)]
internal struct NodeKey : IEquatable<NodeKey>
{
    private byte _first;

    /// <summary>Copies 33 bytes.</summary>
    public static NodeKey From(ReadOnlySpan<byte> compressed)
    {
        NodeKey key = default;
        compressed.CopyTo(key);
        return key;
    }

    /// <summary>The bytes of a node's key.</summary>
    public static NodeKey From(NodeId node) => From(node.Key.Span);

    /// <inheritdoc/>
    public readonly bool Equals(NodeKey other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is NodeKey other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        // Keys can be ground: the hash is seeded.
        var words = MemoryMarshal.Cast<byte, ulong>(((ReadOnlySpan<byte>)this)[1..]);
        return HashCode.Combine(words[0], words[1], words[2], words[3], this[0]);
    }
}
