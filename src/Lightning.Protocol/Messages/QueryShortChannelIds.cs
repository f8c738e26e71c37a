using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Asks for what the receiver knows about some channels (BOLT 7, type 261).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="ShortChannelIds">The channels, in ascending order.</param>
public sealed record QueryShortChannelIds(BlockHash ChainHash, EquatableArray<ShortChannelId> ShortChannelIds) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.QueryShortChannelIds;

    /// <summary>What is wanted about each, as many as there are channels; null for everything.</summary>
    public EquatableArray<QueryFlags>? QueryFlags { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.Bytes32(ChainHash.Value);
        GossipArrays.WriteShortChannelIds(ref writer, ShortChannelIds);
        writer.BeginTlvs(Extension);
        if (QueryFlags is { } flags) GossipArrays.WriteFlags(ref writer, 1, flags);
        writer.EndTlvs();
    }

    internal static QueryShortChannelIds Read(ref WireReader reader)
    {
        var chainHash = reader.ChainHash();
        var ids = GossipArrays.ReadShortChannelIds(ref reader);
        var tlvs = reader.Tlvs("query_short_channel_ids_tlvs");
        EquatableArray<QueryFlags>? flags = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    flags = GossipArrays.ReadFlags(ref tlvs.Value, ids.Count);
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new QueryShortChannelIds(chainHash, ids) { QueryFlags = flags, Extension = tlvs.Unknown };
    }
}
