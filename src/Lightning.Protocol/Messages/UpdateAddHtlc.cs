using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Offers an HTLC (BOLT 2, type 128).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Id">The sender's counter of HTLCs in this channel, from 0.</param>
/// <param name="Amount">What the HTLC holds.</param>
/// <param name="PaymentHash">What its preimage hashes to.</param>
/// <param name="CltvExpiry">Block height from which the sender may take it back on chain.</param>
/// <param name="OnionRoutingPacket">1,366 bytes (BOLT 4).</param>
public sealed record UpdateAddHtlc(ChannelId ChannelId, ulong Id, MilliSatoshi Amount, PaymentHash PaymentHash, uint CltvExpiry, Bytes OnionRoutingPacket)
    : ExtensibleMessage, IUpdateMessage
{
    /// <summary>Length of the onion in bytes.</summary>
    public const int OnionLength = 1366;

    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateAddHtlc;

    /// <summary>The point from which the receiver derives its key of a blinded path (BOLT 4); null outside of blinded paths.</summary>
    public PubKey? PathKey { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U64(Id);
        writer.MilliSatoshi(Amount, "amount_msat");
        writer.Bytes32(PaymentHash.Value);
        writer.U32(CltvExpiry);
        writer.Fixed(OnionRoutingPacket.Span, OnionLength, "onion_routing_packet");
        writer.BeginTlvs(Extension);
        if (PathKey is { } pathKey) writer.Tlv(0, pathKey.Span);
        writer.EndTlvs();
    }

    internal static UpdateAddHtlc Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var id = reader.U64("id");
        var amount = reader.MilliSatoshi("amount_msat");
        var paymentHash = new PaymentHash(reader.Bytes32("payment_hash"));
        var cltvExpiry = reader.U32("cltv_expiry");
        var onion = new Bytes(reader.Take(OnionLength, "onion_routing_packet"));
        var tlvs = reader.Tlvs("update_add_htlc_tlvs");
        PubKey? pathKey = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 0:
                    pathKey = tlvs.Value.Point("path_key");
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new UpdateAddHtlc(channelId, id, amount, paymentHash, cltvExpiry, onion) { PathKey = pathKey, Extension = tlvs.Unknown };
    }
}
