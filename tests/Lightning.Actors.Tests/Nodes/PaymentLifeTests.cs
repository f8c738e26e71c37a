using System.Security.Cryptography;
using Lightning.Actors.Api;

namespace Lightning.Actors.Tests.Nodes;

/// <summary>Payments between whole nodes over real connections.</summary>
public sealed class PaymentLifeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_invoice_is_paid_and_both_nodes_list_it()
    {
        await using var world = new World();
        var (alice, bob) = await ChannelAsync(world);
        var invoice = await bob.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = 50_000_000.Msat(), Description = "coffee" });
        Assert.Equal(1ul, invoice.AddIndex);

        var paid = await PayAsync(alice, invoice.PaymentRequest);
        Assert.Equal(PaymentStatus.Succeeded, paid.Status);
        Assert.Equal(invoice.Preimage, paid.Preimage);
        Assert.Equal((1ul, MilliSatoshi.Zero), (paid.Index, paid.Fee));
        var settled = await bob.Node.LookupInvoiceAsync(invoice.PaymentHash);
        Assert.Equal((InvoiceState.Settled, 50_000_000.Msat(), 1ul), (settled.State, settled.AmountPaid, settled.SettleIndex));
        Assert.Equal(paid.Preimage, Assert.Single((await alice.Node.ListPaymentsAsync(new ListPaymentsQuery())).Payments).Preimage);
        Assert.Equal(InvoiceState.Settled, Assert.Single((await bob.Node.ListInvoicesAsync(new ListInvoicesQuery())).Invoices).State);
        Assert.Equal(LightningErrorKind.AlreadyPaid, (await Assert.ThrowsAsync<LightningException>(() => PayAsync(alice, invoice.PaymentRequest))).Kind);

        await bob.StopAsync();
        await bob.StartAsync();
        Assert.Equal(1ul, (await bob.Node.LookupInvoiceAsync(invoice.PaymentHash)).SettleIndex);
    }

    [Fact]
    public async Task A_hold_invoice_is_settled_by_its_owner_and_another_one_cancelled()
    {
        await using var world = new World();
        var (alice, bob) = await ChannelAsync(world);
        var preimage = new PaymentPreimage(new Bytes32(SHA256.HashData("hold"u8)));
        var held = await bob.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = 1_000_000.Msat(), HoldFor = preimage.Hash });
        var states = WatchAsync(bob, preimage.Hash);
        var paying = PayAsync(alice, held.PaymentRequest);
        await Eventually.True(async () => (await bob.Node.LookupInvoiceAsync(preimage.Hash)).State == InvoiceState.Accepted);
        Assert.False(paying.IsCompleted);
        await bob.Node.SettleInvoiceAsync(preimage);
        Assert.Equal(preimage, (await paying).Preimage);
        Assert.Equal([InvoiceState.Open, InvoiceState.Accepted, InvoiceState.Settled], await states);

        var other = await bob.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = 1_000_000.Msat(), HoldFor = new PaymentHash(new Bytes32(SHA256.HashData("other"u8))) });
        var refused = PayAsync(alice, other.PaymentRequest);
        await Eventually.True(async () => (await bob.Node.LookupInvoiceAsync(other.PaymentHash)).State == InvoiceState.Accepted);
        await bob.Node.CancelInvoiceAsync(other.PaymentHash);
        var failed = await refused;
        Assert.Equal((PaymentStatus.Failed, PaymentFailureReason.IncorrectPaymentDetails), (failed.Status, failed.FailureReason));
    }

    [Fact]
    public async Task Many_payments_at_once_all_arrive()
    {
        await using var world = new World();
        var (alice, bob) = await ChannelAsync(world);

        // A subscription from now on begins at some moment during the following: from an index on, it misses nothing.
        var first = await bob.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = 1_000_000.Msat() });
        Assert.Equal(PaymentStatus.Succeeded, (await PayAsync(alice, first.PaymentRequest)).Status);
        var seen = SubscribeAsync(bob, 40, addIndex: 1, settleIndex: 1);
        var invoices = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => bob.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = (1_000_000L * i).Msat() })));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (ulong)i), invoices.Select(i => i.AddIndex).Order());
        var paid = await Task.WhenAll(invoices.Select(invoice => PayAsync(alice, invoice.PaymentRequest)));
        Assert.All(paid, payment => Assert.Equal(PaymentStatus.Succeeded, payment.Status));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (ulong)i), paid.Select(p => p.Index).Order());
        var events = await seen;
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (ulong)i), events.Where(e => e.State == InvoiceState.Open).Select(e => e.AddIndex));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (ulong)i), events.Where(e => e.State == InvoiceState.Settled).Select(e => e.SettleIndex));
    }

    [Fact]
    public async Task A_payment_under_way_survives_the_restart_of_its_node()
    {
        await using var world = new World();
        var (alice, bob) = await ChannelAsync(world);
        var preimage = new PaymentPreimage(new Bytes32(SHA256.HashData("restart"u8)));
        var held = await bob.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = 1_000_000.Msat(), HoldFor = preimage.Hash });
        using (var listening = new CancellationTokenSource())
        {
            var paying = PayAsync(alice, held.PaymentRequest, listening.Token);
            await Eventually.True(async () => (await bob.Node.LookupInvoiceAsync(preimage.Hash)).State == InvoiceState.Accepted);
            await listening.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => paying);
        }

        await alice.StopAsync();
        await alice.StartAsync();
        await bob.Node.SettleInvoiceAsync(preimage);
        PaymentInfo? last = null;
        await foreach (var payment in alice.Node.TrackPaymentAsync(preimage.Hash, new CancellationTokenSource(Limit).Token)) last = payment;
        Assert.Equal(preimage, last!.Preimage);
    }

    private static async Task<(TestNode Alice, TestNode Bob)> ChannelAsync(World world)
    {
        var (alice, bob) = (await world.StartAsync("alice"), await world.StartAsync("bob"));
        await world.FundAsync(alice, 2_000_000.Sat());
        await world.ConnectAsync(alice, bob);
        await world.OpenAsync(alice, bob, 1_000_000.Sat());
        return (alice, bob);
    }

    private static async Task<PaymentInfo> PayAsync(TestNode node, string request, CancellationToken cancellation = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        PaymentInfo? last = null;
        await foreach (var payment in node.Node.PayInvoiceAsync(new PayInvoiceRequest(request), limit.Token)) last = payment;
        return last!;
    }

    private static async Task<List<InvoiceState>> WatchAsync(TestNode node, PaymentHash hash)
    {
        var states = new List<InvoiceState>();
        await foreach (var invoice in node.Node.SubscribeInvoiceAsync(hash, new CancellationTokenSource(Limit).Token)) states.Add(invoice.State);
        return states;
    }

    private static async Task<List<InvoiceInfo>> SubscribeAsync(TestNode node, int count, ulong addIndex = 0, ulong settleIndex = 0)
    {
        var seen = new List<InvoiceInfo>();
        await foreach (var invoice in node.Node.SubscribeInvoicesAsync(addIndex, settleIndex, new CancellationTokenSource(Limit).Token))
        {
            seen.Add(invoice);
            if (seen.Count == count) break;
        }

        return seen;
    }
}
