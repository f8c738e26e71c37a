using System.Buffers.Binary;

namespace Lightning.Protocol.Wire;

/// <summary>The variable-length integers of TLV streams: Bitcoin's CompactSize in big-endian (BOLT 1, appendix A).</summary>
public static class BigSize
{
    /// <summary>The longest encoding, in bytes.</summary>
    public const int MaxLength = 9;

    /// <summary>Length of a value's encoding: 1, 3, 5 or 9 bytes.</summary>
    public static int Length(ulong value) => value switch
    {
        < 0xFD => 1,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };

    /// <summary>Writes a value.</summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(Span<byte> destination, ulong value)
    {
        var length = Length(value);
        if (destination.Length < length) throw new ArgumentException($"A BigSize of {length} bytes does not fit.", nameof(destination));
        switch (length)
        {
            case 1:
                destination[0] = (byte)value;
                break;
            case 3:
                destination[0] = 0xFD;
                BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)value);
                break;
            case 5:
                destination[0] = 0xFE;
                BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)value);
                break;
            default:
                destination[0] = 0xFF;
                BinaryPrimitives.WriteUInt64BigEndian(destination[1..], value);
                break;
        }

        return length;
    }
}
