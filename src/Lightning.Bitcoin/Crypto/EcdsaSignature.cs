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

    /// <summary>Lower-case hexadecimal of the 64 bytes.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);
}
