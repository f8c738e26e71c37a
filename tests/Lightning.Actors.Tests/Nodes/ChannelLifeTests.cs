namespace Lightning.Actors.Tests.Nodes;

public sealed class ChannelLifeTests
{
    [Fact]
    public async Task A_channel_is_opened_over_the_chain_and_survives_the_restart_of_both_nodes()
    {
        await using var world = new World();
        var alice = await world.StartAsync("alice");
        var bob = await world.StartAsync("bob");
        await world.FundAsync(alice, 2_000_000.Sat());
        await world.ConnectAsync(alice, bob);
        var funding = await world.OpenAsync(alice, bob, 1_000_000.Sat(), push: 200_000_000.Msat());
        Assert.Equal(World.Entry(alice, funding)!.ShortChannelId, World.Entry(bob, funding)!.ShortChannelId);

        await alice.StopAsync();
        await Eventually.True(() => World.Entry(bob, funding) is { IsUsable: false });
        await alice.StartAsync();
        await alice.Runtime.Tip.Known.WaitAsync(TimeSpan.FromSeconds(10));
        await World.ReadyAsync(funding, alice);
    }
}
