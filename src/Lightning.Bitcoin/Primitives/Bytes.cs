namespace Lightning.Bitcoin.Primitives;

/// <summary>An immutable run of bytes that compares by content. The default value is empty.</summary>
public readonly struct Bytes : IEquatable<Bytes>
{
    private readonly byte[]? _bytes;

    /// <summary>Copies <paramref name="bytes"/>.</summary>
    public Bytes(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    private Bytes(byte[] bytes) => _bytes = bytes;

    /// <summary>No bytes.</summary>
    public static Bytes Empty => default;

    /// <summary>Number of bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>Whether there are no bytes.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes, without a copy.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The bytes, without a copy.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>The byte at <paramref name="index"/>.</summary>
    public byte this[int index] => Span[index];

    /// <summary>Takes ownership of <paramref name="bytes"/>, without a copy: the caller must not change the array afterwards.</summary>
    public static Bytes Wrap(byte[] bytes) => new(bytes);

    /// <summary>Parses hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not hexadecimal.</exception>
    public static Bytes FromHex(string hex) => new(Convert.FromHexString(hex));

    /// <summary>A fresh array of the bytes.</summary>
    public byte[] ToArray() => Span.ToArray();

    /// <inheritdoc/>
    public bool Equals(Bytes other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Bytes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);

    /// <summary>Equality by content.</summary>
    public static bool operator ==(Bytes left, Bytes right) => left.Equals(right);

    /// <summary>Inequality by content.</summary>
    public static bool operator !=(Bytes left, Bytes right) => !left.Equals(right);
}
