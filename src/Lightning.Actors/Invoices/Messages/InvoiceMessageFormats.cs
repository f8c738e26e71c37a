using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;

namespace Lightning.Actors.Invoices.Messages;

/// <summary>The protobuf forms of the messages of invoices.</summary>
internal static class InvoiceMessageFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<OfferPart, OfferPartProto>("inv.part.1", static m =>
        {
            var proto = new OfferPartProto
            {
                Invoice = m.Invoice.Value.ToProto(),
                Part = new()
                {
                    Channel = m.Channel.ToProto(),
                    HtlcId = m.HtlcId,
                    ShortChannelId = m.ShortChannelId.Value,
                    HtlcAmount = m.HtlcAmount.Value,
                    Amount = m.Amount.Value,
                    Total = m.Total.Value,
                    CltvExpiry = m.CltvExpiry,
                    ReceivedAt = m.ReceivedAt.ToProto(),
                },
            };
            if (m.Metadata is { } metadata) proto.Metadata = metadata.ToProto();
            return proto;
        }, static p => new OfferPart(
            p.Invoice.ToPaymentHash(),
            p.Part.Channel.ToChannelKey(),
            p.Part.HtlcId,
            new ShortChannelId(p.Part.ShortChannelId),
            new MilliSatoshi(p.Part.HtlcAmount),
            new MilliSatoshi(p.Part.Amount),
            new MilliSatoshi(p.Part.Total),
            p.Part.CltvExpiry,
            p.Part.ReceivedAt.ToTime(),
            p.HasMetadata ? p.Metadata.ToBytes() : null));
    }
}
