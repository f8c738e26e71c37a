using Lightning.Protocol.Invoices;

namespace Lightning.Actors.Tests.Nodes;

public sealed class PaymentTests
{
    [Fact]
    public async Task Payments_go_both_ways_over_a_channel_and_the_balances_follow()
    {
        await using var world = new World();
        var (alice, bob) = (await world.StartAsync("alice"), await world.StartAsync("bob"));
        await world.FundAsync(alice, 2_000_000.Sat());
        await world.ConnectAsync(alice, bob);
        var funding = await world.OpenAsync(alice, bob, 1_000_000.Sat(), push: 200_000_000.Msat());
        await World.PayAsync(alice, bob, 50_000_000.Msat());
        await World.PayAsync(bob, alice, 10_000_000.Msat());
        await World.PayAsync(alice, bob, 1_234.Msat());
        await Eventually.Is(() => World.Balance(bob, funding), balance => balance == 240_001_234.Msat());
        await Eventually.Is(() => World.Balance(alice, funding), balance => balance == 759_998_766.Msat());
    }

    [Fact]
    public async Task A_payment_is_forwarded_for_a_fee_between_nodes_without_a_channel()
    {
        await using var world = new World();
        var (alice, bob, carol, _, second, hint) = await world.LineAsync();
        var policy = bob.Runtime.Policy;
        var paid = await World.PayAsync(alice, carol, 70_000_000.Msat(), hint);
        Assert.Equal(policy.FeeBase + 70.Msat(), paid.Fee);
        await Eventually.Is(() => World.Balance(carol, second), balance => balance == 70_000_000.Msat());
    }
}
