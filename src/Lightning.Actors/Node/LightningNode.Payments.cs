using Lightning.Actors.Api;

namespace Lightning.Actors.Node;

/// <content>Invoices and payments.</content>
internal sealed partial class LightningNode
{
    /// <inheritdoc/>
    public Task<InvoiceInfo> AddInvoiceAsync(AddInvoiceRequest request, CancellationToken cancellation = default) => throw LightningException.Unimplemented("invoices");

    /// <inheritdoc/>
    public Task<InvoiceInfo> LookupInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => throw LightningException.Unimplemented("invoices");

    /// <inheritdoc/>
    public Task<InvoicePage> ListInvoicesAsync(ListInvoicesQuery query, CancellationToken cancellation = default) => throw LightningException.Unimplemented("invoices");

    /// <inheritdoc/>
    public IAsyncEnumerable<InvoiceInfo> SubscribeInvoicesAsync(ulong addIndex = 0, ulong settleIndex = 0, CancellationToken cancellation = default) =>
        throw LightningException.Unimplemented("invoices");

    /// <inheritdoc/>
    public IAsyncEnumerable<InvoiceInfo> SubscribeInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => throw LightningException.Unimplemented("invoices");

    /// <inheritdoc/>
    public Task SettleInvoiceAsync(PaymentPreimage preimage, CancellationToken cancellation = default) => throw LightningException.Unimplemented("invoices");

    /// <inheritdoc/>
    public Task CancelInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => throw LightningException.Unimplemented("invoices");

    /// <inheritdoc/>
    public Task<DecodedInvoice> DecodeInvoiceAsync(string paymentRequest, CancellationToken cancellation = default) => throw LightningException.Unimplemented("invoices");

    /// <inheritdoc/>
    public IAsyncEnumerable<PaymentInfo> PayInvoiceAsync(PayInvoiceRequest request, CancellationToken cancellation = default) => throw LightningException.Unimplemented("payments");

    /// <inheritdoc/>
    public IAsyncEnumerable<PaymentInfo> TrackPaymentAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => throw LightningException.Unimplemented("payments");

    /// <inheritdoc/>
    public Task<PaymentPage> ListPaymentsAsync(ListPaymentsQuery query, CancellationToken cancellation = default) => throw LightningException.Unimplemented("payments");
}
