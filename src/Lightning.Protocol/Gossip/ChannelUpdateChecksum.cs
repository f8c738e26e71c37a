using System.Numerics;
using Lightning.Protocol.Messages;

namespace Lightning.Protocol.Gossip;

/// <summary>The checksum of a channel_update for gossip queries: CRC32C of the message without type, signature and timestamp (BOLT 7).</summary>
public static class ChannelUpdateChecksum
{
    private const int SignatureEnd = 2 + 64;
    private const int TimestampBegin = SignatureEnd + 32 + 8;
    private const int TimestampEnd = TimestampBegin + 4;

    /// <summary>Computes it over the bytes of the wire.</summary>
    public static uint Compute(ChannelUpdate update)
    {
        var wire = update.ToWire().Span;
        return ~Append(Append(uint.MaxValue, wire[SignatureEnd..TimestampBegin]), wire[TimestampEnd..]);
    }

    /// <summary>CRC32C of some bytes (RFC 3720, appendix B.4).</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes) => ~Append(uint.MaxValue, bytes);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
