using Lightning.Actors.Api;
using Lightning.TestKit;
using Lightning.TestKit.Simulation;

namespace Lightning.Actors.Tests.Nodes;

public sealed class ChannelLifeTests
{
    [Fact]
    public async Task A_channel_is_opened_over_the_chain_and_survives_the_restart_of_both_nodes()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 200_000_000.Msat());
        Assert.Equal(channel.EntryAt("alice")!.ShortChannelId, channel.EntryAt("bob")!.ShortChannelId);
        foreach (var (node, other) in ((string, string)[])[("alice", "bob"), ("bob", "alice")])
        {
            await net[node].Crash();
            await net.Until(() => channel.EntryAt(other) is { IsUsable: false }, $"{other} knows that {node} is gone", TimeSpan.FromSeconds(20));
            await net[node].Start();
            await net.Until(() => channel.IsUsable, "the channel can be used again");
        }

        (await net["alice"].Pay(await net["bob"].Invoice(1_000.Sat()))).ShouldSettle();
        net.BalancesAddUp();
    }

    [Fact]
    public async Task A_channel_is_closed_by_agreement_and_both_get_their_money()
    {
        await using var net = await Funded();
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 200_000_000.Msat());
        var steps = new List<CloseProgress>();
        var alice = net["alice"].Api;
        var closing = SimulationLoop.Begin(() => FollowAsync(alice.CloseChannelAsync(new CloseChannelRequest(channel.Funding)), steps));
        await net.Until(() => channel.Spender() is not null, "a closing transaction is published");

        // With option_simple_close each side has a closing transaction of its own: either may be the one that is mined, and both may be told of.
        Assert.InRange(steps.Count, 1, 2);
        Assert.False(closing.IsCompleted);
        await net.Mine(6);
        var mined = channel.Spender()!;
        await net.Complete(() => closing, "the close is told to its end");
        Assert.InRange(steps.Count, 2, 3);
        Assert.All(steps, step => Assert.Equal(step == steps[^1], step.IsConfirmed));
        Assert.Equal(("gone", "gone"), (channel.StateAt("alice"), channel.StateAt("bob")));

        // Both name the one that was mined, its block, and exactly what it paid them.
        Assert.Equal(channel.Funding, mined.Inputs[0].PreviousOutput);
        Assert.Equal(mined.TxId, steps[^1].ClosingTxId);
        var (ofAlice, ofBob) = ((await net["alice"].WalletBalance()).Confirmed, (await net["bob"].WalletBalance()).Confirmed);
        Assert.InRange(ofBob.Value, 199_000, 200_000);
        Assert.InRange(ofAlice.Value, 1_795_000, 1_800_000);
        foreach (var node in net.Nodes)
        {
            var closed = Assert.Single(await node.Do(api => api.ListClosedChannelsAsync()));
            Assert.Equal((CloseKind.Cooperative, mined.TxId), (closed.Kind, closed.ClosingTxId));
            Assert.Equal(net.Chain.Height - 5, closed.CloseHeight);
            Assert.Contains(closed.SettledBalance, mined.Outputs.Select(output => output.Value));
        }

        Assert.Equal(ofBob, Assert.Single(await net["bob"].Do(api => api.ListClosedChannelsAsync())).SettledBalance);
    }

    [Fact]
    public async Task A_channel_is_closed_by_force_and_the_money_comes_back_after_the_delay()
    {
        await using var net = await Funded();
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 200_000_000.Msat());

        // What is published is told at once, not when it is mined.
        var step = await net["alice"].Do(api => FirstAsync(api.CloseChannelAsync(new CloseChannelRequest(channel.Funding, Force: true))));
        await net.Rest();
        Assert.Equal((Assert.Single(net.Chain.Mempool).TxId, false), (step.ClosingTxId, step.IsConfirmed));
        Assert.Equal(step.ClosingTxId, Assert.Single(await net["alice"].Do(api => api.ListPendingChannelsAsync())).ClosingTxId);
        channel.ForceClosed("alice");
        for (var i = 0; i < 800 && (channel.StateAt("alice") != "gone" || channel.StateAt("bob") != "gone"); i++) await net.Mine();
        Assert.Equal(("gone", "gone"), (channel.StateAt("alice"), channel.StateAt("bob")));
        Assert.Equal(CloseKind.LocalForce, Assert.Single(await net["alice"].Do(api => api.ListClosedChannelsAsync())).Kind);
        Assert.Equal(CloseKind.RemoteForce, Assert.Single(await net["bob"].Do(api => api.ListClosedChannelsAsync())).Kind);
        Assert.InRange((await net["bob"].WalletBalance()).Confirmed.Value, 198_000, 200_000);
        Assert.InRange((await net["alice"].WalletBalance()).Confirmed.Value, 1_790_000, 1_800_000);
    }

    private static async Task<ScenarioNetwork> Funded()
    {
        var net = await Scenario.Network(new ScenarioOptions { Journals = ScenarioJournals.Sqlite }, "alice", "bob");
        await net["alice"].Fund(2_000_000.Sat());
        return net;
    }

    private static async Task<bool> FollowAsync(IAsyncEnumerable<CloseProgress> progress, List<CloseProgress> steps)
    {
        await foreach (var step in progress) steps.Add(step);
        return true;
    }

    private static async Task<CloseProgress> FirstAsync(IAsyncEnumerable<CloseProgress> progress)
    {
        await foreach (var step in progress) return step;
        throw new InvalidOperationException("The node said nothing of the close.");
    }
}
