namespace Lightning.Protocol.Primitives;

/// <summary>The secret of an invoice that proves that the sender knows it (BOLT 4, BOLT 11).</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct PaymentSecret(Bytes32 Value)
{
    /// <summary>Parses 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not 32 bytes of hexadecimal.</exception>
    public static PaymentSecret FromHex(string hex) => new(Bytes32.FromHex(hex));

    /// <summary>Never the secret.</summary>
    public override string ToString() => "PaymentSecret(hidden)";
}
