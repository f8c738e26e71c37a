using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;

namespace Lightning.TestKit.Tests.KnownFailures;

/// <summary>Where other nodes stopped seeing the chain, or believed it too soon.</summary>
public sealed class ChainEdgeTests
{
    // A witness of two megabytes, versions and lock times that nobody uses, scripts that are none: consensus takes it all.
    [Fact]
    public async Task A_very_large_witness_or_an_odd_but_valid_block_does_not_stop_the_chain_monitor()
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        var anyone = new Script(new Bytes([0x60, 0x02, 0x4e, 0x73]));
        var coin = net.Chain.Simulated.Fund(anyone, 100_000.Sat());
        await net.Mine();
        var odd = new Transaction(
            0xFFFFFFFF,
            [new TxIn(new OutPoint(coin.TxId, 0), Script.Empty, 0xFFFFFFFF, Witness.Of(new byte[2_000_000], [], new byte[521]))],
            [
                new TxOut(Satoshi.Zero, new Script(new Bytes([0x4e, 0xff, 0xff, 0xff, 0xff, 0x01]))),
                new TxOut(1.Sat(), Script.Empty),
                new TxOut(Satoshi.Zero, new Script(Bytes.Wrap(Enumerable.Repeat((byte)0x6a, 20_000).ToArray()))),
            ],
            0xFFFFFFFF);

        // The close is in the same block, behind it.
        await net.Chain.MineHidden(odd, channel.CommitmentOf("alice"));
        Assert.Equal("Closing", channel.StateAt("alice"));
        Assert.Equal("Closing", channel.StateAt("bob"));
        Assert.Empty(net["alice"].Errors);
        await net.Mine(1_000);
        Assert.Equal(("gone", "gone"), (channel.StateAt("alice"), channel.StateAt("bob")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_block_that_cannot_be_read_is_an_error_to_the_operator_and_followed_once_it_can_be(bool isReorganised)
    {
        await using var net = await Pair();
        var (channel, alice) = (net.Channels[0], net["alice"]);
        alice.CannotReadBlocks(from: net.Chain.Height + 2);
        await net.Mine(3);
        await net.Advance(TimeSpan.FromMinutes(1));

        // Once, however often it is tried.
        Assert.Contains("cannot be read", Assert.Single(alice.Errors), StringComparison.Ordinal);
        Assert.Equal(net.Chain.Height - 2, alice.Runtime.Tip.Height);
        await net.Chain.MineHidden(channel.CommitmentOf("bob"));
        if (isReorganised) await net.Chain.Reorg(3);
        alice.CannotReadBlocks(null);
        await net.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(net.Chain.Height, alice.Runtime.Tip.Height);
        Assert.Equal("Closing", channel.StateAt("alice"));
        Assert.Single(alice.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unknown_answer_of_bitcoind_to_a_broadcast_is_retried_and_not_taken_as_final(bool restarts)
    {
        await using var net = await Pair();
        var (channel, alice) = (net.Channels[0], net["alice"]);

        // Bob would close for himself when he hears of it.
        await net["bob"].Crash();
        alice.AnswerBroadcasts(static _ => new BroadcastResult(BroadcastOutcome.Rejected, "bad-something-new"));
        await alice.Close(channel, force: true);
        await net.AdvanceBlocks(3);
        channel.ShouldBeOpen();
        if (restarts)
        {
            await alice.Restart();
            await net.AdvanceBlocks(3);
            channel.ShouldBeOpen();
        }

        alice.AnswerBroadcasts(null);
        await net.AdvanceBlocks();
        channel.ForceClosed(by: "alice");
    }

    private static async Task<ScenarioNetwork> Pair()
    {
        var net = await Scenario.Network("alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        return net;
    }
}
