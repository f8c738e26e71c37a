namespace Lightning.Bitcoin.Primitives;

/// <summary>A transaction id: double SHA-256 of the transaction without witnesses. Shown reversed, as Bitcoin shows it.</summary>
/// <param name="Value">The hash in the order of the wire (internal order).</param>
public readonly record struct TxId(Bytes32 Value) : IComparable<TxId>
{
    /// <summary>Parses the reversed hexadecimal form that explorers and Bitcoin Core's RPC show.</summary>
    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static TxId Parse(string hex) => new(Bytes32.FromHex(hex).Reversed());

    /// <inheritdoc/>
    public int CompareTo(TxId other) => Value.CompareTo(other.Value);

    /// <summary>Reversed lower-case hexadecimal.</summary>
    public override string ToString() => Value.Reversed().ToString();
}
