using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.TestKit.Exploration;

namespace Lightning.Channels.Tests.States;

/// <summary>When a channel goes on chain by itself, and when a relayed HTLC is failed before the chain has decided it.</summary>
public class DeadlinesTests
{
    private static readonly HtlcOrigin Relayed = new HtlcOrigin.Relayed(new LocalChannelKey(7, 7), 3);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_expired_HTLC_without_an_output_closes_nothing(bool fulfilled)
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 200_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        pair.Disconnect();
        if (fulfilled) pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        foreach (var node in (ChannelNode[])[pair.Alice, pair.Bob])
        {
            node.Height = 1_000;
            node.Do(new ChannelCommand.NewBlock());
            Assert.IsType<Normal>(node.State);
        }
    }

    [Fact]
    public void An_HTLC_with_an_output_in_one_commitment_only_still_counts()
    {
        // On alice's commitment it is dust, on bob's it is not.
        var config = new ChannelConfig { Network = Network.Regtest };
        var pair = ChannelPair.Open(alice: config with { DustLimit = new(1_000) }, bob: config);
        pair.Add(pair.Alice, 600_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        At(pair.Alice, 152);
        Assert.Equal(CloseReason.HtlcDeadline, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Reason);
    }

    [Fact]
    public void After_a_cold_start_a_deadline_waits_for_the_peer_as_long_as_it_may()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        pair.Disconnect();
        pair.Alice.Height = 157;
        pair.Alice.Restart();
        At(pair.Alice, 157);
        Assert.IsType<Normal>(pair.Alice.State);

        // The hard deadline is met without a block, as soon as the chain has answered.
        pair.Alice.Height = 158;
        pair.Alice.Restart();
        Assert.Equal(CloseReason.HtlcDeadline, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Reason);
    }

    [Fact]
    public void After_a_cold_start_the_hard_deadline_of_a_relayed_HTLC_is_that_of_what_it_came_from()
    {
        var pair = ChannelPair.Open();
        Relay(pair, 5_000_000, expiry: 150, incoming: 164);
        pair.Disconnect();
        pair.Alice.Height = 154;
        pair.Alice.Restart();
        Assert.IsType<Normal>(pair.Alice.State);
        At(pair.Alice, 155);
        Assert.IsType<Channels.States.Closing>(pair.Alice.State);
    }

    [Fact]
    public void After_a_cold_start_a_fulfilled_HTLC_waits_for_the_peer_until_nine_blocks_before_its_expiry()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        pair.Disconnect();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Bob.Height = 140;
        pair.Bob.Restart();
        At(pair.Bob, 140);
        Assert.IsType<Normal>(pair.Bob.State);
        At(pair.Bob, 141);
        Assert.IsType<Channels.States.Closing>(pair.Bob.State);
    }

    [Fact]
    public void Once_the_peer_was_heard_of_after_a_start_the_ordinary_deadline_holds_again()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        pair.Disconnect();
        pair.Alice.Height = pair.Bob.Height = 152;
        pair.Alice.Restart();
        pair.Connect();
        pair.Run();

        // What the peer says upon the reestablishment may settle all: the next block decides.
        Assert.IsType<Normal>(pair.Alice.State);
        pair.Disconnect();
        At(pair.Alice, 153);
        Assert.IsType<Channels.States.Closing>(pair.Alice.State);
    }

    [Theory]
    [InlineData("normal")]
    [InlineData("closing")]
    [InlineData("lost")]
    [InlineData("guarded")]
    public void A_relayed_HTLC_is_failed_early_only_when_what_it_came_from_would_be_lost(string state)
    {
        // Of dust on an open channel, so that nothing closes it.
        var pair = ChannelPair.Open();
        Relay(pair, state == "normal" ? 200_000 : 20_000_000, expiry: 150, incoming: 170);
        var own = pair.Add(pair.Alice, 200_000, ChannelPair.Preimage(2), expiry: 150);
        pair.Run();
        var alice = pair.Alice;
        switch (state)
        {
            case "closing":
                alice.Do(new ChannelCommand.ForceClose());
                break;
            case "lost":
                Lose(pair);
                break;
            case "guarded":
                pair.Disconnect();
                alice.Guarded = true;
                break;
        }

        At(alice, 166);
        Assert.Empty(alice.Failed);
        alice.Actions.Clear();
        At(alice, 167);
        Assert.Equal([Relayed], alice.Failed.Keys);
        Assert.Equal(new ChannelAction.ReportEarlyFailure(0, 170), Assert.Single(alice.Actions.OfType<ChannelAction.ReportEarlyFailure>()));
        Assert.DoesNotContain(own, alice.Failed.Keys);
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State));

        // Said again until it is acknowledged, and not decided again.
        alice.Actions.Clear();
        At(alice, 168);
        Assert.DoesNotContain(alice.Actions, static action => action is ChannelAction.ReportEarlyFailure);
        alice.Restart();
        Assert.Contains(alice.Actions, static action => action is ChannelAction.HtlcFailed failed && failed.Origin == Relayed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_start_nothing_is_failed_early_before_the_chain_was_read(bool isClosing)
    {
        var pair = ChannelPair.Open();
        Relay(pair, 100_000_000, expiry: 150, incoming: 190);
        var (alice, preimage) = (pair.Alice, ChannelPair.Preimage(1));
        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        pair.Disconnect();
        if (isClosing) alice.Do(new ChannelCommand.FundingSpent(commitment, 140));

        // While she is away bob takes the HTLC with the preimage.
        alice.Height = 188;
        alice.Funding = null;
        alice.Restart();
        alice.Do(new ChannelCommand.NewBlock());
        Assert.Empty(alice.Failed);
        if (!isClosing) alice.Do(new ChannelCommand.FundingChecked(alice.Funded.Commitments.Latest.Funding.OutPoint, FundingStatus.Spent, 188), new ChannelCommand.FundingSpent(commitment, 140));
        alice.Do(new ChannelCommand.NewBlock());
        Assert.Empty(alice.Failed);
        var index = (uint)commitment.Outputs.ToList().FindIndex(static one => one.Value == 100_000.Sat());
        var output = new OutPoint(commitment.TxId, index);
        Assert.Contains(alice.Actions, action => action is ChannelAction.CheckFunding check && check.Funding == output);
        alice.Do(new ChannelCommand.OutputSpent(new Transaction(2, [new TxIn(output, default, 0, new Witness([new Bytes(preimage.Value.Span)]))], [], 0), 141));
        Assert.Empty(alice.Failed);
        Assert.Equal(preimage, alice.Fulfilled[Relayed]);
    }

    [Fact]
    public void After_a_start_it_is_failed_early_once_the_chain_says_that_it_is_not_decided()
    {
        var pair = ChannelPair.Open();
        Relay(pair, 100_000_000, expiry: 150, incoming: 190);
        var alice = pair.Alice;
        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        pair.Disconnect();
        alice.Do(new ChannelCommand.FundingSpent(commitment, 140));
        alice.Height = 188;
        alice.Funding = null;
        alice.Restart();
        alice.Do(new ChannelCommand.NewBlock());
        alice.Do(new ChannelCommand.NewBlock());
        Assert.Empty(alice.Failed);
        var output = alice.Actions.OfType<ChannelAction.CheckFunding>().Last().Funding;
        alice.Do(new ChannelCommand.FundingChecked(output, FundingStatus.Missing, 188));
        Assert.Empty(alice.Failed);
        alice.Do(new ChannelCommand.FundingChecked(output, FundingStatus.Unspent, 188));
        Assert.Equal([Relayed], alice.Failed.Keys);
    }

    // Its HTLC may be in the commitment on chain, which this node cannot read: whether it was paid is seen there for a while, and then no more.
    [Fact]
    public void A_payment_over_a_channel_whose_state_was_lost_fails_when_nobody_watches_for_its_preimage_any_more()
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        var own = pair.Add(alice, 20_000_000, ChannelPair.Preimage(2), expiry: 150);
        pair.Run();
        Lose(pair);
        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        alice.Do(new ChannelCommand.FundingSpent(commitment, 102));
        At(alice, 104);
        var sweep = alice.Actions.OfType<ChannelAction.Publish>().Last(static publish => publish.Purpose == TransactionPurpose.Sweep).Transaction;
        alice.Do(new ChannelCommand.OutputSpent(sweep, 105));
        At(alice, 120);
        Assert.IsType<Closed>(alice.State);
        At(alice, 150 + alice.Config.WatchAfterClosed - 1);
        Assert.Empty(alice.Failed);
        At(alice, 150 + alice.Config.WatchAfterClosed);
        Assert.Equal([own], alice.Failed.Keys);
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State));
        alice.Do(new ChannelCommand.AcknowledgeResult(own));
        Assert.Empty(alice.Funded.Commitments.Outgoing.Unacknowledged);
    }

    [Fact]
    public void An_HTLC_that_has_not_expired_here_is_not_failed_early()
    {
        var pair = ChannelPair.Open();
        Relay(pair, 200_000, expiry: 175, incoming: 170);
        At(pair.Alice, 174);
        Assert.Empty(pair.Alice.Failed);
    }

    [Fact]
    public void A_preimage_that_comes_after_an_early_failure_is_kept()
    {
        var pair = ChannelPair.Open();
        Relay(pair, 200_000, expiry: 150, incoming: 170);
        At(pair.Alice, 167);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Run();
        Assert.IsType<Normal>(pair.Alice.State);
        Assert.IsType<HtlcResult.Fulfilled>(pair.Alice.Funded.Commitments.Outgoing.Find(Relayed)!.Result);
        Assert.Empty(pair.Alice.Funded.Commitments.Latest.LocalSpec.Htlcs);
    }

    private static void Relay(ChannelPair pair, long msat, uint expiry, uint incoming)
    {
        pair.Alice.Do(ChannelPair.AddCommand(pair.Alice, msat, ChannelPair.Preimage(1), expiry, Relayed) with { RefuseFrom = incoming });
        pair.Run();
        Assert.Equal(0ul, pair.Alice.Accepted[Relayed]);
    }

    // The peer proves that this node is behind.
    private static void Lose(ChannelPair pair)
    {
        var journal = pair.Alice.Journal.ToList();
        pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(9));
        pair.Run();
        pair.Disconnect();
        pair.Alice.Journal.Clear();
        pair.Alice.Journal.AddRange(journal);
        pair.Alice.Restart();
        pair.Connect();
        pair.Run();
        Assert.IsType<WaitForRemoteClose>(pair.Alice.State);
    }

    private static void At(ChannelNode node, uint height)
    {
        node.Height = height;
        node.Do(new ChannelCommand.NewBlock());
    }
}
