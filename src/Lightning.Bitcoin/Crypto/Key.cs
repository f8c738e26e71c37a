namespace Lightning.Bitcoin.Crypto;

/// <summary>A private key of secp256k1, always valid. Zeroed when disposed; never printed.</summary>
public sealed class Key : IDisposable
{
    private Key() => throw new NotImplementedException();

    /// <summary>The matching public key (made once, then kept).</summary>
    public PubKey PubKey => throw new NotImplementedException();

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="FormatException">Not 32 bytes, zero, or not below the order of the curve.</exception>
    public static Key FromBytes(ReadOnlySpan<byte> secret) => throw new NotImplementedException();

    /// <summary>The secret itself, for key storage and derivation only.</summary>
    public Bytes32 ToBytes() => throw new NotImplementedException();

    /// <summary>Deterministic ECDSA signature (RFC 6979), low S, without low-R grinding, as the BOLT 3 vectors have it.</summary>
    public EcdsaSignature Sign(in Bytes32 hash) => throw new NotImplementedException();

    /// <summary>The same with a low R (Bitcoin Core's grinding), for on-chain wallet inputs of predictable size.</summary>
    public EcdsaSignature SignLowR(in Bytes32 hash) => throw new NotImplementedException();

    /// <summary>Recoverable signature (BOLT 11).</summary>
    public (EcdsaSignature Signature, int RecoveryId) SignRecoverable(in Bytes32 hash) => throw new NotImplementedException();

    /// <summary>BIP 340 signature over a message (32-byte sighash for Bitcoin) with auxiliary randomness.</summary>
    public SchnorrSignature SignSchnorr(ReadOnlySpan<byte> message, in Bytes32 auxiliaryRandom) => throw new NotImplementedException();

    /// <summary>SHA-256 of the compressed shared point (BOLT 4, BOLT 8), in constant time.</summary>
    public Bytes32 Ecdh(PubKey other) => throw new NotImplementedException();

    /// <summary>(this + tweak) mod n.</summary>
    public Key TweakAdd(in Bytes32 tweak) => throw new NotImplementedException();

    /// <summary>(this * tweak) mod n.</summary>
    public Key TweakMul(in Bytes32 tweak) => throw new NotImplementedException();

    /// <summary>BIP 341 key for the key path: negated where y is odd, then tweaked.</summary>
    public Key TaprootTweak(in Bytes32 tweak) => throw new NotImplementedException();

    /// <summary>Zeroes the secret.</summary>
    public void Dispose() => throw new NotImplementedException();

    /// <summary>Never the secret.</summary>
    public override string ToString() => "Key(secret)";
}
