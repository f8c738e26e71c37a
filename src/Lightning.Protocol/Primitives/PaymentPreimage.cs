using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Primitives;

/// <summary>What a payment buys: its SHA-256 is the payment hash. Who shows it has been paid.</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct PaymentPreimage(Bytes32 Value)
{
    /// <summary>The hash that an HTLC for this preimage carries.</summary>
    public PaymentHash Hash => new(Hashes.Sha256(Value.Span));

    /// <summary>Parses 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not 32 bytes of hexadecimal.</exception>
    public static PaymentPreimage FromHex(string hex) => new(Bytes32.FromHex(hex));

    /// <summary>Never the secret: use <see cref="Value"/> where it is to be shown.</summary>
    public override string ToString() => "PaymentPreimage(hidden)";
}
