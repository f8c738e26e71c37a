using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Asks for gossip whose timestamp is in a range (BOLT 7, type 265).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="FirstTimestamp">Start of the range, seconds since 1970.</param>
/// <param name="TimestampRange">Length of the range in seconds.</param>
public sealed record GossipTimestampFilter(BlockHash ChainHash, uint FirstTimestamp, uint TimestampRange) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.GossipTimestampFilter;

    internal override void Write(ref WireWriter writer)
    {
        writer.Bytes32(ChainHash.Value);
        writer.U32(FirstTimestamp);
        writer.U32(TimestampRange);
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static GossipTimestampFilter Read(ref WireReader reader)
    {
        var chainHash = reader.ChainHash();
        var first = reader.U32("first_timestamp");
        var range = reader.U32("timestamp_range");
        var tlvs = reader.Tlvs("gossip_timestamp_filter_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new GossipTimestampFilter(chainHash, first, range) { Extension = tlvs.Unknown };
    }
}
