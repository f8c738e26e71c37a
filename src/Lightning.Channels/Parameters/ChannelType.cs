namespace Lightning.Channels.Parameters;

/// <summary>channel_type: the persistent features of a channel, fixed at its opening (BOLT 2 "Defined Channel Types").</summary>
/// <param name="Anchors">option_anchors; otherwise option_static_remotekey alone.</param>
/// <param name="ScidAlias">Variation option_scid_alias: the real short channel id is not used for routing.</param>
/// <param name="ZeroConf">Variation option_zeroconf: used before the funding transaction is confirmed.</param>
public readonly record struct ChannelType(bool Anchors, bool ScidAlias = false, bool ZeroConf = false)
{
    private const int StaticRemoteKeyBit = 12, AnchorsBit = 22, ScidAliasBit = 46, ZeroConfBit = 50;

    /// <summary>option_static_remotekey.</summary>
    public static ChannelType StaticRemoteKey => new(Anchors: false);

    /// <summary>option_anchors and option_static_remotekey.</summary>
    public static ChannelType AnchorOutputs => new(Anchors: true);

    /// <summary>The feature bitmap of the TLV, smallest form, big endian.</summary>
    public Bytes ToBytes()
    {
        var bits = (1UL << StaticRemoteKeyBit) | (Anchors ? 1UL << AnchorsBit : 0) | (ScidAlias ? 1UL << ScidAliasBit : 0) | (ZeroConf ? 1UL << ZeroConfBit : 0);
        Span<byte> bytes = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, bits);
        return new Bytes(bytes.TrimStart((byte)0));
    }

    /// <summary>Reads the TLV's feature bitmap.</summary>
    /// <returns>False for anything that BOLT 2 does not define as a channel type, the smallest form included.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bitmap, out ChannelType type)
    {
        type = default;
        if (bitmap.Length is 0 or > 8 || bitmap[0] == 0) return false;
        ulong bits = 0;
        foreach (var value in bitmap) bits = (bits << 8) | value;
        type = new ChannelType((bits & (1UL << AnchorsBit)) != 0, (bits & (1UL << ScidAliasBit)) != 0, (bits & (1UL << ZeroConfBit)) != 0);
        return type.ToBytes().Span.SequenceEqual(bitmap);
    }
}
