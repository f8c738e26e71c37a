using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Ends the answer to a query_short_channel_ids (BOLT 7, type 262).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="FullInformation">1 where the sender keeps up with that chain, else 0.</param>
public sealed record ReplyShortChannelIdsEnd(BlockHash ChainHash, byte FullInformation) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ReplyShortChannelIdsEnd;

    internal override void Write(ref WireWriter writer)
    {
        writer.Bytes32(ChainHash.Value);
        writer.U8(FullInformation);
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static ReplyShortChannelIdsEnd Read(ref WireReader reader)
    {
        var chainHash = reader.ChainHash();
        var full = reader.U8("full_information");
        var tlvs = reader.Tlvs("reply_short_channel_ids_end_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new ReplyShortChannelIdsEnd(chainHash, full) { Extension = tlvs.Unknown };
    }
}
