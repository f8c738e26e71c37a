using Lightning.TestKit;
using Xunit;

namespace Samples;

/// <summary>A payment that its payee holds: it waits on every channel of its way until the payee takes it or sends it back.</summary>
public sealed class HoldInvoice
{
    [Fact]
    public async Task A_held_payment_survives_restarts_and_is_settled()
    {
        await using var net = await Scenario.Network("alice", "bob", "carol");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net.OpenChannel("bob", "carol", 1_000_000.Sat());

        // StartPayment, unlike Pay, does not wait for the end: there is none until carol decides.
        var invoice = await net["carol"].HoldInvoice(50_000.Sat());
        var payment = await net["alice"].StartPayment(invoice);
        await net["carol"].ShouldHold(invoice);
        payment.ShouldBeInFlight();

        // Every node of the way is killed, as by a power cut, and starts again. An hour passes.
        foreach (var node in net.Nodes) await node.Restart();
        await net.Advance(TimeSpan.FromHours(1));
        await net["carol"].ShouldHold(invoice);

        // Carol takes the money. Alice's first process is gone, and whoever listened to it; her second one knows of the payment.
        await net["carol"].Settle(invoice);
        var paid = await net["alice"].TrackPayment(invoice.PaymentHash);
        (await paid.End()).ShouldSettle();
        net.BalancesAddUp();
        net.NoHtlcPending();
    }

    [Fact]
    public async Task A_held_payment_is_sent_back()
    {
        await using var net = await Scenario.Network("alice", "bob", "carol");
        var near = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net.OpenChannel("bob", "carol", 1_000_000.Sat());

        var invoice = await net["carol"].HoldInvoice(50_000.Sat());
        var payment = await net["alice"].StartPayment(invoice);
        await net["carol"].Restart();
        await net["carol"].Cancel(invoice);

        // To those on the way it looks like any invoice that carol does not know.
        (await payment.End()).ShouldFailWith(FailureCode.IncorrectOrUnknownPaymentDetails);
        await net["carol"].ShouldHaveCanceled(invoice);
        Assert.Equal(1_000_000_000.Msat(), near.BalanceOf("alice"));
        net.BalancesAddUp();
        net.NoHtlcPending();
    }
}
