namespace Lightning.Protocol.Features;

/// <summary>
/// An immutable vector of feature bits (BOLT 9): bit 0 is the least significant bit of the last byte. Keeps the bytes as they came, leading
/// zeros included, because announcements are signed over them; compares by the bits that are set. The default value has none.
/// </summary>
public readonly struct FeatureSet : IEquatable<FeatureSet>
{
    private readonly Bytes _bytes;

    private FeatureSet(Bytes bytes) => _bytes = bytes;

    /// <summary>No features.</summary>
    public static FeatureSet Empty => default;

    /// <summary>The big-endian bytes as they travel, without a length prefix.</summary>
    public Bytes Bytes => _bytes;

    /// <summary>Whether no bit is set.</summary>
    public bool IsEmpty => Trimmed.IsEmpty;

    private ReadOnlySpan<byte> Trimmed => _bytes.Span.TrimStart((byte)0);

    /// <summary>From the big-endian bytes of the wire; copies them.</summary>
    public static FeatureSet FromBytes(ReadOnlySpan<byte> bytes) => new(new Bytes(bytes));

    /// <summary>Parses the big-endian bytes as hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not hexadecimal.</exception>
    public static FeatureSet FromHex(string hex) => new(Bytes.FromHex(hex));

    /// <summary>The shortest vector with exactly these bits.</summary>
    public static FeatureSet FromBits(params ReadOnlySpan<int> bits)
    {
        var highest = -1;
        foreach (var bit in bits)
        {
            if (bit < 0) throw new ArgumentOutOfRangeException(nameof(bits), bit, "A feature bit is not negative.");
            highest = Math.Max(highest, bit);
        }

        var bytes = new byte[(highest + 8) / 8];
        foreach (var bit in bits) bytes[^(1 + (bit / 8))] |= (byte)(1 << (bit % 8));
        return new FeatureSet(Bytes.Wrap(bytes));
    }

    /// <summary>Whether a bit is set.</summary>
    public bool HasBit(int bit)
    {
        var index = _bytes.Length - 1 - (bit / 8);
        return bit >= 0 && index >= 0 && (_bytes[index] & (1 << (bit % 8))) != 0;
    }

    /// <summary>Whether a feature is shown, required or optional.</summary>
    public bool Has(Feature feature) => HasBit(feature.MandatoryBit) || HasBit(feature.OptionalBit);

    /// <summary>Whether a feature is required.</summary>
    public bool Requires(Feature feature) => HasBit(feature.MandatoryBit);

    /// <summary>The shortest vector with this feature, either required or optional, in place of how it was.</summary>
    public FeatureSet With(Feature feature, bool mandatory = false) => Without(feature) | FromBits(mandatory ? feature.MandatoryBit : feature.OptionalBit);

    /// <summary>The shortest vector without this feature.</summary>
    public FeatureSet Without(Feature feature) => FromBits([.. Bits().Where(bit => bit != feature.MandatoryBit && bit != feature.OptionalBit)]);

    /// <summary>The shortest vector with the features of a context only; bits that belong to no feature are left out.</summary>
    public FeatureSet In(FeatureContexts context) => FromBits([.. Bits().Where(bit => Feature.FromBit(bit) is { } feature && (feature.Contexts & context) != FeatureContexts.None)]);

    /// <summary>The bits that are set, lowest first.</summary>
    public IEnumerable<int> Bits()
    {
        for (var bit = 0; bit < _bytes.Length * 8; bit++)
        {
            if (HasBit(bit)) yield return bit;
        }
    }

    /// <summary>The shortest vector with the bits of both.</summary>
    public static FeatureSet operator |(FeatureSet left, FeatureSet right)
    {
        var (longer, shorter) = left.Trimmed.Length >= right.Trimmed.Length ? (left, right) : (right, left);
        var bytes = longer.Trimmed.ToArray();
        var other = shorter.Trimmed;
        for (var i = 1; i <= other.Length; i++) bytes[^i] |= other[^i];
        return new FeatureSet(Bytes.Wrap(bytes));
    }

    /// <inheritdoc/>
    public bool Equals(FeatureSet other) => Trimmed.SequenceEqual(other.Trimmed);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FeatureSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Trimmed);
        return hash.ToHashCode();
    }

    /// <summary>Lower-case hexadecimal of the bytes.</summary>
    public override string ToString() => _bytes.ToString();

    /// <summary>Whether the same bits are set.</summary>
    public static bool operator ==(FeatureSet left, FeatureSet right) => left.Equals(right);

    /// <summary>Whether the bits differ.</summary>
    public static bool operator !=(FeatureSet left, FeatureSet right) => !left.Equals(right);
}
