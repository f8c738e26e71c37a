using Google.Protobuf;
using Lightning.Actors.Api;

namespace Lightning.Node.Api.Mapping;

/// <summary>Invoices as the API shows them.</summary>
internal static class InvoiceMapping
{
    public static Lnrpc.Invoice ToRpc(this InvoiceInfo invoice)
    {
        var result = new Lnrpc.Invoice
        {
            Memo = invoice.Description,
            RPreimage = invoice.Preimage is { } preimage ? Write.Bytes(preimage.Value) : ByteString.Empty,
            RHash = Write.Bytes(invoice.PaymentHash.Value),
            Value = Write.Sat(invoice.Amount ?? MilliSatoshi.Zero),
            ValueMsat = (invoice.Amount ?? MilliSatoshi.Zero).Value,
            Settled = invoice.State == InvoiceState.Settled,
            CreationDate = Write.Seconds(invoice.CreatedAt),
            SettleDate = Write.Seconds(invoice.SettledAt),
            PaymentRequest = invoice.PaymentRequest,
            DescriptionHash = invoice.DescriptionHash is { } hash ? Write.Bytes(hash) : ByteString.Empty,
            Expiry = (long)invoice.Expiry.TotalSeconds,
            FallbackAddr = invoice.FallbackAddress ?? "",
            CltvExpiry = invoice.MinFinalCltvExpiryDelta,
            Private = invoice.HasPrivateChannels,
            AddIndex = invoice.AddIndex,
            SettleIndex = invoice.SettleIndex,
            AmtPaid = invoice.AmountPaid.Value,
            AmtPaidSat = Write.Sat(invoice.AmountPaid),
            AmtPaidMsat = invoice.AmountPaid.Value,
            State = State(invoice.State),
            PaymentAddr = Write.Bytes(invoice.PaymentSecret.Value),
            IsKeysend = invoice.IsKeysend,
            Htlcs = { invoice.Htlcs.Select(ToRpc) },
        };
        Write.Features(invoice.FeatureBits, result.Features);
        return result;
    }

    public static Lnrpc.PayReq ToRpc(this DecodedInvoice invoice)
    {
        var result = new Lnrpc.PayReq
        {
            Destination = invoice.Destination.ToString(),
            PaymentHash = invoice.PaymentHash.ToString(),
            NumSatoshis = Write.Sat(invoice.Amount ?? MilliSatoshi.Zero),
            NumMsat = (invoice.Amount ?? MilliSatoshi.Zero).Value,
            Timestamp = Write.Seconds(invoice.CreatedAt),
            Expiry = (long)invoice.Expiry.TotalSeconds,
            Description = invoice.Description,
            DescriptionHash = invoice.DescriptionHash?.ToString() ?? "",
            FallbackAddr = invoice.FallbackAddress ?? "",
            CltvExpiry = invoice.MinFinalCltvExpiryDelta,
            PaymentAddr = invoice.PaymentSecret is { } secret ? Write.Bytes(secret.Value) : ByteString.Empty,
            RouteHints = { invoice.RouteHints.Select(ToRpc) },
        };
        Write.Features(invoice.FeatureBits, result.Features);
        return result;
    }

    private static Lnrpc.Invoice.Types.InvoiceState State(InvoiceState state) => state switch
    {
        InvoiceState.Open => Lnrpc.Invoice.Types.InvoiceState.Open,
        InvoiceState.Settled => Lnrpc.Invoice.Types.InvoiceState.Settled,
        InvoiceState.Canceled => Lnrpc.Invoice.Types.InvoiceState.Canceled,
        _ => Lnrpc.Invoice.Types.InvoiceState.Accepted,
    };

    private static Lnrpc.InvoiceHTLC ToRpc(InvoiceHtlc htlc) => new()
    {
        ChanId = htlc.ShortChannelId.Value,
        HtlcIndex = htlc.HtlcId,
        AmtMsat = (ulong)htlc.Amount.Value,
        AcceptHeight = (int)htlc.AcceptHeight,
        AcceptTime = Write.Seconds(htlc.AcceptedAt),
        ResolveTime = Write.Seconds(htlc.ResolvedAt),
        ExpiryHeight = (int)htlc.CltvExpiry,
        State = htlc.State switch
        {
            InvoiceHtlcState.Accepted => Lnrpc.InvoiceHTLCState.Accepted,
            InvoiceHtlcState.Settled => Lnrpc.InvoiceHTLCState.Settled,
            _ => Lnrpc.InvoiceHTLCState.Canceled,
        },
        MppTotalAmtMsat = (ulong)htlc.TotalAmount.Value,
    };

    private static Lnrpc.RouteHint ToRpc(IReadOnlyList<RouteHintHop> hops) => new()
    {
        HopHints =
        {
            hops.Select(h => new Lnrpc.HopHint
            {
                NodeId = h.NodeId.ToString(),
                ChanId = h.ShortChannelId.Value,
                FeeBaseMsat = (uint)h.FeeBase.Value,
                FeeProportionalMillionths = h.FeeProportionalMillionths,
                CltvExpiryDelta = h.CltvExpiryDelta,
            }),
        },
    };
}
