namespace Lightning.Bitcoin.Primitives;

/// <summary>A block hash: double SHA-256 of the header. Shown reversed, as Bitcoin shows it.</summary>
/// <param name="Value">The hash in the order of the wire (internal order); BOLT 7's chain_hash is this order.</param>
public readonly record struct BlockHash(Bytes32 Value)
{
    /// <summary>Parses the reversed hexadecimal form that explorers and Bitcoin Core's RPC show.</summary>
    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static BlockHash Parse(string hex) => new(Bytes32.FromHex(hex).Reversed());

    /// <summary>Reversed lower-case hexadecimal.</summary>
    public override string ToString() => Value.Reversed().ToString();
}
