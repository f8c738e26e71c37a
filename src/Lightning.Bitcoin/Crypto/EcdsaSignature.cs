using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Lightning.Bitcoin.Crypto;

/// <summary>An ECDSA signature in the compact form of the Lightning wire: r then s, 64 bytes. DER only inside witnesses and scripts.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct EcdsaSignature
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 64;

    private readonly Bytes32 _r, _s;

    /// <summary>Copies exactly 64 bytes; whether they are a valid signature shows at verification.</summary>
    /// <exception cref="FormatException">The length is not 64.</exception>
    public EcdsaSignature(ReadOnlySpan<byte> compact)
    {
        if (compact.Length != Size) throw new FormatException($"Expected 64 bytes, got {compact.Length}.");
        _r = new Bytes32(compact[..32]);
        _s = new Bytes32(compact[32..]);
    }

    /// <summary>The 64 bytes, without a copy. Valid as long as the value it is called on.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(new ReadOnlySpan<EcdsaSignature>(in this));

    /// <summary>Whether S is in the lower half of the order, as relay and <see cref="PubKey.Verify"/> want it (BIP 146).</summary>
    public bool IsLowS => _s.Span.SequenceCompareTo(HalfOrder) <= 0;

    private static ReadOnlySpan<byte> HalfOrder =>
    [
        0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0x5D, 0x57, 0x6E, 0x73, 0x57, 0xA4, 0x50, 0x1D, 0xDF, 0xE9, 0x2F, 0x46, 0x68, 0x1B, 0x20, 0xA0,
    ];

    /// <summary>Parses the strict encoding of BIP 66, without the sighash byte.</summary>
    /// <returns>False where the encoding is not strict, or a number has more than 32 bytes.</returns>
    public static bool TryFromDer(ReadOnlySpan<byte> der, out EcdsaSignature signature)
    {
        signature = default;
        return DerSignature.IsStrict(der) && DerSignature.TryParseLax(der, out signature, out var fits) && fits;
    }

    /// <summary>
    /// Parses whatever OpenSSL once took for a signature, as consensus does for scripts (older blocks hold such signatures). A number that does not fit
    /// gives the all-zero signature, which no key verifies. Never for what a peer sends.
    /// </summary>
    /// <returns>False where even this parser finds no signature.</returns>
    public static bool TryFromDerLax(ReadOnlySpan<byte> der, out EcdsaSignature signature) => DerSignature.TryParseLax(der, out signature, out _);

    /// <summary>Whether these bytes have the strict form of BIP 66, the only one valid in blocks today; without the sighash byte.</summary>
    public static bool IsStrictDer(ReadOnlySpan<byte> der) => DerSignature.IsStrict(der);

    /// <summary>DER as in scripts and witnesses, without the sighash byte.</summary>
    /// <returns>8 to 72 bytes; 70 or 71 for almost every signature made here.</returns>
    public byte[] ToDer() => DerSignature.Encode(_r.Span, _s.Span);

    /// <summary>The equivalent signature with a low S; the value itself where it is low already, or is no signature at all.</summary>
    public EcdsaSignature NormalizeS()
    {
        if (IsLowS) return this;
        Span<byte> parsed = stackalloc byte[Secp256k1.SignatureSize];
        if (Secp256k1.secp256k1_ecdsa_signature_parse_compact(Secp256k1.Context, parsed, Span) != 1) return this;
        _ = Secp256k1.secp256k1_ecdsa_signature_normalize(Secp256k1.Context, parsed, parsed);
        Span<byte> compact = stackalloc byte[Size];
        _ = Secp256k1.secp256k1_ecdsa_signature_serialize_compact(Secp256k1.Context, compact, parsed);
        return new EcdsaSignature(compact);
    }

    /// <summary>Lower-case hexadecimal of the 64 bytes.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);
}
