using System.Runtime.CompilerServices;
using System.Text;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Actors.Invoices;
using Lightning.Actors.Invoices.Messages;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Routing;
using Lightning.Bitcoin.Addresses;
using Lightning.Protocol.Features;
using Lightning.Protocol.Invoices;
using InvoiceState = Lightning.Actors.Api.InvoiceState;
using RouteHintHop = Lightning.Protocol.Invoices.RouteHintHop;

namespace Lightning.Actors.Node;

/// <summary>The node's operations on invoices.</summary>
internal sealed class InvoiceOperations(NodeRuntime node, Lists lists, ILocalChannels channels)
{
    /// <summary>Longest description in bytes of UTF-8 (BOLT 11).</summary>
    private const int MaxDescription = 639;

    private const int MaxHints = 8;
    private const int SubscriptionBatch = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxExpiry = TimeSpan.FromDays(365 * 10);

    /// <inheritdoc cref="ILightningNode.AddInvoiceAsync"/>
    public async Task<InvoiceInfo> AddAsync(AddInvoiceRequest request, CancellationToken cancellation)
    {
        var terms = Terms(request);
        var answer = await LightningNode.AskAsync<InvoiceAnswer>(node, node.Actors.Invoices, new AddInvoice(terms), cancellation).ConfigureAwait(false);
        await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
        return await IndexedAsync(answer.Invoice, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ILightningNode.LookupInvoiceAsync"/>
    public async Task<InvoiceInfo> LookupAsync(PaymentHash hash, CancellationToken cancellation)
    {
        var answer = await LightningNode.AskAsync<InvoiceAnswer>(node, node.Actors.Invoices, new GetInvoice(hash), cancellation).ConfigureAwait(false);
        return await IndexedAsync(answer.Invoice, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ILightningNode.ListInvoicesAsync"/>
    public async Task<InvoicePage> ListAsync(ListInvoicesQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Limit <= 0) throw LightningException.InvalidArgument("the limit must be positive");
        await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
        return new InvoicePage(await lists.Queries.ListAsync(query, cancellation).ConfigureAwait(false));
    }

    /// <inheritdoc cref="ILightningNode.SubscribeInvoicesAsync"/>
    public async IAsyncEnumerable<InvoiceInfo> SubscribeAsync(ulong addIndex, ulong settleIndex, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
        var position = await lists.Queries.PositionAsync(cancellation).ConfigureAwait(false);
        var added = addIndex > 0 ? addIndex : (ulong)position.AddIndex;
        var settled = settleIndex > 0 ? settleIndex : (ulong)position.SettleIndex;
        while (true)
        {
            var changed = node.ViewsPulse.Next;
            var found = 0;
            foreach (var invoice in await lists.Queries.AddedAfterAsync(added, SubscriptionBatch, cancellation).ConfigureAwait(false))
            {
                found++;
                added = invoice.AddIndex;

                // Its settlement is told by itself: an invoice that was paid at once still comes first as it was made.
                yield return invoice.SettleIndex > settled ? AsAdded(invoice) : invoice;
            }

            foreach (var invoice in await lists.Queries.SettledAfterAsync(settled, SubscriptionBatch, cancellation).ConfigureAwait(false))
            {
                if (invoice.AddIndex > added) break;
                found++;
                settled = invoice.SettleIndex;
                yield return invoice;
            }

            // News of a change may be lost between processes: looked again after a while by the node's clock.
            if (found == 0) await Task.WhenAny(changed, Task.Delay(LookAgain, node.Time, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc cref="ILightningNode.SubscribeInvoiceAsync"/>
    public async IAsyncEnumerable<InvoiceInfo> SubscribeAsync(PaymentHash hash, [EnumeratorCancellation] CancellationToken cancellation)
    {
        InvoiceState? last = null;
        var answers = Subscriptions.ListenAsync<InvoiceAnswer>(
            node, node.Actors.Invoices, new WatchInvoice(hash), new WatchInvoice(hash), new UnwatchInvoice(hash), cancellation);
        await foreach (var answer in answers.ConfigureAwait(false))
        {
            if (answer.Invoice.State == last) continue;
            last = answer.Invoice.State;
            yield return await IndexedAsync(answer.Invoice, cancellation).ConfigureAwait(false);
            if (last is InvoiceState.Settled or InvoiceState.Canceled) yield break;
        }
    }

    /// <inheritdoc cref="ILightningNode.SettleInvoiceAsync"/>
    public Task SettleAsync(PaymentPreimage preimage, CancellationToken cancellation) =>
        LightningNode.AskAsync<InvoiceAnswer>(node, node.Actors.Invoices, new SettleInvoice(preimage.Hash, preimage), cancellation);

    /// <inheritdoc cref="ILightningNode.CancelInvoiceAsync"/>
    public Task CancelAsync(PaymentHash hash, CancellationToken cancellation) =>
        LightningNode.AskAsync<InvoiceAnswer>(node, node.Actors.Invoices, new CancelInvoice(hash), cancellation);

    /// <summary>Reads an invoice for this network.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.InvalidArgument"/>.</exception>
    public static Invoice Read(string paymentRequest, Network network)
    {
        Invoice invoice;
        try
        {
            invoice = Bolt11.Decode(paymentRequest);
        }
        catch (InvoiceFormatException e)
        {
            throw new LightningException(LightningErrorKind.InvalidArgument, e.Message, e);
        }

        return invoice.Network == network
            ? invoice
            : throw LightningException.InvalidArgument($"The invoice is for {invoice.Network}, this node is on {network}.");
    }

    /// <inheritdoc cref="ILightningNode.DecodeInvoiceAsync"/>
    public DecodedInvoice Decode(string paymentRequest)
    {
        var invoice = Read(paymentRequest, node.Options.Network);
        return new DecodedInvoice
        {
            Destination = invoice.Payee,
            PaymentHash = invoice.PaymentHash,
            PaymentSecret = invoice.PaymentSecret,
            Amount = invoice.Amount,
            CreatedAt = invoice.Timestamp,
            Expiry = invoice.Expiry,
            Description = invoice.Description ?? "",
            DescriptionHash = invoice.DescriptionHash,
            FallbackAddress = invoice.FallbackAddresses.Items.Select(address => address.ToAddress(invoice.Network)).FirstOrDefault(static address => address is not null),
            MinFinalCltvExpiryDelta = invoice.MinFinalCltvExpiryDelta,
            RouteHints =
            [
                .. invoice.RouteHints.Items.Select(static hint => (IReadOnlyList<Api.RouteHintHop>)
                [
                    .. hint.Hops.Items.Select(static hop => new Api.RouteHintHop(hop.NodeId, hop.ShortChannelId, hop.FeeBase, hop.FeeProportionalMillionths, hop.CltvExpiryDelta)),
                ]),
            ],
            FeatureBits = [.. invoice.Features.Bits()],
        };
    }

    private InvoiceTerms Terms(AddInvoiceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request is { Preimage: not null, HoldFor: not null }) throw LightningException.InvalidArgument("a hold invoice is made for a hash, without its preimage");
        if (request.Amount is { Value: <= 0 }) throw LightningException.InvalidArgument("the amount must be positive; leave it out to let the payer choose");
        if (request.DescriptionHash is not null && request.Description.Length > 0) throw LightningException.InvalidArgument("give either the description or its hash");
        if (Encoding.UTF8.GetByteCount(request.Description) > MaxDescription) throw LightningException.InvalidArgument($"the description is longer than {MaxDescription} bytes: give its hash");
        var expiry = request.Expiry ?? node.Policy.InvoiceExpiry;
        if (expiry < TimeSpan.FromSeconds(1) || expiry > MaxExpiry) throw LightningException.InvalidArgument($"the expiry must be between one second and {MaxExpiry.Days} days");
        var delta = request.MinFinalCltvExpiryDelta ?? node.Policy.MinFinalCltvExpiryDelta;
        var least = node.Policy.InvoiceSafetyMargin + 2;
        if (delta < least || delta > Lightning.Routing.Paths.RouteRequest.MaxHtlcCltv)
            throw LightningException.InvalidArgument($"the final CLTV delta must be between {least} and {Lightning.Routing.Paths.RouteRequest.MaxHtlcCltv} blocks");

        var preimage = request.HoldFor is null ? request.Preimage ?? new PaymentPreimage(node.Randomness.NextBytes32()) : (PaymentPreimage?)null;
        var hash = request.HoldFor ?? preimage!.Value.Hash;
        var hints = request.IncludePrivateChannels ? Hints(request.Amount) : [];
        var invoice = new Invoice
        {
            Network = node.Options.Network,
            Amount = request.Amount,
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(node.Now.ToUnixTimeSeconds()),
            PaymentHash = hash,
            PaymentSecret = node.Keys.PaymentSecretFor(hash),
            Description = request.DescriptionHash is null ? request.Description : null,
            DescriptionHash = request.DescriptionHash,
            Expiry = TimeSpan.FromSeconds((long)expiry.TotalSeconds),
            MinFinalCltvExpiryDelta = delta,
            FallbackAddresses = request.FallbackAddress is { Length: > 0 } address ? [Fallback(address)] : [],
            RouteHints = hints,
            Features = DefaultFeatures.Invoice,
            Payee = node.Keys.NodeId,
        };
        return new InvoiceTerms(
            hash, preimage, invoice.PaymentSecret, Bolt11.Encode(invoice, node.Keys.NodeKey), request.Amount, invoice.Timestamp, invoice.Expiry, delta)
        {
            Description = request.Description,
            DescriptionHash = request.DescriptionHash,
            FallbackAddress = request.FallbackAddress is { Length: > 0 } ? request.FallbackAddress : null,
            HasPrivateChannels = request.IncludePrivateChannels,
            FeatureBits = [.. DefaultFeatures.Invoice.Bits()],
        };
    }

    private EquatableArray<RouteHint> Hints(MilliSatoshi? amount)
    {
        var open = channels.Private();
        var enough = open.Where(channel => channel.Receivable >= (amount ?? MilliSatoshi.Zero)).ToArray();

        // Where no channel can take it alone, parts may come over several.
        return
        [
            .. (enough.Length > 0 ? enough : open).OrderByDescending(static channel => channel.Receivable).ThenBy(static channel => channel.ShortChannelId).Take(MaxHints).Select(static channel => new RouteHint(
                [new RouteHintHop(channel.Peer, channel.ShortChannelId, channel.FeeBase, channel.FeeProportionalMillionths, channel.CltvExpiryDelta)])),
        ];
    }

    private FallbackAddress Fallback(string text) => BitcoinAddress.TryParse(text, node.Options.Network, out var address, out var error) && address.ToFallback() is { } fallback
        ? fallback
        : throw LightningException.InvalidArgument($"'{text}' is no address on {node.Options.Network}: {error}");

    private async Task<InvoiceInfo> IndexedAsync(InvoiceInfo invoice, CancellationToken cancellation)
    {
        var found = await lists.Queries.FindInvoiceAsync(invoice.PaymentHash, cancellation).ConfigureAwait(false);
        if (found is not { } place || (invoice.State == InvoiceState.Settled && place.SettleIndex == 0))
        {
            await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
            found = await lists.Queries.FindInvoiceAsync(invoice.PaymentHash, cancellation).ConfigureAwait(false);
        }

        return found is { } known ? invoice with { AddIndex = known.AddIndex, SettleIndex = known.SettleIndex } : invoice;
    }

    private static InvoiceInfo AsAdded(InvoiceInfo invoice) => invoice with
    {
        State = InvoiceState.Open,
        SettleIndex = 0,
        SettledAt = null,
        AmountPaid = MilliSatoshi.Zero,
        Htlcs = [],
        Preimage = invoice.IsHold ? null : invoice.Preimage,
    };
}
