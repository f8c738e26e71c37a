using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Lightning.Bitcoin.Crypto;

/// <summary>A BIP 340 signature, 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SchnorrSignature
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 64;

    private readonly Bytes32 _r, _s;

    /// <summary>Copies exactly 64 bytes; whether they are a valid signature shows at verification.</summary>
    /// <exception cref="FormatException">The length is not 64.</exception>
    public SchnorrSignature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new FormatException($"Expected 64 bytes, got {bytes.Length}.");
        _r = new Bytes32(bytes[..32]);
        _s = new Bytes32(bytes[32..]);
    }

    /// <summary>The 64 bytes, without a copy. Valid as long as the value it is called on.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(new ReadOnlySpan<SchnorrSignature>(in this));

    /// <summary>Lower-case hexadecimal of the 64 bytes.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);
}
