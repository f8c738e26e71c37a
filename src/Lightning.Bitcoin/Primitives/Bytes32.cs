using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Lightning.Bitcoin.Primitives;

/// <summary>Thirty-two bytes by value: a hash, a secret or an identifier. Compares lexicographically, as the bytes travel.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Bytes32 : IEquatable<Bytes32>, IComparable<Bytes32>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly ulong _a, _b, _c, _d;

    /// <summary>Copies exactly 32 bytes.</summary>
    /// <exception cref="FormatException">The length is not 32.</exception>
    public Bytes32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new FormatException($"Expected 32 bytes, got {bytes.Length}.");
        this = MemoryMarshal.Read<Bytes32>(bytes);
    }

    /// <summary>All zeros.</summary>
    public static Bytes32 Zero => default;

    /// <summary>Whether all bytes are zero.</summary>
    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>The bytes, without a copy. Valid as long as the value it is called on.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(new ReadOnlySpan<Bytes32>(in this));

    /// <summary>Parses 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not hexadecimal, or not 32 bytes.</exception>
    public static Bytes32 FromHex(string hex) => new(Convert.FromHexString(hex));

    /// <summary>A fresh array of the bytes.</summary>
    public byte[] ToArray() => Span.ToArray();

    /// <summary>The same bytes in reverse order (how transaction and block ids are shown to people).</summary>
    public Bytes32 Reversed()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Span.CopyTo(bytes);
        bytes.Reverse();
        return new Bytes32(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(Bytes32 other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Bytes32 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d);

    /// <inheritdoc/>
    public int CompareTo(Bytes32 other) => Span.SequenceCompareTo(other.Span);

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);

    /// <summary>Equality by value.</summary>
    public static bool operator ==(Bytes32 left, Bytes32 right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(Bytes32 left, Bytes32 right) => !left.Equals(right);

    /// <summary>Lexicographic order.</summary>
    public static bool operator <(Bytes32 left, Bytes32 right) => left.CompareTo(right) < 0;

    /// <summary>Lexicographic order.</summary>
    public static bool operator >(Bytes32 left, Bytes32 right) => left.CompareTo(right) > 0;

    /// <summary>Lexicographic order.</summary>
    public static bool operator <=(Bytes32 left, Bytes32 right) => left.CompareTo(right) <= 0;

    /// <summary>Lexicographic order.</summary>
    public static bool operator >=(Bytes32 left, Bytes32 right) => left.CompareTo(right) >= 0;
}
