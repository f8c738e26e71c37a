using Lightning.Bitcoin.Encodings;

namespace Lightning.Protocol.Invoices;

/// <summary>Numbers and bit vectors in bech32's groups of 5 bits, one group a byte, most significant first.</summary>
internal static class FiveBits
{
    /// <summary>All bits, with zeros behind them up to a whole byte.</summary>
    public static byte[] ToPaddedBytes(ReadOnlySpan<byte> groups) =>
        Bech32.ToBytesTruncated([.. groups, 0, 0]).AsSpan(0, ((groups.Length * 5) + 7) / 8).ToArray();

    /// <summary>A big-endian number; null where it does not fit.</summary>
    public static ulong? ToInteger(ReadOnlySpan<byte> groups)
    {
        var value = 0UL;
        foreach (var group in groups)
        {
            if (value >> 59 != 0) return null;
            value = (value << 5) | group;
        }

        return value;
    }

    /// <summary>The shortest big-endian form: zero has no groups.</summary>
    public static byte[] FromInteger(ulong value)
    {
        var length = 0;
        for (var rest = value; rest != 0; rest >>= 5) length++;
        return FromInteger(value, length);
    }

    /// <summary>A big-endian number in so many groups.</summary>
    public static byte[] FromInteger(ulong value, int length)
    {
        var groups = new byte[length];
        for (var i = length - 1; i >= 0; i--, value >>= 5) groups[i] = (byte)(value & 31);
        return groups;
    }

    /// <summary>Big-endian bytes where the last group's last bit is bit 0: a feature vector. Zeros are put in front.</summary>
    public static byte[] ToRightAlignedBytes(ReadOnlySpan<byte> groups)
    {
        var bytes = new byte[((groups.Length * 5) + 7) / 8];
        for (var bit = 0; bit < groups.Length * 5; bit++)
        {
            if ((groups[^(1 + (bit / 5))] >> (bit % 5) & 1) != 0) bytes[^(1 + (bit / 8))] |= (byte)(1 << (bit % 8));
        }

        return bytes;
    }

    /// <summary>The reverse, without zero groups in front.</summary>
    public static byte[] FromRightAlignedBytes(ReadOnlySpan<byte> bytes)
    {
        var groups = new byte[((bytes.Length * 8) + 4) / 5];
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            if ((bytes[^(1 + (bit / 8))] >> (bit % 8) & 1) != 0) groups[^(1 + (bit / 5))] |= (byte)(1 << (bit % 5));
        }

        return groups.AsSpan().TrimStart((byte)0).ToArray();
    }
}
