using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Refuses an HTLC (BOLT 2, type 131).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Id">The HTLC.</param>
/// <param name="Reason">The encrypted failure for the payment's origin (BOLT 4).</param>
public sealed record UpdateFailHtlc(ChannelId ChannelId, ulong Id, Bytes Reason) : ExtensibleMessage, IHtlcRemovalMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateFailHtlc;

    /// <summary>Hold times with proofs.</summary>
    public AttributionData? AttributionData { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U64(Id);
        writer.U16Prefixed(Reason.Span, "reason");
        writer.BeginTlvs(Extension);
        if (AttributionData is { } attribution)
        {
            writer.Tlv(1, Messages.AttributionData.Length);
            writer.Fixed(attribution.Value.Span, Messages.AttributionData.Length, "attribution_data");
        }
        writer.EndTlvs();
    }

    internal static UpdateFailHtlc Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var id = reader.U64("id");
        var reason = new Bytes(reader.TakeU16Prefixed("reason"));
        var tlvs = reader.Tlvs("update_fail_htlc_tlvs");
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

        return new UpdateFailHtlc(channelId, id, reason) { AttributionData = attribution, Extension = tlvs.Unknown };
    }
}
