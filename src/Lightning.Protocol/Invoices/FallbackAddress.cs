namespace Lightning.Protocol.Invoices;

/// <summary>An on-chain address to fall back on (BOLT 11, field <c>f</c>).</summary>
/// <param name="Version">A witness version from 0 to 16, 17 for a public key hash, 18 for a script hash.</param>
/// <param name="Program">The witness program, or the 20-byte hash.</param>
public sealed record FallbackAddress(byte Version, Bytes Program)
{
    /// <summary>Version of pay-to-pubkey-hash.</summary>
    public const byte PubKeyHash = 17;

    /// <summary>Version of pay-to-script-hash.</summary>
    public const byte ScriptHash = 18;
}
