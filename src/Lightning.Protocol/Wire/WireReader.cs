using System.Buffers.Binary;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Wire;

/// <summary>
/// Reads the fundamental types of BOLT 1 off a span, big-endian, without copying. Each method takes the field's name for the error; every
/// length is checked against what is left before anything is allocated.
/// </summary>
/// <exception cref="MessageDecodeException">From every method: the bytes end too early or are no such value.</exception>
public ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The next <paramref name="length"/> bytes.</summary>
    public ReadOnlySpan<byte> Take(int length, string field)
    {
        if (length > _rest.Length) throw new MessageDecodeException(field, $"is truncated: {length} bytes needed, {_rest.Length} left");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> TakeRest()
    {
        var taken = _rest;
        _rest = default;
        return taken;
    }

    /// <summary>A u16 length and so many bytes.</summary>
    public ReadOnlySpan<byte> TakeU16Prefixed(string field) => Take(U16(field), field);

    /// <summary>One byte.</summary>
    public byte U8(string field) => Take(1, field)[0];

    /// <summary>Two bytes.</summary>
    public ushort U16(string field) => BinaryPrimitives.ReadUInt16BigEndian(Take(2, field));

    /// <summary>Four bytes.</summary>
    public uint U32(string field) => BinaryPrimitives.ReadUInt32BigEndian(Take(4, field));

    /// <summary>Eight bytes.</summary>
    public ulong U64(string field) => BinaryPrimitives.ReadUInt64BigEndian(Take(8, field));

    /// <summary>One byte, two's complement.</summary>
    public sbyte S8(string field) => (sbyte)U8(field);

    /// <summary>Two bytes, two's complement.</summary>
    public short S16(string field) => (short)U16(field);

    /// <summary>Four bytes, two's complement.</summary>
    public int S32(string field) => (int)U32(field);

    /// <summary>Eight bytes, two's complement.</summary>
    public long S64(string field) => (long)U64(field);

    /// <summary>A truncated integer of at most two bytes: all that is left.</summary>
    public ushort Tu16(string field) => (ushort)Truncated(2, field);

    /// <summary>A truncated integer of at most four bytes: all that is left.</summary>
    public uint Tu32(string field) => (uint)Truncated(4, field);

    /// <summary>A truncated integer of at most eight bytes: all that is left.</summary>
    public ulong Tu64(string field) => Truncated(8, field);

    /// <summary>A variable-length integer, minimally encoded.</summary>
    public ulong BigSize(string field)
    {
        var first = U8(field);
        var (value, least) = first switch
        {
            0xFD => (U16(field), 0xFDUL),
            0xFE => (U32(field), 0x10000UL),
            0xFF => (U64(field), 0x1_0000_0000UL),
            _ => ((ulong)first, 0UL),
        };
        return value >= least ? value : throw new MessageDecodeException(field, "is not minimally encoded");
    }

    /// <summary>32 bytes.</summary>
    public Bytes32 Bytes32(string field) => new(Take(Lightning.Bitcoin.Primitives.Bytes32.Size, field));

    /// <summary>A channel id, temporary or not.</summary>
    public ChannelId ChannelId(string field = "channel_id") => new(Bytes32(field));

    /// <summary>A genesis hash.</summary>
    public BlockHash ChainHash() => new(Bytes32("chain_hash"));

    /// <summary>A transaction id, in the order of the wire.</summary>
    public TxId TxId(string field) => new(Bytes32(field));

    /// <summary>A short channel id.</summary>
    public ShortChannelId ShortChannelId(string field = "short_channel_id") => new(U64(field));

    /// <summary>A compact signature; whether it is valid shows at verification.</summary>
    public EcdsaSignature Signature(string field = "signature") => new(Take(EcdsaSignature.Size, field));

    /// <summary>A compressed point of the curve.</summary>
    public PubKey Point(string field) => PubKey.TryParse(Take(PubKey.Size, field), out var key) ? key : throw new MessageDecodeException(field, "is not a point of the curve");

    /// <summary>A node id.</summary>
    public NodeId NodeId(string field) => new(Point(field));

    /// <summary>A u64 amount, at most 21 million bitcoin, so that sums of a few amounts never overflow.</summary>
    public Satoshi Satoshi(string field) => ToSatoshi(U64(field), field);

    /// <summary>A u64 amount in millisatoshi, at most 21 million bitcoin, so that sums of a few amounts never overflow.</summary>
    public MilliSatoshi MilliSatoshi(string field) => ToMilliSatoshi(U64(field), field);

    /// <summary>A u64 upper or lower limit in millisatoshi. Peers write 2^64-1 for "no limit": what exceeds 21 million bitcoin is read as 21 million.</summary>
    public MilliSatoshi MilliSatoshiLimit(string field) => new((long)Math.Min(U64(field), MaxMilliSatoshi));

    /// <summary>A truncated amount, at most 21 million bitcoin (BOLT 1): all that is left.</summary>
    public Satoshi TuSatoshi(string field) => ToSatoshi(Tu64(field), field);

    /// <summary>A truncated amount in millisatoshi, at most 21 million bitcoin (BOLT 1): all that is left.</summary>
    public MilliSatoshi TuMilliSatoshi(string field) => ToMilliSatoshi(Tu64(field), field);

    /// <summary>All that is left as a TLV stream.</summary>
    public TlvReader Tlvs(string name) => new(TakeRest(), name);

    /// <summary>Makes sure that nothing is left.</summary>
    public readonly void End(string field)
    {
        if (!_rest.IsEmpty) throw new MessageDecodeException(field, $"is followed by {_rest.Length} bytes too many");
    }

    private const ulong MaxMilliSatoshi = 2_100_000_000_000_000_000;

    private static Satoshi ToSatoshi(ulong value, string field) =>
        value <= MaxMilliSatoshi / 1000 ? new((long)value) : throw new MessageDecodeException(field, $"of {value} sat exceeds 21 million bitcoin");

    private static MilliSatoshi ToMilliSatoshi(ulong value, string field) =>
        value <= MaxMilliSatoshi ? new((long)value) : throw new MessageDecodeException(field, $"of {value} msat exceeds 21 million bitcoin");

    private ulong Truncated(int longest, string field)
    {
        if (_rest.Length > longest) throw new MessageDecodeException(field, $"has {_rest.Length} bytes, more than {longest}");
        var bytes = TakeRest();
        if (!bytes.IsEmpty && bytes[0] == 0) throw new MessageDecodeException(field, "is not minimally encoded");
        var value = 0UL;
        foreach (var b in bytes) value = (value << 8) | b;
        return value;
    }
}
