using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <summary><c>invoicesrpc.Invoices</c>: single invoices, and those whose payment is held for a decision.</summary>
public sealed class InvoicesService(ILightningNode node) : Invoicesrpc.Invoices.InvoicesBase
{
    /// <inheritdoc/>
    public override async Task SubscribeSingleInvoice(Invoicesrpc.SubscribeSingleInvoiceRequest request, IServerStreamWriter<Lnrpc.Invoice> responses, ServerCallContext context)
    {
        var hash = new PaymentHash(Read.Bytes32(request.RHash, "r_hash"));
        await foreach (var invoice in node.SubscribeInvoiceAsync(hash, context.CancellationToken))
            await responses.WriteAsync(invoice.ToRpc(), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<Invoicesrpc.AddHoldInvoiceResp> AddHoldInvoice(Invoicesrpc.AddHoldInvoiceRequest request, ServerCallContext context)
    {
        Read.Refuse(request.RouteHints.Count > 0, "route_hints");
        var invoice = await node.AddInvoiceAsync(
            InvoiceRequests.ToAdd(request.Memo, request.DescriptionHash, request.Value, request.ValueMsat, request.Expiry, request.CltvExpiry, request.FallbackAddr, request.Private) with
            {
                HoldFor = new PaymentHash(Read.Bytes32(request.Hash, "hash")),
            },
            context.CancellationToken);
        return new Invoicesrpc.AddHoldInvoiceResp
        {
            PaymentRequest = invoice.PaymentRequest,
            AddIndex = invoice.AddIndex,
            PaymentAddr = Write.Bytes(invoice.PaymentSecret.Value),
        };
    }

    /// <inheritdoc/>
    public override async Task<Invoicesrpc.SettleInvoiceResp> SettleInvoice(Invoicesrpc.SettleInvoiceMsg request, ServerCallContext context)
    {
        await node.SettleInvoiceAsync(new PaymentPreimage(Read.Bytes32(request.Preimage, "preimage")), context.CancellationToken);
        return new Invoicesrpc.SettleInvoiceResp();
    }

    /// <inheritdoc/>
    public override async Task<Invoicesrpc.CancelInvoiceResp> CancelInvoice(Invoicesrpc.CancelInvoiceMsg request, ServerCallContext context)
    {
        await node.CancelInvoiceAsync(new PaymentHash(Read.Bytes32(request.PaymentHash, "payment_hash")), context.CancellationToken);
        return new Invoicesrpc.CancelInvoiceResp();
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.Invoice> LookupInvoiceV2(Invoicesrpc.LookupInvoiceMsg request, ServerCallContext context)
    {
        Read.Refuse(request.InvoiceRefCase is not Invoicesrpc.LookupInvoiceMsg.InvoiceRefOneofCase.PaymentHash, "a lookup without payment_hash");
        var invoice = await node.LookupInvoiceAsync(new PaymentHash(Read.Bytes32(request.PaymentHash, "payment_hash")), context.CancellationToken);
        return invoice.ToRpc();
    }
}
