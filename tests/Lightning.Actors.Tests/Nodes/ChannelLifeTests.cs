using Lightning.Actors.Api;
using Lightning.Bitcoin.Transactions;

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

    [Fact]
    public async Task A_channel_is_closed_by_agreement_and_both_get_their_money()
    {
        await using var world = new World();
        var (alice, bob) = (await world.StartAsync("alice"), await world.StartAsync("bob"));
        await world.FundAsync(alice, 2_000_000.Sat());
        await world.ConnectAsync(alice, bob);
        var funding = await world.OpenAsync(alice, bob, 1_000_000.Sat(), push: 200_000_000.Msat());
        var steps = new List<CloseProgress>();
        Transaction? mined = null;
        await foreach (var step in alice.Node.CloseChannelAsync(new CloseChannelRequest(funding)).WithCancellation(Limit()))
        {
            steps.Add(step);
            if (steps.Count > 1) continue;

            // With option_simple_close each side has a closing transaction of its own: either may be the one that is mined, and both may be told of.
            await Eventually.True(() => !world.Chain.Mempool.IsEmpty);
            mined = world.Chain.Mine(6)[0].Transactions[1];
        }

        Assert.InRange(steps.Count, 2, 3);
        Assert.All(steps, step => Assert.Equal(step == steps[^1], step.IsConfirmed));
        await Eventually.True(() => bob.Runtime.Directory.All.Count == 0 && alice.Runtime.Directory.All.Count == 0);

        // Both name the one that was mined, its block, and exactly what it paid them.
        Assert.Equal(funding, mined!.Inputs[0].PreviousOutput);
        Assert.Equal(mined.TxId, steps[^1].ClosingTxId);
        var (ofAlice, ofBob) = ((await alice.Node.GetWalletBalanceAsync()).Confirmed, (await bob.Node.GetWalletBalanceAsync()).Confirmed);
        Assert.InRange(ofBob.Value, 199_000, 200_000);
        Assert.InRange(ofAlice.Value, 1_795_000, 1_800_000);
        foreach (var node in (IEnumerable<ILightningNode>)[alice.Node, bob.Node])
        {
            var closed = Assert.Single(await node.ListClosedChannelsAsync());
            Assert.Equal((CloseKind.Cooperative, mined.TxId), (closed.Kind, closed.ClosingTxId));
            Assert.Equal(world.Chain.Tip.Height - 5, closed.CloseHeight);
            Assert.Contains(closed.SettledBalance, mined.Outputs.Select(output => output.Value));
        }

        Assert.Equal(ofBob, Assert.Single(await bob.Node.ListClosedChannelsAsync()).SettledBalance);
    }

    [Fact]
    public async Task A_channel_is_closed_by_force_and_the_money_comes_back_after_the_delay()
    {
        await using var world = new World();
        var (alice, bob) = (await world.StartAsync("alice"), await world.StartAsync("bob"));
        await world.FundAsync(alice, 2_000_000.Sat());
        await world.ConnectAsync(alice, bob);
        var funding = await world.OpenAsync(alice, bob, 1_000_000.Sat(), push: 200_000_000.Msat());
        await using (var steps = alice.Node.CloseChannelAsync(new CloseChannelRequest(funding, Force: true)).GetAsyncEnumerator(Limit()))
        {
            // What is published is told at once, not when it is mined.
            Assert.True(await steps.MoveNextAsync());
            await Eventually.True(() => !world.Chain.Mempool.IsEmpty);
            Assert.Equal((world.Chain.Mempool.Single().TxId, false), (steps.Current.ClosingTxId, steps.Current.IsConfirmed));
            Assert.Equal(steps.Current.ClosingTxId, Assert.Single(await alice.Node.ListPendingChannelsAsync()).ClosingTxId);
            world.Chain.Mine();
        }

        // Blocks one by one, as the world makes them: claims are published when they may be.
        for (var i = 0; i < 800 && (alice.Runtime.Directory.All.Count > 0 || bob.Runtime.Directory.All.Count > 0); i++)
        {
            world.Chain.Mine();
            await Eventually.True(() => alice.Runtime.Tip.Height == world.Chain.Tip.Height && bob.Runtime.Tip.Height == world.Chain.Tip.Height);
        }

        Assert.Empty(alice.Runtime.Directory.All);
        Assert.Empty(bob.Runtime.Directory.All);
        Assert.Equal(CloseKind.LocalForce, Assert.Single(await alice.Node.ListClosedChannelsAsync()).Kind);
        Assert.Equal(CloseKind.RemoteForce, Assert.Single(await bob.Node.ListClosedChannelsAsync()).Kind);
        Assert.InRange((await bob.Node.GetWalletBalanceAsync()).Confirmed.Value, 198_000, 200_000);
        Assert.InRange((await alice.Node.GetWalletBalanceAsync()).Confirmed.Value, 1_790_000, 1_800_000);
    }

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
}
