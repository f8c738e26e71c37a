using Lightning.TestKit.Exploration;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

public class ForceCloseTests
{
    public static TheoryData<bool> Formats { get; } = new() { true, false };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Our_commitment_is_valid_and_its_balance_ours_after_the_delay(bool anchors)
    {
        var pair = Open(anchors);
        var force = new ChannelCommand.ForceClose();
        pair.Alice.Do(force);
        Assert.Contains(pair.Alice.Actions, action => action is ChannelAction.CommandDone done && done.Command == force);
        Assert.IsType<Error>(pair.Alice.Sent[^1]);
        var commitment = pair.Alice.Last<ChannelAction.Publish>().Transaction;
        Chain.Verify(commitment, pair.FundingTransaction!);
        pair.Alice.Restart();
        Assert.Equal(commitment, pair.Alice.Last<ChannelAction.Publish>().Transaction);
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        // For the first block that may hold it, and for no earlier one.
        pair.Alice.Reach(818);
        Assert.Empty(pair.Alice.Published(TransactionPurpose.Sweep));
        pair.Alice.Reach(819);
        var sweep = Assert.Single(pair.Alice.Published(TransactionPurpose.Sweep));
        Chain.Verify(sweep, commitment);
        Assert.Equal(720u, sweep.Inputs[0].Sequence);
        Assert.Equal(pair.Alice.Wallet.SweepScript, sweep.Outputs.Single().ScriptPubKey);
        End(pair.Alice, commitment, sweep);

        pair.Bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        var theirs = Assert.Single(pair.Bob.Published(TransactionPurpose.Sweep));
        Chain.Verify(theirs, commitment);
        Assert.Equal(pair.Bob.Wallet.SweepScript, theirs.Outputs.Single().ScriptPubKey);
        End(pair.Bob, commitment, theirs);
        Assert.Equal(CloseReason.PeerClosed, ((Closed)pair.Bob.State).Reason);
    }

