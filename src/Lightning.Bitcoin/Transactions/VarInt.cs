using System.Buffers.Binary;

namespace Lightning.Bitcoin.Transactions;

/// <summary>Bitcoin's variable length integer (CompactSize, little-endian). Lightning's BigSize is another format.</summary>
public static class VarInt
{
    /// <summary>Bytes that <paramref name="value"/> takes: 1, 3, 5 or 9.</summary>
    public static int SizeOf(ulong value) => value switch
    {
        < 0xfd => 1,
        <= 0xffff => 3,
        <= 0xffff_ffff => 5,
        _ => 9,
    };

    /// <summary>Writes <paramref name="value"/> to the start of <paramref name="destination"/>.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, ulong value)
    {
        switch (SizeOf(value))
        {
            case 1:
                destination[0] = (byte)value;
                return 1;
            case 3:
                destination[0] = 0xfd;
                BinaryPrimitives.WriteUInt16LittleEndian(destination[1..], (ushort)value);
                return 3;
            case 5:
                destination[0] = 0xfe;
                BinaryPrimitives.WriteUInt32LittleEndian(destination[1..], (uint)value);
                return 5;
            default:
                destination[0] = 0xff;
                BinaryPrimitives.WriteUInt64LittleEndian(destination[1..], value);
                return 9;
        }
    }

    /// <summary>Reads from the start of <paramref name="source"/>. Only the shortest form of a number is accepted, as Bitcoin Core does.</summary>
    /// <returns>False where the source ends early or the form is not the shortest.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int size)
    {
        value = 0;
        size = 0;
        if (source.IsEmpty) return false;
        size = source[0] switch { 0xfd => 3, 0xfe => 5, 0xff => 9, _ => 1 };
        if (source.Length < size) return false;
        value = size switch
        {
            1 => source[0],
            3 => BinaryPrimitives.ReadUInt16LittleEndian(source[1..]),
            5 => BinaryPrimitives.ReadUInt32LittleEndian(source[1..]),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(source[1..]),
        };
        return SizeOf(value) == size;
    }
}
