using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lightning.Bitcoin.Crypto;

/// <summary>A BIP 340 public key: the x coordinate of a point with even y, always valid.</summary>
public sealed class XOnlyPubKey : IEquatable<XOnlyPubKey>
{
    private PointBytes _point;

    private XOnlyPubKey(ReadOnlySpan<byte> point, in Bytes32 x)
    {
        point.CopyTo(_point);
        Value = x;
    }

    /// <summary>The x coordinate.</summary>
    public Bytes32 Value { get; }

    /// <summary>Parses 32 bytes.</summary>
    /// <exception cref="FormatException">Not the x coordinate of a point.</exception>
    public static XOnlyPubKey Parse(in Bytes32 x) =>
        TryParse(x, out var key) ? key : throw new FormatException($"Not the x coordinate of a point of the curve: {x}.");

    /// <summary>Parses 32 bytes.</summary>
    public static bool TryParse(in Bytes32 x, [NotNullWhen(true)] out XOnlyPubKey? key)
    {
        Span<byte> point = stackalloc byte[Secp256k1.PointSize];
        key = Secp256k1.secp256k1_xonly_pubkey_parse(Secp256k1.Context, point, x.Span) == 1 ? new XOnlyPubKey(point, x) : null;
        return key is not null;
    }

    /// <summary>Verifies a BIP 340 signature over a message of any length (a 32-byte sighash for Bitcoin).</summary>
    public bool Verify(ReadOnlySpan<byte> message, in SchnorrSignature signature) =>
        Secp256k1.secp256k1_schnorrsig_verify(Secp256k1.Context, signature.Span, message, (nuint)message.Length, _point) == 1;

    /// <summary>BIP 341: this + tweak*G.</summary>
    /// <returns>The output key and the parity of its y.</returns>
    /// <exception cref="InvalidOperationException">The tweak is not below the order of the curve, or the sum is the point at infinity.</exception>
    public (XOnlyPubKey Key, bool OddY) TweakAdd(in Bytes32 tweak)
    {
        Span<byte> point = stackalloc byte[Secp256k1.PointSize];
        if (Secp256k1.secp256k1_xonly_pubkey_tweak_add(Secp256k1.Context, point, _point, tweak.Span) != 1)
        {
            throw Secp256k1.Failure("The tweak cannot be applied to this public key: not below the order of the curve, or the result is the point at infinity.");
        }

        var key = FromPoint(point, out var oddY);
        return (key, oddY);
    }

    /// <summary>BIP 341's tweak of this internal key, for <see cref="TweakAdd"/> and <see cref="Key.TaprootTweak"/>.</summary>
    /// <param name="merkleRoot">The root of the script tree; null for an output that only the key spends (BIP 86).</param>
    public Bytes32 TapTweak(in Bytes32? merkleRoot = null)
    {
        Span<byte> data = stackalloc byte[64];
        Value.Span.CopyTo(data);
        merkleRoot.GetValueOrDefault().Span.CopyTo(data[32..]);
        return Hashes.Tagged("TapTweak"u8, merkleRoot is null ? data[..32] : data);
    }

    /// <inheritdoc/>
    public bool Equals(XOnlyPubKey? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as XOnlyPubKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Lower-case hexadecimal of the 32 bytes.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>Equality by value.</summary>
    public static bool operator ==(XOnlyPubKey? left, XOnlyPubKey? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(XOnlyPubKey? left, XOnlyPubKey? right) => !(left == right);

    /// <summary>Drops the y coordinate of a valid point in the library's form.</summary>
    internal static XOnlyPubKey FromPoint(ReadOnlySpan<byte> point, out bool oddY)
    {
        Span<byte> xonly = stackalloc byte[Secp256k1.PointSize];
        Span<byte> x = stackalloc byte[32];
        if (Secp256k1.secp256k1_xonly_pubkey_from_pubkey(Secp256k1.Context, xonly, out var parity, point) != 1
            || Secp256k1.secp256k1_xonly_pubkey_serialize(Secp256k1.Context, x, xonly) != 1)
        {
            throw Secp256k1.Failure("The public key has no x coordinate.");
        }

        oddY = parity == 1;
        return new XOnlyPubKey(xonly, new Bytes32(x));
    }

    [InlineArray(Secp256k1.PointSize)]
    private struct PointBytes
    {
        private byte _first;
    }
}
