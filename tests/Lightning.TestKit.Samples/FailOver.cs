using Lightning.TestKit;
using Xunit;

namespace Samples;

/// <summary>Two processes believe that they run the same node. Their journal lets only one of them act, and no payment is lost or made twice.</summary>
public sealed class FailOver
{
    [Fact]
    public async Task A_payment_in_flight_ends_exactly_once_when_another_process_takes_over()
    {
        await using var net = await Scenario.Network("alice", "bob", "carol");
        var near = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var far = await net.OpenChannel("bob", "carol", 1_000_000.Sat());

        // A payment is on its way through bob, and waits at carol.
        var invoice = await net["carol"].HoldInvoice(50_000.Sat());
        var payment = await net["alice"].StartPayment(invoice);
        await net["carol"].ShouldHold(invoice);

        // Bob's cluster splits. A second process starts on the same database, and each of the two takes itself for the owner of both channels.
        await net["bob"].StartSecondProcess();

        // Carol takes the money. Her answer reaches the first process, which still has the connections. But the second one has written since, and the journal
        // refuses what does not follow: the first process stops, and has shown nobody what it could not write.
        await net["carol"].Settle(invoice);
        Assert.NotEqual(0, net["bob"].Journal.RefusedWrites);

        // Then it is gone altogether. Alice and carol call bob again, and the second process answers.
        await net["bob"].CrashFirstProcess();

        // The one that is left goes on where the journal says that the channels stand.
        (await payment.End()).ShouldSettle();
        await net["carol"].ShouldHaveSettled(invoice);
        await net.Until(() => near.IsUsable && far.IsUsable, "the channels are usable again");
        Assert.Equal(50_000_000.Msat(), far.BalanceOf("carol"));
        Assert.Equal(50_000_000.Msat() + payment.Info.Fee, near.BalanceOf("bob"));
        near.ShouldBeOpen();
        far.ShouldBeOpen();
        net.BalancesAddUp();
        net.NoHtlcPending();
    }
}
