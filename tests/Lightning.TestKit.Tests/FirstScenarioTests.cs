namespace Lightning.TestKit.Tests;

public sealed class FirstScenarioTests
{
    [Fact]
    public async Task A_payment_over_two_channels_settles()
    {
        await using var net = await Scenario.Network("alice", "bob", "carol");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net.OpenChannel("bob", "carol", 1_000_000.Sat());
        var paid = await net["alice"].Pay(await net["carol"].Invoice(50_000.Sat()));
        paid.ShouldSettle();
        net.BalancesAddUp();
        net.NoHtlcPending();
    }
}
