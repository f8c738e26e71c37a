namespace Lightning.Bitcoin.Crypto;

/// <summary>A point of secp256k1, always valid, compressed to 33 bytes. Compares by the compressed bytes.</summary>
public sealed class PubKey : IEquatable<PubKey>, IComparable<PubKey>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 33;

    private PubKey() => throw new NotImplementedException();

    /// <summary>The compressed bytes, without a copy.</summary>
    public ReadOnlySpan<byte> Span => throw new NotImplementedException();

    /// <summary>Parses 33 compressed bytes (65 uncompressed ones are accepted by <see cref="TryParseAny"/> only: nothing in Lightning sends them).</summary>
    /// <exception cref="FormatException">Not a point of the curve.</exception>
    public static PubKey Parse(ReadOnlySpan<byte> compressed) => throw new NotImplementedException();

    /// <summary>Parses 66 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not hexadecimal, or not a point of the curve.</exception>
    public static PubKey FromHex(string hex) => throw new NotImplementedException();

    /// <summary>Parses 33 compressed bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> compressed, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PubKey? key) => throw new NotImplementedException();

    /// <summary>Parses 33, or 65 uncompressed or hybrid bytes, as old Bitcoin scripts may hold.</summary>
    public static bool TryParseAny(ReadOnlySpan<byte> bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PubKey? key) => throw new NotImplementedException();

    /// <summary>Recovers the key that signed (BOLT 11); accepts high-S.</summary>
    /// <returns>Null where no key fits.</returns>
    public static PubKey? Recover(in Bytes32 hash, in EcdsaSignature signature, int recoveryId) => throw new NotImplementedException();

    /// <summary>Sum of points.</summary>
    /// <exception cref="InvalidOperationException">The sum is the point at infinity.</exception>
    public static PubKey Combine(PubKey first, PubKey second) => throw new NotImplementedException();

    /// <summary>Verifies an ECDSA signature; a high S is refused.</summary>
    public bool Verify(in Bytes32 hash, in EcdsaSignature signature) => throw new NotImplementedException();

    /// <summary>this + tweak*G. The tweak must be public (variable time).</summary>
    public PubKey TweakAdd(in Bytes32 tweak) => throw new NotImplementedException();

    /// <summary>this * tweak. The tweak must be public (variable time).</summary>
    public PubKey TweakMul(in Bytes32 tweak) => throw new NotImplementedException();

    /// <summary>The x coordinate only (BIP 340).</summary>
    public XOnlyPubKey ToXOnly() => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool Equals(PubKey? other) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PubKey);

    /// <inheritdoc/>
    public override int GetHashCode() => throw new NotImplementedException();

    /// <inheritdoc/>
    public int CompareTo(PubKey? other) => throw new NotImplementedException();

    /// <summary>Lower-case hexadecimal of the 33 bytes.</summary>
    public override string ToString() => throw new NotImplementedException();

    /// <summary>Equality by value.</summary>
    public static bool operator ==(PubKey? left, PubKey? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(PubKey? left, PubKey? right) => !(left == right);
}
