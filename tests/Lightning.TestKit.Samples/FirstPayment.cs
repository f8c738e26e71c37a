using Lightning.TestKit;
using Xunit;

namespace Samples;

/// <summary>The smallest network in which a payment takes a way: alice pays carol, and bob is between them.</summary>
public sealed class FirstPayment
{
    [Fact]
    public async Task Alice_pays_carol_through_bob()
    {
        // Three whole nodes in this process, on a chain of their own. Nothing here waits for real time.
        await using var net = await Scenario.Network("alice", "bob", "carol");

        // Fills the opener's wallet, connects the nodes, and mines until both can use the channel.
        var near = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var far = await net.OpenChannel("bob", "carol", 1_000_000.Sat());

        // Carol asks for money, alice finds the way and pays. Pay returns when the payment has ended, either way.
        var paid = await net["alice"].Pay(await net["carol"].Invoice(50_000.Sat()));
        paid.ShouldSettle();

        // Carol has all of it. Bob has received more than he passed on: his fee.
        Assert.Equal(50_000_000.Msat(), far.BalanceOf("carol"));
        Assert.Equal(50_000_000.Msat() + paid.Info.Fee, near.BalanceOf("bob"));

        // The two ends of every channel agree, and nothing is left on the way.
        net.BalancesAddUp();
        net.NoHtlcPending();
    }
}
