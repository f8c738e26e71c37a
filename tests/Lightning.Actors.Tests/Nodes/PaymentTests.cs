using Lightning.TestKit;

namespace Lightning.Actors.Tests.Nodes;

public sealed class PaymentTests
{
    [Fact]
    public async Task Payments_go_both_ways_over_a_channel_and_the_balances_follow()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 200_000_000.Msat());
        (await net["alice"].Pay(await net["bob"].Invoice(50_000_000.Msat()))).ShouldSettle();
        (await net["bob"].Pay(await net["alice"].Invoice(10_000_000.Msat()))).ShouldSettle();
        (await net["alice"].Pay(await net["bob"].Invoice(1_234.Msat()))).ShouldSettle();
        Assert.Equal(240_001_234.Msat(), channel.BalanceOf("bob"));
        Assert.Equal(759_998_766.Msat(), channel.BalanceOf("alice"));
        net.BalancesAddUp();
        net.NoHtlcPending();
    }

    /// <summary>The way is found in the graph, or by the hint of the invoice.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_payment_is_forwarded_for_a_fee_between_nodes_without_a_channel(bool isPrivate)
    {
        await using var net = await Scenario.Network("alice", "bob", "carol");
        var first = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var second = await net.OpenChannel("bob", "carol", 1_000_000.Sat(), isPrivate: isPrivate);
        var paid = (await net["alice"].Pay(await net["carol"].Invoice(70_000_000.Msat()))).ShouldSettle();
        Assert.Equal(net["bob"].Policy.FeeBase + 70.Msat(), paid.Info.Fee);
        Assert.Equal(70_000_000.Msat(), second.BalanceOf("carol"));
        Assert.Equal(70_000_000.Msat() + paid.Info.Fee, first.BalanceOf("bob"));
        net.BalancesAddUp();
        net.NoHtlcPending();
    }
}
