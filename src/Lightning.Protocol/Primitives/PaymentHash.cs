namespace Lightning.Protocol.Primitives;

/// <summary>SHA-256 of a payment preimage.</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct PaymentHash(Bytes32 Value)
{
    /// <summary>Parses 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not 32 bytes of hexadecimal.</exception>
    public static PaymentHash FromHex(string hex) => new(Bytes32.FromHex(hex));

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Value.ToString();
}
