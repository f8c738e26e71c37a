using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Wire;

/// <summary>Writes the fundamental types of BOLT 1, big-endian, into a buffer of the caller. Call <see cref="Complete"/> at the end.</summary>
/// <exception cref="InvalidOperationException">From every method: the value cannot be encoded, or the whole exceeds 65,535 bytes. The buffer may then hold a part.</exception>
public ref struct WireWriter(IBufferWriter<byte> output)
{
    /// <summary>The longest message, in bytes.</summary>
    public const int MaxLength = 65535;

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _buffer;
    private int _position;
    private int _flushed;
    private TlvStream _extension;
    private int _nextExtension;
    private ulong _leastTlv;

    /// <summary>Bytes written so far.</summary>
    public readonly int Written => _flushed + _position;

    /// <summary>Hands what was written to the buffer.</summary>
    public void Complete()
    {
        if (_position == 0) return;
        _output.Advance(_position);
        _flushed += _position;
        _buffer = default;
        _position = 0;
    }

    /// <summary>Bytes as they are.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Bytes of a fixed length.</summary>
    public void Fixed(scoped ReadOnlySpan<byte> bytes, int length, string field)
    {
        if (bytes.Length != length) throw new InvalidOperationException($"{field} must have {length} bytes, has {bytes.Length}.");
        Raw(bytes);
    }

    /// <summary>A u16 length and so many bytes.</summary>
    public void U16Prefixed(scoped ReadOnlySpan<byte> bytes, string field)
    {
        U16Length(bytes.Length, field);
        Raw(bytes);
    }

    /// <summary>A length as u16.</summary>
    public void U16Length(int length, string field)
    {
        if (length > ushort.MaxValue) throw new InvalidOperationException($"{field} has {length} elements or bytes, more than {ushort.MaxValue}.");
        U16((ushort)length);
    }

    /// <summary>One byte.</summary>
    public void U8(byte value) => Reserve(1)[0] = value;

    /// <summary>Two bytes.</summary>
    public void U16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    /// <summary>Four bytes.</summary>
    public void U32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    /// <summary>Eight bytes.</summary>
    public void U64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    /// <summary>One byte, two's complement.</summary>
    public void S8(sbyte value) => U8((byte)value);

    /// <summary>Two bytes, two's complement.</summary>
    public void S16(short value) => U16((ushort)value);

    /// <summary>Four bytes, two's complement.</summary>
    public void S32(int value) => U32((uint)value);

    /// <summary>Eight bytes, two's complement.</summary>
    public void S64(long value) => U64((ulong)value);

    /// <summary>A truncated integer: big-endian without leading zeros, nothing for 0. See <see cref="TruncatedLength"/>.</summary>
    public void Truncated(ulong value)
    {
        scoped Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Raw(bytes[(8 - TruncatedLength(value))..]);
    }

    /// <summary>Length of a truncated integer: 0 to 8 bytes.</summary>
    public static int TruncatedLength(ulong value) => (71 - BitOperations.LeadingZeroCount(value)) / 8;

    /// <summary>A variable-length integer.</summary>
    public void BigSize(ulong value) => Wire.BigSize.Write(Reserve(Wire.BigSize.Length(value)), value);

    /// <summary>32 bytes.</summary>
    public void Bytes32(scoped in Bytes32 value) => Raw(value.Span);

    /// <summary>A channel id.</summary>
    public void ChannelId(scoped in ChannelId value) => Bytes32(value.Value);

    /// <summary>A signature.</summary>
    public void Signature(scoped in EcdsaSignature value) => Raw(value.Span);

    /// <summary>A compressed point.</summary>
    public void Point(PubKey value) => Raw(value.Span);

    /// <summary>An amount as u64.</summary>
    public void Satoshi(Satoshi value, string field) => U64(NotNegative(value.Value, field));

    /// <summary>An amount in millisatoshi as u64.</summary>
    public void MilliSatoshi(MilliSatoshi value, string field) => U64(NotNegative(value.Value, field));

    /// <summary>Begins the TLV stream at the end of a message; the unknown records are put between the known ones.</summary>
    public void BeginTlvs(TlvStream unknown) => (_extension, _nextExtension, _leastTlv) = (unknown, 0, 0);

    /// <summary>Begins a record: exactly <paramref name="length"/> bytes of value must follow.</summary>
    public void Tlv(ulong type, int length)
    {
        while (_nextExtension < _extension.Count && _extension[_nextExtension].Type < type) WriteNextUnknown();
        Header(type, length);
    }

    /// <summary>A whole record.</summary>
    public void Tlv(ulong type, scoped ReadOnlySpan<byte> value)
    {
        Tlv(type, value.Length);
        Raw(value);
    }

    /// <summary>Ends the TLV stream.</summary>
    public void EndTlvs()
    {
        while (_nextExtension < _extension.Count) WriteNextUnknown();
    }

    private static ulong NotNegative(long value, string field) => value >= 0 ? (ulong)value : throw new InvalidOperationException($"{field} must not be negative, is {value}.");

    private void WriteNextUnknown()
    {
        var record = _extension[_nextExtension++];
        Header(record.Type, record.Value.Length);
        Raw(record.Value.Span);
    }

    private void Header(ulong type, int length)
    {
        if (type < _leastTlv) throw new InvalidOperationException($"TLV record {type} is there twice or out of order.");
        _leastTlv = type == ulong.MaxValue ? type : type + 1;
        BigSize(type);
        BigSize((ulong)length);
    }

    private Span<byte> Reserve(int length)
    {
        if (Written + length > MaxLength) throw new InvalidOperationException($"A message must not exceed {MaxLength} bytes.");
        if (_buffer.Length - _position < length)
        {
            Complete();
            _buffer = _output.GetSpan(Math.Max(length, 256));
        }

        var reserved = _buffer.Slice(_position, length);
        _position += length;
        return reserved;
    }
}
