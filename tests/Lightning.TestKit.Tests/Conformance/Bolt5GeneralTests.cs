using Lightning.Actors.Api;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 5 "General Requirements", "Failing a Channel" and "Mutual Close Handling".</summary>
public sealed class Bolt5GeneralTests
{
    [Fact]
    public async Task A_commitment_of_the_peer_in_a_block_ends_the_channel_for_payments_at_once()
    {
        await using var met = await Encounter.Opened();
        await met.Net.Chain.MineHidden(met.Channel.Commitment);
        Assert.Equal(nameof(Lightning.Channels.States.Closing), met.Channel.StateAtNode);
        Assert.Empty(await met.Alice.Do(static api => api.ListChannelsAsync()));
        (await met.Alice.Pay(met.Mallory.Invoice(10_000_000.Msat()))).ShouldFailWith(PaymentFailureReason.InsufficientBalance);
        met.Channel.Pay(await met.Alice.Invoice(10_000.Sat()));
        await met.Channel.Run();
        Assert.Empty(met.Channel.Preimages);
    }

    [Fact]
    public async Task A_block_with_a_transaction_that_only_looks_like_a_commitment_changes_nothing()
    {
        await using var met = await Encounter.Opened();
        var anyone = new ScriptBuilder().Op(OpCode.OP_1).Build();
        var coin = met.Net.Chain.Simulated.Fund(anyone.ToP2wsh(), 2_000_000.Sat());
        await met.Net.Mine();
        var commitment = met.Channel.Commitment;
        var input = new TxIn(new OutPoint(coin.TxId, 0), Script.Empty, commitment.Inputs[0].Sequence, Witness.Of(anyone.Bytes.ToArray()));
        await met.Net.Chain.MineHidden(new Transaction(commitment.Version, [input], commitment.Outputs, commitment.LockTime));
        await met.Net.Mine(10);
        met.Channel.ShouldBeUsable();
        Assert.Empty(met.Alice.Errors);
    }

    [Fact]
    public async Task A_channel_without_money_of_ours_is_not_forgotten_before_it_is_closed()
    {
        await using var met = await Encounter.Opened(push: MilliSatoshi.Zero);
        await met.Mallory.Disconnect();
        await met.Net.Mine(300);
        await met.Alice.Restart();
        await met.Net.Mine(300);
        Assert.Equal(nameof(Normal), met.Channel.StateAtNode);
        await met.Net.Chain.MineHidden(met.Channel.Commitment);
        await met.Net.Mine(4);
        Assert.Equal(nameof(Lightning.Channels.States.Closing), met.Channel.StateAtNode);
        await met.Net.Mine();
        Assert.Equal("gone", met.Channel.StateAtNode);
        Assert.Equal(0, (await met.Alice.WalletBalance()).Confirmed.Value);
    }

    // Signed by both and taken by the mempool: what the peer does then is no reason to publish the commitment, which costs more and takes longer.
    [Fact]
    public async Task A_signed_closing_transaction_is_used_rather_than_the_commitment()
    {
        await using var met = await Encounter.Opened();
        var commitment = met.Alice.SignCommitment(met.Alice.Entry(met.Channel.Funding)!.Funded!).TxId;
        met.Channel.Close();
        await met.Channel.Run();
        var closing = met.Channel.Spender()!.TxId;
        Assert.NotEqual(commitment, closing);
        await met.Mallory.Send(new Error(met.Channel.Id, "no more"));
        await met.Net.Mine();
        Assert.Equal(closing, met.Channel.Spender()!.TxId);
        await met.Net.Mine(10);
        Assert.False(met.Alice.HasPublished(commitment));
        Assert.Equal("gone", met.Channel.StateAtNode);
        Assert.Equal(CloseKind.Cooperative, Assert.Single(await met.Alice.Do(static api => api.ListClosedChannelsAsync())).Kind);
    }

    [Fact]
    public async Task A_mutual_close_is_final_at_six_and_watched_to_150()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Close();
        await met.Channel.Run();
        var closing = met.Channel.Spender()!.TxId;
        await met.Net.Mine(5);
        Assert.NotEqual("gone", met.Channel.StateAtNode);
        Assert.Empty(await met.Alice.Do(static api => api.ListClosedChannelsAsync()));
        await met.Net.Mine();
        Assert.Equal("gone", met.Channel.StateAtNode);
        Assert.Single(await met.Alice.Do(static api => api.ListClosedChannelsAsync()));

        // Before the 150th a reorganisation brings it back; after it nobody looks any more.
        await met.Net.Mine(143);
        await met.Net.Chain.Reorg(149, isEmpty: true);
        Assert.NotEqual("gone", met.Channel.StateAtNode);
        Assert.Empty(await met.Alice.Do(static api => api.ListClosedChannelsAsync()));
        await met.Net.Mine(6);
        Assert.Equal("gone", met.Channel.StateAtNode);
        Assert.Equal(closing, Assert.Single(await met.Alice.Do(static api => api.ListClosedChannelsAsync())).ClosingTxId);
    }

    [Fact]
    public async Task A_closed_channel_reopens_when_a_deeper_reorganisation_undoes_it()
    {
        await using var met = await Encounter.Opened();
        await met.Alice.Fund(200_000.Sat());
        await met.Net.Chain.MineHidden(met.Channel.Commitment);
        await met.Net.Mine(20);
        Assert.Equal("gone", met.Channel.StateAtNode);
        await met.Net.Chain.Reorg(21, isEmpty: true);
        Assert.Equal(nameof(Lightning.Channels.States.Closing), met.Channel.StateAtNode);

        // Alice's own is published then; whichever a miner takes, it ends the same.
        await met.Net.Mine(800);
        Assert.Equal("gone", met.Channel.StateAtNode);
        Assert.InRange((await met.Alice.WalletBalance()).Confirmed.Value, 690_000, 700_330);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_20_block_reorganisation_of_a_forced_close_ends_as_if_it_had_not_been(bool restarts)
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 300_000_000.Msat());
        await net.Mine(10);
        await net["alice"].Close(channel, force: true);
        await net.Mine(18);
        if (restarts) await net["alice"].Crash();
        await net.Chain.Reorg(20, isEmpty: true);
        if (restarts) await net["alice"].Start();
        await net.Mine(900);
        Assert.Equal(("gone", "gone"), (channel.StateAt("alice"), channel.StateAt("bob")));
        channel.ForceClosed(by: "alice");
        Assert.InRange((await net["bob"].WalletBalance()).Confirmed.Value, 295_000, 300_330);
    }

    [Fact]
    public async Task A_spend_that_nobody_signed_is_reported_and_fails_nothing()
    {
        await using var way = await Way.Make();
        await way.Arrive();

        // Where alice's half of it went she cannot say.
        way.Net.Cheats("alice");
        await way.Net.Chain.MineHidden(way.To.SpendWithBothKeys());
        Assert.NotEmpty(way.Alice.Errors);
        await way.Net.Mine(20);
        await way.From.Run();
        Assert.Empty(way.From.Failures);
        way.From.ShouldBeOpen();
    }
}
