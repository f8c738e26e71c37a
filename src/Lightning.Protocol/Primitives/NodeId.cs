using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Primitives;

/// <summary>A node's public key, its name in the network.</summary>
/// <param name="Key">The key.</param>
public sealed record NodeId(PubKey Key) : IComparable<NodeId>
{
    /// <summary>Parses 66 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not a public key.</exception>
    public static NodeId FromHex(string hex) => new(PubKey.FromHex(hex));

    /// <inheritdoc/>
    public int CompareTo(NodeId? other) => Key.CompareTo(other?.Key);

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Key.ToString();
}
