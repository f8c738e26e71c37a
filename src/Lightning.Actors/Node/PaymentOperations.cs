using System.Runtime.CompilerServices;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Actors.Payments;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Serialization.Protos;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Node;

/// <summary>The node's operations on outgoing payments.</summary>
internal sealed class PaymentOperations(NodeRuntime node, Lists lists)
{
    private const int DefaultMaxParts = 16;

    /// <summary>Up to here the fee may be as much as the amount, beyond it 5 % of the amount: the limits that wallets know.</summary>
    private static readonly MilliSatoshi SmallAmount = new(1_000_000);

    /// <inheritdoc cref="ILightningNode.PayInvoiceAsync"/>
    public IAsyncEnumerable<PaymentInfo> PayAsync(PayInvoiceRequest request, CancellationToken cancellation)
    {
        var terms = Terms(request);
        return ListenAsync(terms.PaymentHash, new StartPayment(terms), cancellation);
    }

    /// <inheritdoc cref="ILightningNode.TrackPaymentAsync"/>
    public IAsyncEnumerable<PaymentInfo> TrackAsync(PaymentHash hash, CancellationToken cancellation) => ListenAsync(hash, new WatchPayment(hash), cancellation);

    /// <inheritdoc cref="ILightningNode.ListPaymentsAsync"/>
    public async Task<PaymentPage> ListAsync(ListPaymentsQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Limit <= 0) throw LightningException.InvalidArgument("the limit must be positive");
        await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
        return new PaymentPage(
            await lists.Queries.ListAsync(query, cancellation).ConfigureAwait(false),
            query.CountTotal ? await lists.Queries.CountPaymentsAsync(cancellation).ConfigureAwait(false) : null);
    }

    private async IAsyncEnumerable<PaymentInfo> ListenAsync(PaymentHash hash, object first, [EnumeratorCancellation] CancellationToken cancellation)
    {
        PaymentInfoProto? last = null;
        Task<ulong>? index = null;
        var answers = Subscriptions.ListenAsync<PaymentAnswer>(node, node.Actors.Payments, first, new WatchPayment(hash), new UnwatchPayment(hash), cancellation);
        await foreach (var answer in answers.ConfigureAwait(false))
        {
            // A repeated question is answered with what is known already.
            var payment = answer.Payment;
            var form = payment.ToProto();
            if (form.Equals(last)) continue;
            last = form;

            // The list has the payment while it is still on its way: the result does not wait for it.
            index ??= IndexAsync(hash, cancellation);
            yield return payment.WithIndex(await index.ConfigureAwait(false));
            if (payment.IsFinal) yield break;
        }
    }

    private async Task<ulong> IndexAsync(PaymentHash hash, CancellationToken cancellation)
    {
        await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
        return await lists.Queries.FindPaymentAsync(hash, cancellation).ConfigureAwait(false) ?? 0;
    }

    private PaymentTerms Terms(PayInvoiceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var invoice = InvoiceOperations.Read(request.PaymentRequest, node.Options.Network);
        var now = node.Now;
        if (invoice.IsExpired(now)) throw LightningException.InvoiceExpired(invoice.ExpiresAt);
        if (invoice.Amount is { } asked && request.Amount is { } given && given != asked)
            throw LightningException.InvalidArgument($"the invoice asks for {asked}; another amount cannot be paid");
        if ((invoice.Amount ?? request.Amount) is not { } amount) throw LightningException.InvalidArgument("the invoice has no amount: say what to pay");
        if (amount <= MilliSatoshi.Zero) throw LightningException.InvalidArgument("the amount must be positive");
        if (invoice.Payee == node.Keys.NodeId)
        {
            throw request.AllowSelfPayment
                ? LightningException.Unimplemented("payments of this node to itself are not done yet")
                : LightningException.InvalidArgument("self-payments not allowed");
        }

        if (request.FeeLimit is { Value: < 0 }) throw LightningException.InvalidArgument("the fee limit must not be negative");
        if (request.MaxParts is <= 0) throw LightningException.InvalidArgument("a payment has at least one part");
        if (request.MaxPartSize is { Value: <= 0 }) throw LightningException.InvalidArgument("the largest part must be positive");
        if (request.Timeout is { } timeout && timeout <= TimeSpan.Zero) throw LightningException.InvalidArgument("the timeout must be positive");
        return new PaymentTerms
        {
            RequestId = new Guid(node.Randomness.NextBytes32().Span[..16]),
            PaymentHash = invoice.PaymentHash,
            PaymentSecret = invoice.PaymentSecret,
            Payee = invoice.Payee,
            Amount = amount,
            FeeLimit = request.FeeLimit ?? (amount <= SmallAmount ? amount : amount / 20),
            MinFinalCltvExpiryDelta = invoice.MinFinalCltvExpiryDelta,
            CltvLimit = Math.Min(request.CltvLimit ?? RouteRequest.MaxHtlcCltv, RouteRequest.MaxHtlcCltv),
            MaxParts = invoice.SupportsMultiPart ? Math.Min(request.MaxParts ?? DefaultMaxParts, PathFinder.MaxParts) : 1,
            CreatedAt = now,
            Deadline = now + (request.Timeout ?? node.Policy.PaymentTimeout),
            PaymentRequest = request.PaymentRequest,
            MaxPartAmount = request.MaxPartSize,
            Metadata = invoice.Metadata,
            RouteHints = invoice.RouteHints,
            OutgoingChannels = [.. request.OutgoingChannels],
            LastHop = request.LastHop,
        };
    }
}
