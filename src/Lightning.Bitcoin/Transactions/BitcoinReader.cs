using System.Buffers.Binary;

namespace Lightning.Bitcoin.Transactions;

/// <summary>Reads Bitcoin's little-endian wire format. Every length is checked against what is left before anything is allocated.</summary>
public ref struct BitcoinReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the start of <paramref name="bytes"/>.</summary>
    public BitcoinReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>The next <paramref name="count"/> bytes, without a copy.</summary>
    /// <exception cref="FormatException">Fewer are left.</exception>
    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length) throw new FormatException($"Expected {count} more bytes, {_rest.Length} are left.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>One byte.</summary>
    /// <exception cref="FormatException">Nothing is left.</exception>
    public byte U8() => Take(1)[0];

    /// <summary>A 32-bit number.</summary>
    /// <exception cref="FormatException">Fewer than 4 bytes are left.</exception>
    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A 64-bit number.</summary>
    /// <exception cref="FormatException">Fewer than 8 bytes are left.</exception>
    public long I64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Thirty-two bytes.</summary>
    /// <exception cref="FormatException">Fewer are left.</exception>
    public Bytes32 Bytes32() => new(Take(32));

    /// <summary>A <see cref="VarInt"/>.</summary>
    /// <exception cref="FormatException">Cut short, or not the shortest form.</exception>
    public ulong VarInt()
    {
        if (!Transactions.VarInt.TryRead(_rest, out var value, out var size)) throw new FormatException("Variable length integer is cut short or not in its shortest form.");
        _rest = _rest[size..];
        return value;
    }

    /// <summary>The number of elements of a list, checked against what is left.</summary>
    /// <param name="elementSize">The fewest bytes an element can take, at least 1.</param>
    /// <exception cref="FormatException">More elements are announced than the rest can hold.</exception>
    public int Count(int elementSize)
    {
        var count = VarInt();
        return count <= (ulong)(_rest.Length / elementSize)
            ? (int)count
            : throw new FormatException($"A list of {count} elements of {elementSize} bytes or more does not fit into the {_rest.Length} bytes that are left.");
    }

    /// <summary>A byte string with its length in front, copied.</summary>
    /// <exception cref="FormatException">It is longer than what is left.</exception>
    public Bytes VarBytes() => new(Take(Count(1)));
}
