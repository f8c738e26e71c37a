using System.Globalization;

namespace Lightning.Protocol.Primitives;

/// <summary>Where a channel's funding output stands on chain (BOLT 7): block height, transaction index, output index; or an alias of that form.</summary>
/// <param name="Value">24 bits of height, 24 bits of transaction index, 16 bits of output index.</param>
public readonly record struct ShortChannelId(ulong Value) : IComparable<ShortChannelId>
{
    /// <summary>From its parts.</summary>
    public ShortChannelId(uint blockHeight, uint transactionIndex, ushort outputIndex)
        : this(((ulong)(blockHeight & 0xFFFFFF) << 40) | ((ulong)(transactionIndex & 0xFFFFFF) << 16) | outputIndex)
    {
    }

    /// <summary>Height of the funding transaction's block.</summary>
    public uint BlockHeight => (uint)(Value >> 40);

    /// <summary>Index of the funding transaction in its block.</summary>
    public uint TransactionIndex => (uint)(Value >> 16) & 0xFFFFFF;

    /// <summary>Index of the funding output in its transaction.</summary>
    public ushort OutputIndex => (ushort)Value;

    /// <summary>Parses <c>height x transaction x output</c>, as in 539268x845x1.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static ShortChannelId Parse(string text)
    {
        var parts = text.Split('x');
        return parts.Length == 3
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var height) && height <= 0xFFFFFF
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var transaction) && transaction <= 0xFFFFFF
            && ushort.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var output)
            ? new ShortChannelId(height, transaction, output)
            : throw new FormatException($"'{text}' is not a short channel id: expected HEIGHTxTRANSACTIONxOUTPUT.");
    }

    /// <inheritdoc/>
    public int CompareTo(ShortChannelId other) => Value.CompareTo(other.Value);

    /// <summary>As BOLT 7 writes it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{BlockHeight}x{TransactionIndex}x{OutputIndex}");
}
