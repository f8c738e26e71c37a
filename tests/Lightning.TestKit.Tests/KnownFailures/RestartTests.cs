using Lightning.Actors.Api;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Simulation;
using Lightning.TestKit.Tests.Conformance;
using Lightning.TestKit.Tests.Faults;

namespace Lightning.TestKit.Tests.KnownFailures;

/// <summary>What has lost other nodes money when they started again, when two things happened at once, or when their database had trouble.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task No_HTLC_is_relayed_twice_nor_failed_early_after_a_restart_while_its_channel_is_on_chain()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        await way.To.NodeCloses(force: true);
        var commitment = way.To.Published();
        for (var i = 0; i < 3; i++)
        {
            await way.Alice.Restart();
            await way.Net.Mine(3);
            await way.Met.Mallory.Connect("alice");
            await way.From.Run();
            Assert.Empty(way.From.Failures);
            Assert.Single(way.From.Commitments.Latest.LocalSpec.Htlcs);
        }

        Assert.Single(way.Eve.Received.OfType<UpdateAddHtlc>());
        await way.Net.Chain.MineHidden(commitment.Take((0, way.Preimage)));
        await way.From.Run();
        Assert.Equal(way.Preimage, Assert.Single(way.From.Preimages));
    }

    [Fact]
    public async Task A_peer_that_says_we_are_behind_without_a_proof_gets_a_force_close()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.Run();
        await met.Mallory.Reconnect();
        await met.Mallory.Expect<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>(static mine => mine with { NextRevocationNumber = mine.NextRevocationNumber + 5 });
        await met.Channel.ExpectFailure();
    }

    [Fact]
    public async Task One_with_a_proof_never_gets_our_old_commitment()
    {
        await using var met = await Encounter.ShownToBeBehind();
        await met.Net.Mine(10);

        // Neither by itself, nor after a restart, nor when it is asked to.
        await met.Alice.Restart();
        await met.Channel.NodeCloses(force: true);
        await met.Net.Mine(200);
        Assert.Null(met.Channel.Spender());
        Assert.Equal(nameof(WaitForRemoteClose), met.Channel.StateAtNode);
        await met.Net.Chain.MineHidden(met.Channel.Commitment);
        await met.Net.Mine(10);
        Assert.InRange((await met.Alice.WalletBalance()).Confirmed.Value, 515_000, 520_000);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task A_mutual_and_a_forced_closing_at_the_same_time_end_in_one(string forces)
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        var other = forces == "alice" ? "bob" : "alice";
        var closes = (net[other].BeginClose(channel), net[forces].BeginClose(channel, force: true));
        await net.Rest();
        await EndsOnce(net, channel);
        Assert.True(closes.Item1.IsCompleted && closes.Item2.IsCompleted);
    }

    // Both have signed it by then, and either may be mined.
    [Theory]
    [InlineData("alice", false)]
    [InlineData("bob", false)]
    [InlineData("alice", true)]
    public async Task A_closing_transaction_that_is_mined_although_a_forced_closing_followed_it_ends_the_channel_by_agreement(string forces, bool restarts)
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        await net["alice"].Close(channel);
        var closing = channel.Spender()!;
        await net[forces].Close(channel, force: true);
        if (restarts) await net[forces].Restart();
        await net.Chain.MineHidden(closing);
        await net.Mine(10);
        Assert.Equal(("gone", "gone"), (channel.StateAt("alice"), channel.StateAt("bob")));
        Assert.InRange((await net["bob"].WalletBalance()).Confirmed.Value, 299_000, 300_000);
        foreach (var node in net.Nodes) Assert.Empty(node.Errors);
        foreach (var node in net.Nodes) Assert.Equal(CloseKind.Cooperative, Assert.Single(await node.Do(static api => api.ListClosedChannelsAsync())).Kind);
    }

    [Fact]
    public async Task Two_forced_closings_at_the_same_time_end_in_one_also_when_a_reorganisation_swaps_them()
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        var bobs = channel.CommitmentOf("bob");
        _ = (net["alice"].BeginClose(channel, force: true), net["bob"].BeginClose(channel, force: true));
        await net.Rest();
        var first = channel.Spender()!;
        var second = first.TxId == bobs.TxId ? channel.CommitmentOf("alice") : bobs;
        await net.Mine(4);
        net.Chain.Simulated.InvalidateTip(4);
        await net.Chain.MineHidden(second);
        await net.Mine(5);
        Assert.Equal(second.TxId, channel.Spender()!.TxId);
        await EndsOnce(net, channel);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public async Task SQL_errors_never_end_in_an_error_message_and_a_force_close_while_a_deadline_is_near(string node)
    {
        await using var net = await Line.Create();
        var invoice = await net["carol"].HoldInvoice(100_000.Sat());
        var payment = await net["alice"].StartPayment(invoice);
        var expiry = Assert.Single(net.Channels[1].SpecAt("bob")!.Htlcs, static htlc => htlc.Direction == HtlcDirection.Offered).CltvExpiry;
        while (net.Chain.Height < expiry - 30) await net.Mine();
        net[node].Journal.FillDisk();
        await net["carol"].Settle(invoice).WaitAsync(TimeSpan.Zero).ContinueWith(static _ => { }, TaskScheduler.Default);
        await net.AdvanceBlocks(3);
        foreach (var channel in net.Channels) channel.ShouldBeOpen();
        net[node].Journal.Heal();
        await net.Advance(TimeSpan.FromMinutes(2));
        if (!payment.HasEnded) await net["carol"].Settle(invoice);
        (await payment.End()).ShouldSettle();
        Assert.DoesNotContain("error \"", net.Chart(), StringComparison.Ordinal);
        await net.AllIsWell();
    }

    [Fact]
    public async Task Nor_is_a_claim_lost_that_was_written_and_not_broadcast()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        await way.Net.Chain.MineHidden(way.To.Keep().Transaction);

        // Whichever of its writes it dies at.
        for (var i = 0; i < 12; i++)
        {
            way.Alice.Journal.CrashAfterWrite(of: "channel");
            await way.Net.Mine(way.Net.Chain.Height < way.OutgoingExpiry ? 30 : 1);
            if (!way.Alice.IsRunning) await way.Alice.Start();
            way.Alice.Journal.Heal();
        }

        await way.Net.Mine(10);
        var output = way.To.Keep().HtlcOutput(0, isIncoming: true)!.Value;
        Assert.True(way.Alice.HasPublished(way.Net.Chain.FindConfirmedSpender(output)!.TxId));
    }

    private static async Task<ScenarioNetwork> Pair()
    {
        var net = await Scenario.Network(BriefDelays.Options, "alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 300_000_000.Msat());
        return net;
    }

    // Both have what they had, but for the fees.
    private static async Task EndsOnce(ScenarioNetwork net, ScenarioChannel channel)
    {
        var before = (await net["bob"].WalletBalance()).Confirmed;
        await net.MineUntilGone(channel, "alice", "bob");
        Assert.InRange((await net["alice"].WalletBalance()).Confirmed.Value, 690_000, 1_000_000);
        Assert.InRange((await net["bob"].WalletBalance()).Confirmed.Value - before.Value, 290_000, 300_000);
        foreach (var node in net.Nodes) Assert.Empty(node.Errors);
    }
}
