using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Channels that were funded in a range of blocks (BOLT 7, type 264).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="FirstBlockHeight">First block of this reply's range.</param>
/// <param name="NumberOfBlocks">Length of this reply's range in blocks.</param>
/// <param name="SyncComplete">1 in the last reply, else 0.</param>
/// <param name="ShortChannelIds">The channels, in ascending order.</param>
public sealed record ReplyChannelRange(BlockHash ChainHash, uint FirstBlockHeight, uint NumberOfBlocks, byte SyncComplete, EquatableArray<ShortChannelId> ShortChannelIds)
    : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ReplyChannelRange;

    /// <summary>Timestamps of the channel_updates, as many as there are channels.</summary>
    public EquatableArray<UpdatePair>? Timestamps { get; init; }

    /// <summary>Checksums of the channel_updates, as many as there are channels.</summary>
    public EquatableArray<UpdatePair>? Checksums { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.Bytes32(ChainHash.Value);
        writer.U32(FirstBlockHeight);
        writer.U32(NumberOfBlocks);
        writer.U8(SyncComplete);
        GossipArrays.WriteShortChannelIds(ref writer, ShortChannelIds);
        writer.BeginTlvs(Extension);
        if (Timestamps is { } timestamps)
        {
            writer.Tlv(1, 1 + (timestamps.Count * 8));
            writer.U8(GossipArrays.Uncompressed);
            GossipArrays.WritePairs(ref writer, timestamps);
        }
        
        if (Checksums is { } checksums)
        {
            writer.Tlv(3, checksums.Count * 8);
            GossipArrays.WritePairs(ref writer, checksums);
        }
        writer.EndTlvs();
    }

    internal static ReplyChannelRange Read(ref WireReader reader)
    {
        var chainHash = reader.ChainHash();
        var first = reader.U32("first_blocknum");
        var count = reader.U32("number_of_blocks");
        var complete = reader.U8("sync_complete");
        var ids = GossipArrays.ReadShortChannelIds(ref reader);
        var tlvs = reader.Tlvs("reply_channel_range_tlvs");
        EquatableArray<UpdatePair>? timestamps = null, checksums = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    GossipArrays.ReadEncoding(ref tlvs.Value, "encoded_timestamps");
                    timestamps = GossipArrays.ReadPairs(ref tlvs.Value, ids.Count, "encoded_timestamps");
                    break;
                case 3:
                    checksums = GossipArrays.ReadPairs(ref tlvs.Value, ids.Count, "checksums");
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new ReplyChannelRange(chainHash, first, count, complete, ids) { Timestamps = timestamps, Checksums = checksums, Extension = tlvs.Unknown };
    }
}
