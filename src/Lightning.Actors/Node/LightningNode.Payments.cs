using Lightning.Actors.Api;
using Lightning.Actors.Routing;

namespace Lightning.Actors.Node;

/// <content>Invoices, payments and forwards.</content>
internal sealed partial class LightningNode
{
    private readonly InvoiceOperations _invoices = new(node, new Lists(node), new DirectoryChannels(node));
    private readonly PaymentOperations _payments = new(node, new Lists(node));
    private readonly ForwardOperations _forwards = new(node, new Lists(node));

    /// <inheritdoc/>
    public Task<InvoiceInfo> AddInvoiceAsync(AddInvoiceRequest request, CancellationToken cancellation = default) => _invoices.AddAsync(request, cancellation);

    /// <inheritdoc/>
    public Task<InvoiceInfo> LookupInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => _invoices.LookupAsync(paymentHash, cancellation);

    /// <inheritdoc/>
    public Task<InvoicePage> ListInvoicesAsync(ListInvoicesQuery query, CancellationToken cancellation = default) => _invoices.ListAsync(query, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<InvoiceInfo> SubscribeInvoicesAsync(ulong addIndex = 0, ulong settleIndex = 0, CancellationToken cancellation = default) =>
        _invoices.SubscribeAsync(addIndex, settleIndex, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<InvoiceInfo> SubscribeInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => _invoices.SubscribeAsync(paymentHash, cancellation);

    /// <inheritdoc/>
    public Task SettleInvoiceAsync(PaymentPreimage preimage, CancellationToken cancellation = default) => _invoices.SettleAsync(preimage, cancellation);

    /// <inheritdoc/>
    public Task CancelInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => _invoices.CancelAsync(paymentHash, cancellation);

    /// <inheritdoc/>
    public Task<DecodedInvoice> DecodeInvoiceAsync(string paymentRequest, CancellationToken cancellation = default) => Task.FromResult(_invoices.Decode(paymentRequest));

    /// <inheritdoc/>
    public IAsyncEnumerable<PaymentInfo> PayInvoiceAsync(PayInvoiceRequest request, CancellationToken cancellation = default) => _payments.PayAsync(request, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<PaymentInfo> TrackPaymentAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => _payments.TrackAsync(paymentHash, cancellation);

    /// <inheritdoc/>
    public Task<PaymentPage> ListPaymentsAsync(ListPaymentsQuery query, CancellationToken cancellation = default) => _payments.ListAsync(query, cancellation);

    /// <inheritdoc/>
    public Task<ForwardPage> ListForwardsAsync(ListForwardsQuery query, CancellationToken cancellation = default) => _forwards.ListAsync(query, cancellation);

    /// <inheritdoc/>
    public Task<FeeReport> GetFeeReportAsync(CancellationToken cancellation = default) => _forwards.ReportAsync(cancellation);

    /// <inheritdoc/>
    public Task<IAsyncEnumerable<HtlcEvent>> SubscribeHtlcEventsAsync(CancellationToken cancellation = default) => _forwards.SubscribeAsync(cancellation);
}
