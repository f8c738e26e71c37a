using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lightning.Bitcoin.Crypto;

/// <summary>A point of secp256k1, always valid, compressed to 33 bytes. Compares by the compressed bytes.</summary>
/// <remarks>The decompressed point is kept, so that verification, ECDH and tweaks need not take a square root each time.</remarks>
public sealed unsafe class PubKey : IEquatable<PubKey>, IComparable<PubKey>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 33;

    private const int UncompressedSize = 65;

    private CompressedBytes _compressed;
    private PointBytes _point;

    private PubKey(ReadOnlySpan<byte> point)
    {
        point.CopyTo(_point);
        nuint length = Size;
        if (Secp256k1.secp256k1_ec_pubkey_serialize(Secp256k1.Context, _compressed, ref length, _point, Secp256k1.Compressed) != 1)
        {
            throw Secp256k1.Failure("The public key cannot be serialized.");
        }
    }

    /// <summary>The compressed bytes, without a copy.</summary>
    public ReadOnlySpan<byte> Span => _compressed;

    /// <summary>The library's form of the point.</summary>
    internal ReadOnlySpan<byte> Point => _point;

    /// <summary>Parses 33 compressed bytes (65 uncompressed ones are accepted by <see cref="TryParseAny"/> only: nothing in Lightning sends them).</summary>
    /// <exception cref="FormatException">Not a point of the curve.</exception>
    public static PubKey Parse(ReadOnlySpan<byte> compressed) => TryParse(compressed, out var key)
        ? key
        : throw new FormatException(compressed.Length == Size
            ? $"Not a point of the curve: {Convert.ToHexStringLower(compressed)}."
            : $"A public key has {Size} bytes, not {compressed.Length}.");

    /// <summary>Parses 66 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not hexadecimal, or not a point of the curve.</exception>
    public static PubKey FromHex(string hex) => Parse(Convert.FromHexString(hex));

    /// <summary>Parses 33 compressed bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> compressed, [NotNullWhen(true)] out PubKey? key)
    {
        key = null;
        return compressed.Length == Size && TryParsePoint(compressed, out key);
    }

    /// <summary>Parses 33, or 65 uncompressed or hybrid bytes, as old Bitcoin scripts may hold.</summary>
    public static bool TryParseAny(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PubKey? key)
    {
        key = null;
        return bytes.Length is Size or UncompressedSize && TryParsePoint(bytes, out key);
    }

    /// <summary>Recovers the key that signed (BOLT 11); accepts high-S.</summary>
    /// <returns>Null where no key fits.</returns>
    public static PubKey? Recover(in Bytes32 hash, in EcdsaSignature signature, int recoveryId)
    {
        Span<byte> parsed = stackalloc byte[Secp256k1.RecoverableSignatureSize];
        Span<byte> point = stackalloc byte[Secp256k1.PointSize];
        return recoveryId is >= 0 and <= 3
            && Secp256k1.secp256k1_ecdsa_recoverable_signature_parse_compact(Secp256k1.Context, parsed, signature.Span, recoveryId) == 1
            && Secp256k1.secp256k1_ecdsa_recover(Secp256k1.Context, point, parsed, hash.Span) == 1
            ? new PubKey(point)
            : null;
    }

    /// <summary>Sum of points.</summary>
    /// <exception cref="InvalidOperationException">The sum is the point at infinity.</exception>
    public static PubKey Combine(PubKey first, PubKey second)
    {
        Span<byte> sum = stackalloc byte[Secp256k1.PointSize];
        fixed (byte* left = first.Point, right = second.Point)
        {
            var points = stackalloc byte*[2] { left, right };
            return Secp256k1.secp256k1_ec_pubkey_combine(Secp256k1.Context, sum, points, 2) == 1
                ? new PubKey(sum)
                : throw Secp256k1.Failure("The sum of the two public keys is the point at infinity.");
        }
    }

    /// <summary>Verifies an ECDSA signature; a high S is refused.</summary>
    public bool Verify(in Bytes32 hash, in EcdsaSignature signature)
    {
        Span<byte> parsed = stackalloc byte[Secp256k1.SignatureSize];
        return Secp256k1.secp256k1_ecdsa_signature_parse_compact(Secp256k1.Context, parsed, signature.Span) == 1
            && Secp256k1.secp256k1_ecdsa_verify(Secp256k1.Context, parsed, hash.Span, _point) == 1;
    }

    /// <summary>this + tweak*G. The tweak must be public (variable time).</summary>
    /// <exception cref="InvalidOperationException">The tweak is not below the order of the curve, or the sum is the point at infinity.</exception>
    public PubKey TweakAdd(in Bytes32 tweak)
    {
        PointBytes point = _point;
        return Secp256k1.secp256k1_ec_pubkey_tweak_add(Secp256k1.Context, point, tweak.Span) == 1 ? new PubKey(point) : throw NotATweak();
    }

    /// <summary>this * tweak. The tweak must be public (variable time).</summary>
    /// <exception cref="InvalidOperationException">The tweak is zero, or not below the order of the curve.</exception>
    public PubKey TweakMul(in Bytes32 tweak)
    {
        PointBytes point = _point;
        return Secp256k1.secp256k1_ec_pubkey_tweak_mul(Secp256k1.Context, point, tweak.Span) == 1 ? new PubKey(point) : throw NotATweak();
    }

    /// <summary>The point with the same x and the other y.</summary>
    public PubKey Negate()
    {
        PointBytes point = _point;
        return Secp256k1.secp256k1_ec_pubkey_negate(Secp256k1.Context, point) == 1 ? new PubKey(point) : throw Secp256k1.Failure("The public key cannot be negated.");
    }

    /// <summary>The x coordinate only (BIP 340).</summary>
    public XOnlyPubKey ToXOnly() => XOnlyPubKey.FromPoint(_point, out _);

    /// <summary>65 bytes: 4, x, y.</summary>
    public byte[] ToUncompressed()
    {
        var bytes = new byte[UncompressedSize];
        nuint length = UncompressedSize;
        return Secp256k1.secp256k1_ec_pubkey_serialize(Secp256k1.Context, bytes, ref length, _point, Secp256k1.Uncompressed) == 1
            ? bytes
            : throw Secp256k1.Failure("The public key cannot be serialized.");
    }

    /// <inheritdoc/>
    public bool Equals(PubKey? other) => ReferenceEquals(this, other) || (other is not null && Span.SequenceEqual(other.Span));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PubKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public int CompareTo(PubKey? other) => other is null ? 1 : Span.SequenceCompareTo(other.Span);

    /// <summary>Lower-case hexadecimal of the 33 bytes.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);

    /// <summary>Equality by value.</summary>
    public static bool operator ==(PubKey? left, PubKey? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(PubKey? left, PubKey? right) => !(left == right);

    /// <summary>Wraps a valid point in the library's form.</summary>
    internal static PubKey FromPoint(ReadOnlySpan<byte> point) => new(point);

    private static bool TryParsePoint(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PubKey? key)
    {
        Span<byte> point = stackalloc byte[Secp256k1.PointSize];
        key = Secp256k1.secp256k1_ec_pubkey_parse(Secp256k1.Context, point, bytes, (nuint)bytes.Length) == 1 ? new PubKey(point) : null;
        return key is not null;
    }

    private static InvalidOperationException NotATweak() =>
        Secp256k1.Failure("The tweak cannot be applied to this public key: not below the order of the curve, or the result is the point at infinity.");

    [InlineArray(Size)]
    private struct CompressedBytes
    {
        private byte _first;
    }

    [InlineArray(Secp256k1.PointSize)]
    private struct PointBytes
    {
        private byte _first;
    }
}
