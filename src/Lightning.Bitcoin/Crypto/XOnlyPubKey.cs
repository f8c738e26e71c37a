namespace Lightning.Bitcoin.Crypto;

/// <summary>A BIP 340 public key: the x coordinate of a point with even y, always valid.</summary>
public sealed class XOnlyPubKey : IEquatable<XOnlyPubKey>
{
    private XOnlyPubKey() => throw new NotImplementedException();

    /// <summary>The x coordinate.</summary>
    public Bytes32 Value => throw new NotImplementedException();

    /// <summary>Parses 32 bytes.</summary>
    public static bool TryParse(in Bytes32 x, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out XOnlyPubKey? key) => throw new NotImplementedException();

    /// <summary>Verifies a BIP 340 signature over a message of any length (a 32-byte sighash for Bitcoin).</summary>
    public bool Verify(ReadOnlySpan<byte> message, in SchnorrSignature signature) => throw new NotImplementedException();

    /// <summary>BIP 341: this + tweak*G.</summary>
    /// <returns>The output key and the parity of its y.</returns>
    public (XOnlyPubKey Key, bool OddY) TweakAdd(in Bytes32 tweak) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool Equals(XOnlyPubKey? other) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as XOnlyPubKey);

    /// <inheritdoc/>
    public override int GetHashCode() => throw new NotImplementedException();
}
