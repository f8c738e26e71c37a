using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Takes an HTLC by showing its preimage (BOLT 2, type 130).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Id">The HTLC.</param>
/// <param name="PaymentPreimage">What hashes to its payment hash.</param>
public sealed record UpdateFulfillHtlc(ChannelId ChannelId, ulong Id, PaymentPreimage PaymentPreimage) : ExtensibleMessage, IHtlcRemovalMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateFulfillHtlc;

    /// <summary>Hold times with proofs.</summary>
    public AttributionData? AttributionData { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U64(Id);
        writer.Bytes32(PaymentPreimage.Value);
        writer.BeginTlvs(Extension);
        if (AttributionData is { } attribution)
        {
            writer.Tlv(1, Messages.AttributionData.Length);
            writer.Fixed(attribution.Value.Span, Messages.AttributionData.Length, "attribution_data");
        }
        writer.EndTlvs();
    }

    internal static UpdateFulfillHtlc Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var id = reader.U64("id");
        var preimage = new PaymentPreimage(reader.Bytes32("payment_preimage"));
        var tlvs = reader.Tlvs("update_fulfill_htlc_tlvs");
        AttributionData? attribution = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    attribution = new AttributionData(new Bytes(tlvs.Value.Take(Messages.AttributionData.Length, "attribution_data")));
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new UpdateFulfillHtlc(channelId, id, preimage) { AttributionData = attribution, Extension = tlvs.Unknown };
    }
}
