using Lightning.TestKit;

namespace Lightning.Actors.Tests.Nodes;

/// <summary>Nodes that are restarted while a payment is held half way.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task A_forwarded_payment_survives_the_restart_of_the_node_between_and_counts_once()
    {
        await using var net = await Scenario.Network("alice", "bob", "carol");
        var first = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var second = await net.OpenChannel("bob", "carol", 1_000_000.Sat());
        var invoice = await net["carol"].HoldInvoice(70_000_000.Msat());
        var payment = await net["alice"].StartPayment(invoice);
        await net["carol"].ShouldHold(invoice);

        await net["bob"].Crash();
        await net["carol"].Settle(invoice);
        await net["bob"].Start();
        await net.Until(() => first.IsUsable && second.IsUsable, "the channels can be used again");
        (await payment.End()).ShouldSettle();
        Assert.Equal(invoice.Preimage, payment.Info.Preimage);
        Assert.Equal(70_000_000.Msat(), second.BalanceOf("carol"));
        var policy = net["bob"].Policy;
        var fee = policy.FeeBase + new MilliSatoshi(70_000_000L * policy.FeeProportionalMillionths / 1_000_000);
        Assert.Equal(70_000_000.Msat() + fee, first.BalanceOf("bob"));

        // The channels go on as if nothing had been.
        (await net["alice"].Pay(await net["carol"].Invoice(1_000_000.Msat()))).ShouldSettle();
        net.BalancesAddUp();
        net.NoHtlcPending();
    }
}
