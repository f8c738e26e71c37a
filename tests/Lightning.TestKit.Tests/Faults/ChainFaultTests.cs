using Lightning.Actors.Api;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>A bitcoind that is away, blocks that are replaced, a mempool that is full, and miners and peers with a will of their own.</summary>
public sealed class ChainFaultTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task A_bitcoind_may_be_away_while_a_channel_opens(string node)
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net["alice"].Fund(2_000_000.Sat());
        await net.Connect("alice", "bob");
        net[node].ChainGoesAway();
        var request = new OpenChannelRequest { Peer = net["bob"].Id, Capacity = 1_000_000.Sat() };
        var opening = SimulationLoop.Begin(() => net["alice"].Api.OpenChannelAsync(request));
        await net.Advance(TimeSpan.FromSeconds(10));
        Assert.False(opening.IsCompleted);
        await net[node].ChainComesBack();
        var funding = await net.Complete(() => opening, "the channel is opened");
        await net.Until(() => net.Chain.Simulated.Confirmations(funding.TxId) is not null, "the funding transaction is published");
        await net.Mine(6);
        await ShouldBeUsable(net);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public async Task A_bitcoind_may_be_away_during_a_payment_and_over_a_restart(string node)
    {
        await using var net = await Line.Create();
        await net.PayThrough(net[node].ChainGoesAway, async () =>
        {
            await net.Mine(5);
            await net.Advance(TimeSpan.FromMinutes(1));
            await net[node].Restart();
            await net.Advance(TimeSpan.FromMinutes(1));
            await net[node].ChainComesBack();
        });
        Assert.True(await net.PayThrough(static () => { }));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task A_bitcoind_may_be_away_while_a_channel_is_closed_by_agreement(string node)
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        net[node].ChainGoesAway();
        await net["alice"].Close(channel);
        await net.Advance(TimeSpan.FromMinutes(5));
        await net[node].ChainComesBack();
        await net.Until(() => channel.Spender() is not null, "the closing transaction is published");
        await EndsWith(net, channel);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task A_bitcoind_may_be_away_while_a_channel_is_closed_by_force(string node)
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        net[node].ChainGoesAway();
        await net["alice"].Close(channel, force: true);
        await net.Mine(20);
        await net.Advance(TimeSpan.FromMinutes(5));
        await net[node].ChainComesBack();
        await net.Until(() => channel.Spender() is not null, "a commitment transaction is published");
        await EndsWith(net, channel);
    }

    [Fact]
    public async Task The_block_of_a_funding_transaction_may_be_replaced_before_the_channel_is_ready()
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net["alice"].Fund(2_000_000.Sat());
        await net.Connect("alice", "bob");
        var funding = await net["alice"].Do(api => api.OpenChannelAsync(new() { Peer = net["bob"].Id, Capacity = 1_000_000.Sat() }));
        await net.Until(() => net.Chain.Simulated.Confirmations(funding.TxId) is not null, "the funding transaction is published");
        await net.Mine();
        await net.Chain.Reorg(1, isEmpty: true);
        Assert.Equal(0u, net.Chain.Simulated.Confirmations(funding.TxId));
        Assert.Empty(await net["alice"].Do(api => api.ListChannelsAsync()));
        await net.Mine(6);
        await ShouldBeUsable(net);
    }

    [Fact]
    public async Task The_blocks_of_a_funding_transaction_may_be_replaced_while_the_channel_is_in_use()
    {
        await using var net = await Line.Create();
        Assert.True(await net.PayThrough(static () => { }, () => net.Chain.Reorg(6, isEmpty: true)));
        await net.Mine(10);
        await net.AllIsWell();
        Assert.True(await net.PayThrough(static () => { }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_block_of_a_close_may_be_replaced(bool isForced)
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        await net["alice"].Close(channel, isForced);
        await net.Mine(3);
        await net.Chain.Reorg(3, isEmpty: true);
        Assert.Contains(net.Chain.Mempool, transaction => transaction.TxId == channel.Spender()!.TxId);
        await EndsWith(net, channel);
    }

    [Fact]
    public async Task A_block_may_hold_another_close_than_the_one_that_it_replaces()
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        var bobs = channel.CommitmentOf("bob");
        await net["alice"].Close(channel, force: true);
        await net.Mine(3);
        net.Chain.Simulated.InvalidateTip(3);
        await net.Chain.MineHidden(bobs);
        await net.Mine(4);
        Assert.Equal(bobs.TxId, channel.Spender()!.TxId);
        await EndsWith(net, channel);
    }

    [Fact]
    public async Task A_force_close_that_a_full_mempool_does_not_take_is_published_until_there_is_room()
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        // More than the balance is worth paying for.
        net.Chain.FillMempool(FeeratePerKw.FromSatPerVByte(500));
        await net["alice"].Close(channel, force: true);
        await net.AdvanceBlocks(6);
        channel.ShouldBeOpen();
        net.Chain.FillMempool(FeeratePerKw.FromSatPerVByte(1));
        await net.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(channel.Spender());
        await EndsWith(net, channel);
    }

    [Fact]
    public async Task A_close_that_miners_do_not_take_for_a_while_is_taken_in_the_end()
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        await net["alice"].Close(channel, force: true);
        net.Chain.Withhold(channel.Spender()!.TxId);
        await net.Mine(30);
        Assert.Equal(0u, net.Chain.Simulated.Confirmations(channel.Spender()!.TxId));
        net.Chain.Allow(channel.Spender()!.TxId);
        await EndsWith(net, channel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_publishes_an_old_commitment_loses_everything_also_while_the_other_is_away(bool isAway)
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        (await net["alice"].Pay(await net["bob"].Invoice(100_000.Sat()))).ShouldSettle();
        var old = channel.CommitmentOf("alice");
        for (var i = 0; i < 3; i++) (await net["alice"].Pay(await net["bob"].Invoice(100_000.Sat()))).ShouldSettle();
        var before = (await net["bob"].WalletBalance()).Confirmed;
        if (isAway) await net["bob"].Crash();
        await net["alice"].Crash();
        await net.Chain.MineHidden(old);
        if (isAway)
        {
            await net.Mine(100);
            await net["bob"].Start();
            await net.Advance(TimeSpan.FromMinutes(1));
        }

        await net.Mine(150);
        var after = (await net["bob"].WalletBalance()).Confirmed;
        Assert.InRange((after - before).Value, 985_000, 1_000_000);
    }

    private static async Task ShouldBeUsable(ScenarioNetwork net)
    {
        await net.Advance(TimeSpan.FromSeconds(10));
        foreach (var node in net.Nodes) Assert.True(Assert.Single(await node.Do(api => api.ListChannelsAsync())).IsActive);
        (await net["alice"].Pay(await net["bob"].Invoice(Line.Amount))).ShouldSettle();
    }

    private static async Task<ScenarioNetwork> Pair()
    {
        var net = await Scenario.Network("alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 300_000_000.Msat());
        await net["alice"].Fund(500_000.Sat());
        await net["bob"].Fund(500_000.Sat());
        (await net["alice"].Pay(await net["bob"].Invoice(Line.Amount))).ShouldSettle();
        return net;
    }

    /// <summary>The channel ends, and both have what they had in it, but for the fees.</summary>
    private static async Task EndsWith(ScenarioNetwork net, ScenarioChannel channel)
    {
        await net.MineUntilGone(channel, "alice", "bob");
        Assert.InRange((await net["bob"].WalletBalance()).Confirmed.Value, 500_000 + 310_000 - 15_000, 500_000 + 310_000);
        var left = (await net["alice"].WalletBalance()).Confirmed.Value;
        Assert.InRange(left, 500_000 + 690_000 - 15_000, 500_000 + 690_000 + 100_000);
    }
}
