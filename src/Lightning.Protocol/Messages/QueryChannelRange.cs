using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Asks which channels were funded in a range of blocks (BOLT 7, type 263).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="FirstBlockHeight">First block of the range.</param>
/// <param name="NumberOfBlocks">Length of the range in blocks.</param>
public sealed record QueryChannelRange(BlockHash ChainHash, uint FirstBlockHeight, uint NumberOfBlocks) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.QueryChannelRange;

    /// <summary>What is wanted beside the channels; null where not sent.</summary>
    public QueryOptionFlags? QueryOptions { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.Bytes32(ChainHash.Value);
        writer.U32(FirstBlockHeight);
        writer.U32(NumberOfBlocks);
        writer.BeginTlvs(Extension);
        if (QueryOptions is { } options)
        {
            writer.Tlv(1, BigSize.Length((ulong)options));
            writer.BigSize((ulong)options);
        }
        writer.EndTlvs();
    }

    internal static QueryChannelRange Read(ref WireReader reader)
    {
        var chainHash = reader.ChainHash();
        var first = reader.U32("first_blocknum");
        var count = reader.U32("number_of_blocks");
        var tlvs = reader.Tlvs("query_channel_range_tlvs");
        QueryOptionFlags? options = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    options = (QueryOptionFlags)tlvs.Value.BigSize("query_option_flags");
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new QueryChannelRange(chainHash, first, count) { QueryOptions = options, Extension = tlvs.Unknown };
    }
}
