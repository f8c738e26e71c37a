using Lightning.Actors.Api;

namespace Lightning.TestKit.Tests.Backup;

/// <summary>What a backup does not bring back, and that a restored channel does no harm: whatever happens, its node publishes no commitment.</summary>
public sealed class LostForGoodTests
{
    [Theory]
    [InlineData("alice", true)]
    [InlineData("alice", false)]
    [InlineData("bob", true)]
    [InlineData("bob", false)]
    public async Task With_payments_under_way_both_ways_the_rest_of_the_money_comes_back(string node, bool settles)
    {
        await using var net = await RestoreTests.Pair();
        var other = node == "alice" ? "bob" : "alice";
        var (toBob, toAlice) = (await net["bob"].HoldInvoice(50_000.Sat()), await net["alice"].HoldInvoice(60_000.Sat()));
        await net["alice"].StartPayment(toBob);
        await net["bob"].StartPayment(toAlice);
        await net.Until(() => net.Channels[0].CommitmentsAt("alice")!.Latest.LocalSpec.Htlcs.Length == 2, "both payments are under way");
        var (channel, mine, before, backup) = await RestoreTests.Remember(net, node);
        await net[node].RestartEmpty();
        Assert.True(Assert.Single(await RestoreTests.Restore(net[node], backup)).IsNew);
        await net.Until(() => channel.Spender() is not null, "the peer closes");
        channel.ForceClosed(by: other);
        await net.Mine();

        // The other one takes what is its own; what it would have received from the lost one is nobody's but by its preimage.
        if (settles) await net[other].Settle(other == "bob" ? toBob : toAlice);
        await RestoreTests.GetsBack(net, channel, node, before, mine);
        Assert.False(net[node].HasPublished(channel.Spender()!.TxId));
    }

    [Fact]
    public async Task Of_an_old_commitment_of_the_peer_what_it_pays_is_taken()
    {
        await using var net = await RestoreTests.Pair();
        var channel = net.Channels[0];
        var (old, then) = (channel.CommitmentOf("bob"), channel.BalanceOf("alice"));
        (await net["bob"].Pay(await net["alice"].Invoice(100_000.Sat()))).ShouldSettle();
        var (_, _, before, backup) = await RestoreTests.Remember(net, "alice");
        await net["alice"].Crash();
        await net["bob"].Crash();
        net.Chain.Broadcast(old);
        await net.Mine();
        await net["alice"].RestartEmpty();
        Assert.True(Assert.Single(await RestoreTests.Restore(net["alice"], backup)).IsNew);
        channel.ShouldBeClosedBy(old);
        await RestoreTests.GetsBack(net, channel, "alice", before, then);
    }

    [Fact]
    public async Task Where_both_have_lost_it_neither_publishes_anything_nor_do_they_keep_each_other_busy()
    {
        await using var net = await RestoreTests.Pair();
        var channel = net.Channels[0];
        foreach (var node in net.Nodes)
        {
            var backup = await RestoreTests.Export(node);
            await node.RestartEmpty();
            Assert.True(Assert.Single(await RestoreTests.Restore(node, backup)).IsNew);
        }

        await net.Advance(TimeSpan.FromMinutes(5));
        var rows = net.Nodes.Sum(Rows);
        await net.AdvanceBlocks(150);
        await net["alice"].Restart();
        await net.AdvanceBlocks(10);
        channel.ShouldBeOpen();
        foreach (var node in net.Nodes)
        {
            Assert.Equal("WaitForRemoteClose", channel.StateAt(node.Name));
            Assert.Equal(PendingChannelStage.WaitingForClose, Assert.Single(await node.Do(static api => api.ListPendingChannelsAsync())).Stage);
        }

        Assert.InRange(net.Nodes.Sum(Rows) - rows, 0, 8);
    }

    // Without what follows the chain, which writes with the blocks.
    private static long Rows(ScenarioNode node) => node.Disk.Entities().Where(static entity => entity != "chain-monitor").Sum(node.Disk.Highest);
}
