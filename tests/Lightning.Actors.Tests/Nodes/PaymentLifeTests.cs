using Lightning.Actors.Api;
using Lightning.TestKit;
using Lightning.TestKit.Simulation;

namespace Lightning.Actors.Tests.Nodes;

/// <summary>Payments between whole nodes, as their owners see them.</summary>
public sealed class PaymentLifeTests
{
    [Fact]
    public async Task An_invoice_is_paid_and_both_nodes_list_it()
    {
        await using var net = await ChannelAsync();
        var (alice, bob) = (net["alice"], net["bob"]);
        var invoice = await bob.Do(api => api.AddInvoiceAsync(new AddInvoiceRequest { Amount = 50_000_000.Msat(), Description = "coffee" }));
        Assert.Equal(1ul, invoice.AddIndex);

        var paid = await alice.Do(api => PayAsync(api, invoice.PaymentRequest));
        Assert.Equal(PaymentStatus.Succeeded, paid.Status);
        Assert.Equal(invoice.Preimage, paid.Preimage);
        Assert.Equal((1ul, MilliSatoshi.Zero), (paid.Index, paid.Fee));
        var settled = await bob.Do(api => api.LookupInvoiceAsync(invoice.PaymentHash));
        Assert.Equal((InvoiceState.Settled, 50_000_000.Msat(), 1ul), (settled.State, settled.AmountPaid, settled.SettleIndex));
        Assert.Equal(paid.Preimage, Assert.Single((await alice.Do(api => api.ListPaymentsAsync(new ListPaymentsQuery()))).Payments).Preimage);
        Assert.Equal(InvoiceState.Settled, Assert.Single((await bob.Do(api => api.ListInvoicesAsync(new ListInvoicesQuery()))).Invoices).State);
        Assert.Equal(LightningErrorKind.AlreadyPaid, (await Assert.ThrowsAsync<LightningException>(() => alice.Do(api => PayAsync(api, invoice.PaymentRequest)))).Kind);

        await bob.Restart();
        Assert.Equal(1ul, (await bob.Do(api => api.LookupInvoiceAsync(invoice.PaymentHash))).SettleIndex);
    }

    [Fact]
    public async Task A_hold_invoice_is_settled_by_its_owner_and_another_one_cancelled()
    {
        await using var net = await ChannelAsync();
        var (alice, bob) = (net["alice"], net["bob"]);
        var held = await bob.HoldInvoice(1_000_000.Msat());
        var api = bob.Api;
        var states = SimulationLoop.Begin(() => WatchAsync(api, held.PaymentHash));
        var paying = await alice.StartPayment(held);
        await bob.ShouldHold(held);
        paying.ShouldBeInFlight();
        await bob.Settle(held);
        (await paying.End()).ShouldSettle();
        Assert.Equal(held.Preimage, paying.Info.Preimage);
        Assert.Equal([InvoiceState.Open, InvoiceState.Accepted, InvoiceState.Settled], await net.Complete(() => states, "the invoice is told of to its end"));

        var other = await bob.HoldInvoice(1_000_000.Msat());
        var refused = await alice.StartPayment(other);
        await bob.ShouldHold(other);
        await bob.Cancel(other);
        (await refused.End()).ShouldFailWith(PaymentFailureReason.IncorrectPaymentDetails);
        net.NoHtlcPending();
    }

    [Fact]
    public async Task Many_payments_at_once_all_arrive()
    {
        await using var net = await ChannelAsync();
        var (alice, bob) = (net["alice"], net["bob"]);

        // A subscription from now on begins at some moment during the following: from an index on, it misses nothing.
        (await alice.Pay(await bob.Invoice(1_000_000.Msat()))).ShouldSettle();
        var bobs = bob.Api;
        var seen = SimulationLoop.Begin(() => SubscribeAsync(bobs, 40, addIndex: 1, settleIndex: 1));
        var invoices = await bob.Do(api => Task.WhenAll(Enumerable.Range(1, 20).Select(i => api.AddInvoiceAsync(new AddInvoiceRequest { Amount = (1_000_000L * i).Msat() }))));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (ulong)i), invoices.Select(i => i.AddIndex).Order());
        var paid = await alice.Do(api => Task.WhenAll(invoices.Select(invoice => PayAsync(api, invoice.PaymentRequest))));
        Assert.All(paid, payment => Assert.Equal(PaymentStatus.Succeeded, payment.Status));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (ulong)i), paid.Select(p => p.Index).Order());
        var events = await net.Complete(() => seen, "all is told of");
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (ulong)i), events.Where(e => e.State == InvoiceState.Open).Select(e => e.AddIndex));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (ulong)i), events.Where(e => e.State == InvoiceState.Settled).Select(e => e.SettleIndex));
        net.NoHtlcPending();
    }

    [Fact]
    public async Task A_payment_under_way_survives_its_listener_and_the_restart_of_its_node()
    {
        await using var net = await ChannelAsync();
        var (alice, bob) = (net["alice"], net["bob"]);
        var held = await bob.HoldInvoice(1_000_000.Msat());
        using (var listening = new CancellationTokenSource())
        {
            var api = alice.Api;
            var paying = SimulationLoop.Begin(() => PayAsync(api, held.PaymentRequest, listening.Token));
            await net.Rest();
            await bob.ShouldHold(held);

            // Not from another thread: whoever waited goes on within the network.
            net.Loop.Enqueue("listener", listening.Cancel);
            await net.Rest();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => paying);
        }

        await alice.Restart();
        await bob.Settle(held);
        var ended = await (await alice.TrackPayment(held.PaymentHash)).End();
        Assert.Equal(held.Preimage, ended.ShouldSettle().Info.Preimage);
    }

    private static async Task<ScenarioNetwork> ChannelAsync()
    {
        var net = await Scenario.Network(new ScenarioOptions { Journals = ScenarioJournals.Sqlite }, "alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        return net;
    }

    private static async Task<PaymentInfo> PayAsync(ILightningNode node, string request, CancellationToken cancellation = default)
    {
        PaymentInfo? last = null;
        await foreach (var payment in node.PayInvoiceAsync(new PayInvoiceRequest(request), cancellation)) last = payment;
        return last!;
    }

    private static async Task<List<InvoiceState>> WatchAsync(ILightningNode node, PaymentHash hash)
    {
        var states = new List<InvoiceState>();
        await foreach (var invoice in node.SubscribeInvoiceAsync(hash)) states.Add(invoice.State);
        return states;
    }

    private static async Task<List<InvoiceInfo>> SubscribeAsync(ILightningNode node, int count, ulong addIndex = 0, ulong settleIndex = 0)
    {
        var seen = new List<InvoiceInfo>();
        await foreach (var invoice in node.SubscribeInvoicesAsync(addIndex, settleIndex))
        {
            seen.Add(invoice);
            if (seen.Count == count) break;
        }

        return seen;
    }
}
