using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <content>Invoices and payments.</content>
public sealed partial class LightningService
{
    private const int MaxPage = 10_000;

    /// <inheritdoc/>
    public override async Task<Lnrpc.AddInvoiceResponse> AddInvoice(Lnrpc.Invoice request, ServerCallContext context)
    {
        Read.Refuse(request.RouteHints.Count > 0, "route_hints");
        Read.Refuse(request.IsAmp, "is_amp");
        Read.Refuse(request.IsBlinded, "is_blinded");
        var invoice = await node.AddInvoiceAsync(
            InvoiceRequests.ToAdd(request.Memo, request.DescriptionHash, request.Value, request.ValueMsat, request.Expiry, request.CltvExpiry, request.FallbackAddr, request.Private) with
            {
                Preimage = request.RPreimage.IsEmpty ? null : new PaymentPreimage(Read.Bytes32(request.RPreimage, "r_preimage")),
            },
            context.CancellationToken);
        return new Lnrpc.AddInvoiceResponse
        {
            RHash = Write.Bytes(invoice.PaymentHash.Value),
            PaymentRequest = invoice.PaymentRequest,
            AddIndex = invoice.AddIndex,
            PaymentAddr = Write.Bytes(invoice.PaymentSecret.Value),
        };
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.Invoice> LookupInvoice(Lnrpc.PaymentHash request, ServerCallContext context)
    {
        var hash = request.RHashStr.Length > 0 ? Read.Bytes32(request.RHashStr, "r_hash_str") : Read.Bytes32(request.RHash, "r_hash");
        return (await node.LookupInvoiceAsync(new PaymentHash(hash), context.CancellationToken)).ToRpc();
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.ListInvoiceResponse> ListInvoices(Lnrpc.ListInvoiceRequest request, ServerCallContext context)
    {
        var page = await node.ListInvoicesAsync(new ListInvoicesQuery
        {
            PendingOnly = request.PendingOnly,
            Offset = request.IndexOffset,
            Limit = request.NumMaxInvoices == 0 ? 100 : (int)Math.Min(request.NumMaxInvoices, MaxPage),
            Reversed = request.Reversed,
            CreatedFrom = Read.Time(request.CreationDateStart, "creation_date_start"),
            CreatedTo = Read.EndOf(request.CreationDateEnd, "creation_date_end"),
        }, context.CancellationToken);
        return new Lnrpc.ListInvoiceResponse
        {
            Invoices = { page.Invoices.Select(i => i.ToRpc()) },
            FirstIndexOffset = page.Invoices.Count == 0 ? 0 : page.Invoices[0].AddIndex,
            LastIndexOffset = page.Invoices.Count == 0 ? 0 : page.Invoices[^1].AddIndex,
        };
    }

    /// <inheritdoc/>
    public override async Task SubscribeInvoices(Lnrpc.InvoiceSubscription request, IServerStreamWriter<Lnrpc.Invoice> responses, ServerCallContext context)
    {
        await foreach (var invoice in node.SubscribeInvoicesAsync(request.AddIndex, request.SettleIndex, context.CancellationToken))
            await responses.WriteAsync(invoice.ToRpc(), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.PayReq> DecodePayReq(Lnrpc.PayReqString request, ServerCallContext context) =>
        (await node.DecodeInvoiceAsync(request.PayReq, context.CancellationToken)).ToRpc();

    /// <inheritdoc/>
    public override async Task<Lnrpc.ListPaymentsResponse> ListPayments(Lnrpc.ListPaymentsRequest request, ServerCallContext context)
    {
        var page = await node.ListPaymentsAsync(new ListPaymentsQuery
        {
            IncludeIncomplete = request.IncludeIncomplete,
            Offset = request.IndexOffset,
            Limit = request.MaxPayments == 0 ? null : (int)Math.Min(request.MaxPayments, int.MaxValue),
            Reversed = request.Reversed,
            CreatedFrom = Read.Time(request.CreationDateStart, "creation_date_start"),
            CreatedTo = Read.EndOf(request.CreationDateEnd, "creation_date_end"),
            CountTotal = request.CountTotalPayments,
        }, context.CancellationToken);
        return new Lnrpc.ListPaymentsResponse
        {
            Payments = { page.Payments.Select(p => p.ToRpc(withHops: !request.OmitHops)) },
            FirstIndexOffset = page.Payments.Count == 0 ? 0 : page.Payments[0].Index,
            LastIndexOffset = page.Payments.Count == 0 ? 0 : page.Payments[^1].Index,
            TotalNumPayments = page.Total ?? 0,
        };
    }
}
