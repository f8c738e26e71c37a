using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>The arrays of gossip queries, with their byte for the encoding (BOLT 7). Only the uncompressed encoding is allowed today.</summary>
internal static class GossipArrays
{
    internal const byte Uncompressed = 0;

    internal static void WriteShortChannelIds(ref WireWriter writer, EquatableArray<ShortChannelId> ids)
    {
        writer.U16Length(1 + (ids.Count * 8), "encoded_short_ids");
        writer.U8(Uncompressed);
        foreach (var id in ids) writer.U64(id.Value);
    }

    internal static EquatableArray<ShortChannelId> ReadShortChannelIds(ref WireReader reader)
    {
        var encoded = new WireReader(reader.TakeU16Prefixed("encoded_short_ids"));
        ReadEncoding(ref encoded, "encoded_short_ids");
        var ids = new ShortChannelId[encoded.Remaining / 8];
        for (var i = 0; i < ids.Length; i++) ids[i] = encoded.ShortChannelId("encoded_short_ids");
        encoded.End("encoded_short_ids");
        return ImmutableCollectionsMarshal.AsImmutableArray(ids);
    }

    internal static void WriteFlags(ref WireWriter writer, ulong type, EquatableArray<QueryFlags> flags)
    {
        var length = 1;
        foreach (var flag in flags) length += BigSize.Length((ulong)flag);
        writer.Tlv(type, length);
        writer.U8(Uncompressed);
        foreach (var flag in flags) writer.BigSize((ulong)flag);
    }

    internal static EquatableArray<QueryFlags> ReadFlags(ref WireReader value, int count)
    {
        ReadEncoding(ref value, "encoded_query_flags");
        var flags = new QueryFlags[count];
        for (var i = 0; i < count; i++) flags[i] = (QueryFlags)value.BigSize("encoded_query_flags");
        return ImmutableCollectionsMarshal.AsImmutableArray(flags);
    }

    internal static void WritePairs(ref WireWriter writer, EquatableArray<UpdatePair> pairs)
    {
        foreach (var pair in pairs)
        {
            writer.U32(pair.Node1);
            writer.U32(pair.Node2);
        }
    }

    internal static EquatableArray<UpdatePair> ReadPairs(ref WireReader value, int count, string field)
    {
        var pairs = new UpdatePair[count];
        for (var i = 0; i < count; i++) pairs[i] = new UpdatePair(value.U32(field), value.U32(field));
        return ImmutableCollectionsMarshal.AsImmutableArray(pairs);
    }

    internal static void ReadEncoding(ref WireReader reader, string field)
    {
        if (reader.U8(field) is var encoding and not Uncompressed) throw new MessageDecodeException(field, $"has the encoding {encoding}; only 0 is allowed");
    }
}