    [Fact]
    public void An_error_of_the_peer_closes_the_channel_on_chain_without_an_answer()
    {
        var pair = Open(anchors: true);
        pair.Alice.Sent.Clear();
        pair.Alice.Do(new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [new Error(pair.Alice.State.Id!.Value, "bye")]));
        Assert.Equal(CloseReason.PeerError, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Reason);
        Assert.Empty(pair.Alice.Sent);
        Chain.Verify(pair.Alice.Last<ChannelAction.Publish>().Transaction, pair.FundingTransaction!);
    }

    [Fact]
    public void A_spend_of_the_funding_output_in_the_mempool_ends_nothing_and_one_in_a_block_keeps_its_height()
    {
        var pair = Open(anchors: true);
        pair.Bob.Do(new ChannelCommand.ForceClose());
        var commitment = pair.Bob.Last<ChannelAction.Publish>().Transaction;
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 0));
        Assert.IsType<Normal>(pair.Alice.State);
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 107));
        Assert.Equal(107u, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Spend!.BlockHeight);
        Assert.Equal(107u, Assert.IsType<Channels.States.Closing>(pair.Alice.Replay()).Spend!.BlockHeight);
    }

    [Fact]
    public void An_htlc_may_be_failed_for_the_sake_of_its_incoming_channel_in_any_state()
    {
        var pair = Open(anchors: true);
        var origin = pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        var failed = Assert.IsType<Normal>(pair.Alice.State.Apply(new DurableEvent.HtlcsFailedOnChain([pair.Alice.Accepted[origin]])));
        Assert.IsType<HtlcResult.Failed>(failed.Commitments.Outgoing.Find(origin)!.Result);
    }

    [Fact]
    public void The_error_is_told_again_on_each_connection()
    {
        var pair = Open(anchors: true);
        pair.Alice.Do(new ChannelCommand.ForceClose());
        pair.Disconnect();
        pair.Alice.Sent.Clear();
        pair.Wire();
        pair.Alice.Do(new ChannelCommand.Connected(pair.Alice.Connection!.Value, 1, ChannelPair.AllFeatures));
        Assert.IsType<Error>(Assert.Single(pair.Alice.Sent));
    }

    [Fact]
    public void An_expired_htlc_closes_the_channel()
    {
        var pair = Open(anchors: true);
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        pair.Alice.Height = 151;
        pair.Alice.Do(new ChannelCommand.NewBlock());
        Assert.IsType<Normal>(pair.Alice.State);
        pair.Alice.Height = 152;
        pair.Alice.Do(new ChannelCommand.NewBlock());
        Assert.Equal(CloseReason.HtlcDeadline, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Reason);
    }

    [Fact]
    public void A_fulfilled_htlc_that_the_peer_does_not_remove_closes_the_channel_in_time()
    {
        var pair = Open(anchors: true);
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        pair.Bob.Height = 140;
        pair.Bob.Do(new ChannelCommand.NewBlock());
        Assert.IsType<Normal>(pair.Bob.State);
        pair.Bob.Height = 131;
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Bob.Do(new ChannelCommand.NewBlock());
        Assert.IsType<Normal>(pair.Bob.State);
        pair.Bob.Height = 132;
        pair.Bob.Do(new ChannelCommand.NewBlock());
        Assert.IsType<Channels.States.Closing>(pair.Bob.State);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Htlcs_on_our_commitment_are_taken_with_preimage_or_after_expiry(bool anchors)
    {
        var pair = Open(anchors);
        var offered = pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1), expiry: 150);
        var dust = pair.Add(pair.Alice, 200_000, ChannelPair.Preimage(3), expiry: 150);
        pair.Add(pair.Bob, 30_000_000, ChannelPair.Preimage(2), expiry: 160);
        pair.Run();
        pair.Disconnect();
        pair.Alice.Do(new ChannelCommand.ForceClose());
        var commitment = pair.Alice.Last<ChannelAction.Publish>().Transaction;
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.DoesNotContain(pair.Alice.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.HtlcSuccess or TransactionPurpose.HtlcTimeout });

        // The preimage comes late, and still takes the HTLC.
        pair.Alice.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(2)));
        Assert.Contains(0ul, pair.Alice.Settled);
        var success = Assert.Single(pair.Alice.Published(TransactionPurpose.HtlcSuccess));
        Chain.Verify(success, commitment, pair.Alice.Coins);
        Assert.Equal(anchors ? 2 : 1, success.Inputs.Length);

        // What has no output in any commitment fails at once; what has one, once it is taken back for good.
        Confirm(pair.Alice, commitment);
        Assert.Equal(dust, Assert.Single(pair.Alice.Failed.Keys));
        pair.Alice.Mine(success, 106);
        pair.Alice.Reach(149);
        Assert.Empty(pair.Alice.Published(TransactionPurpose.HtlcTimeout));
        pair.Alice.Reach(150);
        var timeout = Assert.Single(pair.Alice.Published(TransactionPurpose.HtlcTimeout));
        Chain.Verify(timeout, commitment, pair.Alice.Coins, success);
        Assert.Equal(150u, timeout.LockTime);
        pair.Alice.Height = 151;
        pair.Alice.Mine(timeout);
        pair.Alice.Reach(155);
        Assert.False(pair.Alice.Failed.ContainsKey(offered));
        pair.Alice.Reach(156);
        Assert.IsType<HtlcFailure.OnChain>(pair.Alice.Failed[offered]);

        // Three delays, three sweeps.
        var sweeps = pair.Alice.MineAll();
        Assert.Equal(3, sweeps.Count);
        Assert.Equal(commitment.TxId, sweeps[0].Inputs.Single().PreviousOutput.TxId);
        Assert.Equal(new OutPoint(success.TxId, 0), sweeps[1].Inputs.Single().PreviousOutput);
        Assert.Equal(new OutPoint(timeout.TxId, 0), sweeps[2].Inputs.Single().PreviousOutput);
        var balance = commitment.Outputs[(int)sweeps[0].Inputs[0].PreviousOutput.Index].Value.Value;
        // The fees of three sweeps, and of HTLC transactions that pay theirs themselves.
        Assert.InRange(pair.Alice.Swept(sweeps), balance + 50_000 - (anchors ? 1_500 : 5_000), balance + 50_000 - 1);
        Assert.Equal(CloseReason.Requested, Assert.IsType<Closed>(pair.Alice.State).Reason);
        Assert.Equal(StateDump.Of(pair.Alice.Replay()), StateDump.Of(pair.Alice.State));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Htlcs_on_the_peers_commitment_are_taken_whichever_of_its_two_it_publishes(bool anchors, bool next)
    {
        var pair = Open(anchors);
        var offered = pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Add(pair.Bob, 30_000_000, ChannelPair.Preimage(2), expiry: 160);
        pair.Run();
        pair.Alice.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(2)));
        HtlcOrigin? late = null;
        if (next)
        {
            // Bob has alice's signature for a commitment without the fulfilled HTLC and with another one; his revocation never comes.
            late = pair.Add(pair.Alice, 40_000_000, ChannelPair.Preimage(5), expiry: 170);
            pair.DeliverAll(pair.Bob);
            pair.Bob.Outbox.Clear();
        }

        pair.Disconnect();
        pair.Bob.Do(new ChannelCommand.ForceClose());
        var commitment = pair.Bob.Last<ChannelAction.Publish>().Transaction;
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal(next ? SpendKind.NextRemoteCommitment : SpendKind.RemoteCommitment, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Spend!.Kind);
        Assert.Equal(next ? 0 : 1, pair.Alice.Published(TransactionPurpose.HtlcSuccess).Count);
        pair.Alice.Reach(149);
        Assert.Empty(pair.Alice.Published(TransactionPurpose.HtlcTimeout));
        pair.Alice.Reach(150);
        Assert.Equal(150u, Assert.Single(pair.Alice.Published(TransactionPurpose.HtlcTimeout)).LockTime);
        foreach (var transaction in pair.Alice.Actions.OfType<ChannelAction.Publish>().Where(static one => one.Purpose != TransactionPurpose.Funding)) Chain.Verify(transaction.Transaction, commitment);

        // Bob takes the HTLC with its preimage, which is owed upstream.
        pair.Bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        var success = Assert.Single(pair.Bob.Published(TransactionPurpose.HtlcSuccess));
        Chain.Verify(success, commitment, pair.Bob.Coins);
        pair.Alice.Do(new ChannelCommand.OutputSpent(success, 150));
        Assert.Equal(ChannelPair.Preimage(1), pair.Alice.Fulfilled[offered]);
        Confirm(pair.Alice, commitment);
        Confirm(pair.Alice, success);
        Assert.False(pair.Alice.Failed.ContainsKey(offered));
        if (late is not null) Assert.False(pair.Alice.Failed.ContainsKey(late) && pair.Alice.Fulfilled.ContainsKey(late));
        pair.Alice.Restart();
        Assert.Equal(ChannelPair.Preimage(1), pair.Alice.Fulfilled[offered]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_htlc_missing_from_the_confirmed_commitment_never_fails_once_its_preimage_is_known(bool ours)
    {
        var pair = Open(anchors: true);
        var known = pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();

        // Bob fulfills and signs; alice has the preimage, and the HTLC is gone from her commitment.
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.DeliverAll(pair.Alice);
        pair.Deliver(pair.Bob);
        pair.Deliver(pair.Bob);
        var closer = ours ? pair.Alice : pair.Bob;
        if (ours) pair.Alice.Do(new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [new Error(pair.Alice.State.Id!.Value, "bye")]));
        else pair.Bob.Do(new ChannelCommand.ForceClose());
        var commitment = closer.Last<ChannelAction.Publish>().Transaction;
        pair.Alice.Restart();
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        pair.Alice.Restart();
        Confirm(pair.Alice, commitment);
        Assert.Equal(ChannelPair.Preimage(1), pair.Alice.Fulfilled[known]);
        Assert.False(pair.Alice.Failed.ContainsKey(known));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_revoked_commitment_loses_everything(bool anchors)
    {
        var pair = Open(anchors);
        pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Add(pair.Bob, 30_000_000, ChannelPair.Preimage(2), expiry: 160);
        pair.Run();
        var old = pair.Bob.State;
        var oldNumber = pair.Bob.Funded.Commitments.LocalNumber;
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Run();
        var cheat = Channel.Decide(old, new ChannelCommand.ForceClose(), pair.Bob.Signer, pair.Bob.Environment).Actions.OfType<ChannelAction.Publish>().Single().Transaction;
        pair.Alice.Do(new ChannelCommand.FundingSpent(cheat, 100));
        Assert.Equal(oldNumber, pair.Alice.Last<ChannelAction.FindRevokedCommitment>().CommitmentNumber);
        Assert.DoesNotContain(pair.Alice.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Penalty });
        var spec = RevokedCommitments.Find(pair.Alice.Journal, oldNumber);
        Assert.NotNull(spec);
        pair.Alice.Do(new ChannelCommand.RevokedCommitmentFound(oldNumber, spec));
        // The peer can contest two of them: they are apart from its balance, and from ours.
        Assert.Equal([1, 2], pair.Alice.Published(TransactionPurpose.Penalty).Select(static one => one.Inputs.Length).Order());
        Assert.Single(pair.Alice.Published(TransactionPurpose.Sweep));
        var published = pair.Alice.Actions.Count(static action => action is ChannelAction.Publish);
        pair.Alice.Do(new ChannelCommand.RevokedCommitmentFound(oldNumber, spec));
        Assert.Equal(published, pair.Alice.Actions.Count(static action => action is ChannelAction.Publish));
        var claims = pair.Alice.MineAll();
        Assert.Equal(4, cheat.SpentOf(claims).Count());
        Assert.Equal(cheat.LargeOutputs(), cheat.SpentOf(claims));
        Assert.True(pair.Alice.Swept(claims) > 980_000);
        Assert.Equal(CloseReason.PeerCheated, Assert.IsType<Closed>(pair.Alice.State).Reason);
    }

    [Fact]
    public void Two_htlcs_of_one_hash_and_amount_are_not_confused()
    {
        var pair = Open(anchors: true);
        var first = pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1), expiry: 150);
        var second = pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        pair.Bob.Do(new ChannelCommand.ForceClose());
        var commitment = pair.Bob.Last<ChannelAction.Publish>().Transaction;
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Confirm(pair.Alice, commitment);
        pair.Alice.Reach(150);
        // One transaction for both.
        var timeout = Assert.Single(pair.Alice.Published(TransactionPurpose.HtlcTimeout));
        Assert.Equal(2, commitment.SpentOf([timeout]).Count());
        Chain.Verify(timeout, commitment);
        Assert.Empty(pair.Alice.Failed);
        Confirm(pair.Alice, timeout);
        Assert.True(pair.Alice.Failed.ContainsKey(first) && pair.Alice.Failed.ContainsKey(second));
    }

    [Fact]
    public void Adds_that_wait_and_settlements_that_come_are_answered_when_the_channel_ends()
    {
        var pair = Open(anchors: true);
        pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(2));
        pair.Run();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        var waiting = pair.Add(pair.Alice, 6_000_000, ChannelPair.Preimage(3));
        Assert.DoesNotContain(waiting, pair.Alice.Accepted.Keys);
        pair.Alice.Do(new ChannelCommand.ForceClose());
        Assert.Equal(AddRefusal.Closing, pair.Alice.Refused[waiting]);
        var late = pair.Add(pair.Alice, 6_000_000, ChannelPair.Preimage(4));
        Assert.Equal(AddRefusal.Closing, pair.Alice.Refused[late]);
        pair.Alice.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        Assert.Contains(0ul, pair.Alice.Settled);
    }

    private static ChannelPair Open(bool anchors) => ChannelPair.Open(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey);

    private static void Confirm(ChannelNode node, Transaction transaction) => node.Bury(transaction);

    private static void End(ChannelNode node, Transaction commitment, Transaction sweep)
    {
        Confirm(node, commitment);
        Assert.IsType<Channels.States.Closing>(node.State);
        Confirm(node, sweep);
        Assert.IsType<Closed>(node.State);
        Assert.Equal(StateDump.Of(node.Replay()), StateDump.Of(node.State));
    }
}
