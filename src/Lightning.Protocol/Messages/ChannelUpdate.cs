using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>One side's terms for relaying through a channel (BOLT 7, type 258).</summary>
public sealed record ChannelUpdate : SignedGossipMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ChannelUpdate;

    /// <summary>Signature by the node that <see cref="Direction"/> names.</summary>
    public required EcdsaSignature Signature { get; init; }

    /// <summary>Genesis hash of the chain.</summary>
    public required BlockHash ChainHash { get; init; }

    /// <summary>The channel, or an alias of it.</summary>
    public required ShortChannelId ShortChannelId { get; init; }

    /// <summary>Orders updates of one side; seconds since 1970 by custom.</summary>
    public required uint Timestamp { get; init; }

    /// <summary>Bit 0: always 1; bit 1: dont_forward.</summary>
    public byte MessageFlags { get; init; } = 1;

    /// <summary>Bit 0: direction; bit 1: disable.</summary>
    public required byte ChannelFlags { get; init; }

    /// <summary>Blocks that the node takes off an HTLC's expiry.</summary>
    public required ushort CltvExpiryDelta { get; init; }

    /// <summary>The smallest HTLC. What travels above 21 million bitcoin is read as 21 million.</summary>
    public required MilliSatoshi HtlcMinimum { get; init; }

    /// <summary>Fee for any HTLC.</summary>
    public required MilliSatoshi FeeBase { get; init; }

    /// <summary>Fee in millionths of the relayed amount.</summary>
    public required uint FeeProportionalMillionths { get; init; }

    /// <summary>The largest HTLC. What travels above 21 million bitcoin is read as 21 million.</summary>
    public required MilliSatoshi HtlcMaximum { get; init; }

    /// <summary>0 where node 1 sent it, 1 where node 2 did.</summary>
    public int Direction => ChannelFlags & 1;

    /// <summary>Whether the sender takes no HTLCs for this direction for now.</summary>
    public bool IsDisabled => (ChannelFlags & 2) != 0;

    /// <summary>Whether it is for the channel's peer only.</summary>
    public bool DontForward => (MessageFlags & 2) != 0;

    private protected override int SignedOffset => 2 + EcdsaSignature.Size;

    internal override void Write(ref WireWriter writer)
    {
        writer.Signature(Signature);
        writer.Bytes32(ChainHash.Value);
        writer.U64(ShortChannelId.Value);
        writer.U32(Timestamp);
        writer.U8(MessageFlags);
        writer.U8(ChannelFlags);
        writer.U16(CltvExpiryDelta);
        writer.MilliSatoshi(HtlcMinimum, "htlc_minimum_msat");
        writer.U32(FeeBase.Value is >= 0 and <= uint.MaxValue ? (uint)FeeBase.Value : throw new InvalidOperationException($"fee_base_msat must fit into 32 bits, is {FeeBase}."));
        writer.U32(FeeProportionalMillionths);
        writer.MilliSatoshi(HtlcMaximum, "htlc_maximum_msat");
        writer.Raw(ExcessData.Span);
    }

    internal static ChannelUpdate Read(ref WireReader reader) => new()
    {
        Signature = reader.Signature(),
        ChainHash = reader.ChainHash(),
        ShortChannelId = reader.ShortChannelId(),
        Timestamp = reader.U32("timestamp"),
        MessageFlags = reader.U8("message_flags"),
        ChannelFlags = reader.U8("channel_flags"),
        CltvExpiryDelta = reader.U16("cltv_expiry_delta"),
        HtlcMinimum = reader.MilliSatoshiLimit("htlc_minimum_msat"),
        FeeBase = new MilliSatoshi(reader.U32("fee_base_msat")),
        FeeProportionalMillionths = reader.U32("fee_proportional_millionths"),
        HtlcMaximum = reader.MilliSatoshiLimit("htlc_maximum_msat"),
        ExcessData = new Bytes(reader.TakeRest()),
    };
}
