using Lightning.Actors.Invoices.Messages;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;

namespace Lightning.Actors.Invoices;

/// <summary>The protobuf forms of an invoice's events and messages.</summary>
internal static class InvoiceFormats
{
    /// <summary>Manifests of the events begin with this.</summary>
    public const string EventPrefix = "inv.";

    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<InvoiceEvent.Added, InvoiceAddedProto>("inv.added.1", static e => new() { Terms = e.Terms.ToProto() }, static p => new(p.Terms.ToTerms()));
        formats.Add<InvoiceEvent.Held, InvoiceHeldProto>(
            "inv.held.1", static e => new() { Parts = { e.Parts.Items.Select(static part => part.ToProto()) } }, static p => new(ToParts(p.Parts)));
        formats.Add<InvoiceEvent.Settled, InvoiceSettledProto>(
            "inv.settled.1",
            static e => new() { Preimage = e.Preimage.Value.ToProto(), Parts = { e.Parts.Items.Select(static part => part.ToProto()) }, At = e.At.ToProto() },
            static p => new(new PaymentPreimage(p.Preimage.ToBytes32()), ToParts(p.Parts), p.At.ToTime()));
        formats.Add<InvoiceEvent.PartsFailed, InvoicePartsFailedProto>("inv.failed.1", static e => e.Parts.ToProto(e.At), static p => new(p.ToFailedParts(), p.At.ToTime()));
        formats.Add<InvoiceEvent.Canceled, InvoicePartsFailedProto>("inv.canceled.1", static e => e.Parts.ToProto(e.At), static p => new(p.ToFailedParts(), p.At.ToTime()));

        formats.Add<OfferPart, OfferPartProto>("invm.part.1", WriteOffer, ReadOffer);
        formats.Add<AddInvoice, InvoiceAddedProto>("invm.add.1", static m => new() { Terms = m.Terms.ToProto() }, static p => new(p.Terms.ToTerms()));
        formats.Add<SettleInvoice, InvoiceHashProto>(
            "invm.settle.1",
            static m => new() { PaymentHash = m.Invoice.Value.ToProto(), Preimage = m.Preimage.Value.ToProto() },
            static p => new(p.PaymentHash.ToPaymentHash(), new PaymentPreimage(p.Preimage.ToBytes32())));
        formats.Add<CancelInvoice, InvoiceHashProto>("invm.cancel.1", ToProto, static p => new(p.PaymentHash.ToPaymentHash()));
        formats.Add<GetInvoice, InvoiceHashProto>("invm.get.1", ToProto, static p => new(p.PaymentHash.ToPaymentHash()));
        formats.Add<WatchInvoice, InvoiceHashProto>("invm.watch.1", ToProto, static p => new(p.PaymentHash.ToPaymentHash()));
        formats.Add<UnwatchInvoice, InvoiceHashProto>("invm.unwatch.1", ToProto, static p => new(p.PaymentHash.ToPaymentHash()));
        formats.Add<InvoiceAnswer, InvoiceInfoProto>("invm.answer.1", static m => m.Invoice.ToProto(), static p => new(p.ToInfo()));
    }

    private static InvoiceHashProto ToProto(InvoiceMessage message) => new() { PaymentHash = message.Invoice.Value.ToProto() };

    private static EquatableArray<InvoicePart> ToParts(IEnumerable<IncomingPartProto> parts) => [.. parts.Select(static part => part.ToPart())];

    private static OfferPartProto WriteOffer(OfferPart offer)
    {
        var proto = new OfferPartProto { Invoice = offer.Invoice.Value.ToProto(), Part = InvoicePart.Of(offer, 0).ToProto(), IsLost = offer.IsLost };
        if (offer.Metadata is { } metadata) proto.Metadata = metadata.ToProto();
        if (offer.Keysend is { } preimage) proto.Keysend = preimage.Value.ToProto();
        return proto;
    }

    private static OfferPart ReadOffer(OfferPartProto proto)
    {
        var part = proto.Part.ToPart();
        return new OfferPart(
            proto.Invoice.ToPaymentHash(),
            part.Key.Channel,
            part.Key.HtlcId,
            part.ShortChannelId,
            part.HtlcAmount,
            part.Amount,
            part.Total,
            part.CltvExpiry,
            part.ReceivedAt,
            proto.HasMetadata ? proto.Metadata.ToBytes() : null,
            proto.IsLost,
            proto.HasKeysend ? new PaymentPreimage(proto.Keysend.ToBytes32()) : null);
    }
}
