using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Tests.States;
using Lightning.Channels.Updates;
using Lightning.TestKit.Exploration;

namespace Lightning.Channels.Tests.OnChain;

/// <summary>What the chain says of a channel, with reorganisations (BOLT 5).</summary>
public class ChainViewTests
{
    public static TheoryData<bool> Formats { get; } = [true, false];

    public static TheoryData<int> Steps { get; } = [0, 1, 2, 3, 4, 5];

    [Theory]
    [InlineData(true, SpendKind.LocalCommitment, ChainOutputKind.OurDelayed, ChainOutputKind.Theirs, ChainOutputKind.OfferedHtlc, ChainOutputKind.ReceivedHtlc)]
    [InlineData(false, SpendKind.LocalCommitment, ChainOutputKind.OurDelayed, ChainOutputKind.Theirs, ChainOutputKind.OfferedHtlc, ChainOutputKind.ReceivedHtlc)]
    [InlineData(true, SpendKind.RemoteCommitment, ChainOutputKind.OurBalance, ChainOutputKind.Theirs, ChainOutputKind.OfferedHtlc, ChainOutputKind.ReceivedHtlc)]
    [InlineData(false, SpendKind.RemoteCommitment, ChainOutputKind.OurBalance, ChainOutputKind.Theirs, ChainOutputKind.OfferedHtlc, ChainOutputKind.ReceivedHtlc)]
    [InlineData(true, SpendKind.NextRemoteCommitment, ChainOutputKind.OurBalance, ChainOutputKind.Theirs, ChainOutputKind.OfferedHtlc, ChainOutputKind.ReceivedHtlc)]
    [InlineData(true, SpendKind.RevokedCommitment, ChainOutputKind.OurBalance, ChainOutputKind.RevokedBalance, ChainOutputKind.RevokedHtlc, ChainOutputKind.RevokedHtlc)]
    [InlineData(false, SpendKind.RevokedCommitment, ChainOutputKind.OurBalance, ChainOutputKind.RevokedBalance, ChainOutputKind.RevokedHtlc, ChainOutputKind.RevokedHtlc)]
    public void Every_output_of_every_commitment_is_known(bool anchors, SpendKind kind, params ChainOutputKind[] expected)
    {
        var pair = WithHtlcs(anchors);
        var (alice, bob) = (pair.Alice, pair.Bob);
        var commitment = Broadcastable(kind == SpendKind.LocalCommitment ? bob : alice);
        if (kind == SpendKind.NextRemoteCommitment)
        {
            pair.Add(bob, 40_000_000, ChannelPair.Preimage(7));
            pair.DeliverAll(alice);
            commitment = Broadcastable(alice);
            expected = [.. expected, ChainOutputKind.OfferedHtlc];
        }
        else if (kind == SpendKind.RevokedCommitment)
        {
            pair.Add(bob, 40_000_000, ChannelPair.Preimage(7));
            pair.Run();
        }

        bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        if (kind == SpendKind.RevokedCommitment) Rebuild(bob);
        var closing = Assert.IsType<Channels.States.Closing>(bob.State);
        Assert.Equal(kind, closing.Spend!.Kind);
        var outputs = closing.Outputs(bob.Signer);
        if (anchors) expected = [.. expected, ChainOutputKind.OurAnchor, ChainOutputKind.Theirs];
        Assert.Equal(expected.Order(), outputs.Select(static output => output.Kind).Order());
        Assert.Equal(commitment.Outputs, outputs.Select(static output => output.Output));
        Assert.All(outputs, static output => Assert.Equal((100u, null), (output.MadeAt, output.Spend)));
        Assert.Equal(kind == SpendKind.NextRemoteCommitment ? 3 : 2, outputs.Count(static output => output.HtlcId is not null && output.Hash is not null && output.Expiry == 200));
        // Each of them that decides about money is watched, from its block on.
        var watched = bob.Actions.OfType<ChannelAction.WatchOutputSpent>().Where(static watch => watch.Since == 100).Select(static watch => watch.Output).Distinct().Order();
        Assert.Equal(outputs.Where(static output => output.Kind is not (ChainOutputKind.OurAnchor or ChainOutputKind.Theirs)).Select(static output => output.OutPoint).Order(), watched);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_reorganisation_of_any_step_rolls_back_and_redoes(int undone)
    {
        Assert.Equal(Story(anchors: true, undone: null), Story(anchors: true, undone));
        Assert.Equal(Story(anchors: false, undone: null), Story(anchors: false, undone));
    }

    [Fact]
    public void A_channel_that_a_reorganisation_reopens_is_closed_again_by_what_is_mined_then()
    {
        var pair = ChannelPair.Open();
        var (alice, bob) = (pair.Alice, pair.Bob);
        var (ours, theirs) = (Broadcastable(alice), Broadcastable(bob));
        alice.Do(new ChannelCommand.ForceClose());
        alice.Mine(ours, 100);
        alice.Reach(819);
        alice.Bury(Sweep(alice, ours));
        var closed = Assert.IsType<Closed>(alice.State);
        Assert.False(closed.IsForgettable(closed.FinalAt + 143, alice.Config));
        Assert.True(closed.IsForgettable(closed.FinalAt + 144, alice.Config));
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(closed));

        // What is told again after a restart undoes nothing.
        alice.Actions.Clear();
        alice.Restart();
        Assert.Contains(alice.Actions, static action => action is ChannelAction.WatchFundingSpent);
        var journal = alice.Journal.Count;
        alice.Do(new ChannelCommand.FundingSpent(ours, 100));
        Assert.Equal(journal, alice.Journal.Count);

        alice.Do(new ChannelCommand.SpendUndone(alice.Funded.Commitments.Latest.Funding.OutPoint, ours.TxId));
        Assert.Contains(alice.Actions, static action => action is ChannelAction.ReportReopened);
        Assert.Null(Assert.IsType<Channels.States.Closing>(alice.State).Spend);
        Assert.Equal(ours.TxId, alice.Last<ChannelAction.Publish>().Transaction.TxId);
        alice.Bury(theirs);
        alice.Bury(Sweep(alice, theirs));
        Assert.IsType<Closed>(alice.State);
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State));
    }

    [Fact]
    public void A_mutual_close_is_final_at_six_and_undone_by_a_deeper_reorganisation()
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        var closing = alice.Actions.OfType<ChannelAction.Publish>().Last(static one => one.Purpose == TransactionPurpose.MutualClose).Transaction;
        alice.Mine(closing, 100);
        alice.Height = 104;
        alice.Do(new ChannelCommand.NewBlock());
        Assert.IsType<Negotiating>(alice.State);
        alice.Do(new ChannelCommand.SpendUndone(closing.Inputs[0].PreviousOutput, closing.TxId));
        alice.Height = 107;
        alice.Do(new ChannelCommand.NewBlock());
        Assert.IsType<Negotiating>(alice.State);
        alice.Bury(closing);
        var closed = Assert.IsType<Closed>(alice.State);
        Assert.Equal((closing.TxId, 107u, 112u), (closed.ClosingTransaction!.TxId, closed.ConfirmedAt, closed.FinalAt));
        alice.Actions.Clear();
        alice.Do(new ChannelCommand.SpendUndone(closing.Inputs[0].PreviousOutput, closing.TxId));
        Assert.IsType<Negotiating>(alice.State);
        Assert.Equal(closing.TxId, alice.Last<ChannelAction.Publish>().Transaction.TxId);
        alice.Bury(closing);
        Assert.IsType<Closed>(alice.State);
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State));
    }

    [Fact]
    public void A_second_stage_of_a_cheater_is_taken_at_once_and_followed_also_after_a_restart()
    {
        var pair = WithHtlcs(anchors: true);
        var (alice, bob) = (pair.Alice, pair.Bob);
        var thief = alice.State;
        var revoked = Broadcastable(alice);
        pair.Add(alice, 45_000_000, ChannelPair.Preimage(8));
        pair.Run();
        pair.Disconnect();
        alice.State = thief;
        alice.Actions.Clear();
        alice.Do(new ChannelCommand.FundingSpent(revoked, 100));
        alice.Reach(200);
        var timeout = Assert.Single(alice.Published(TransactionPurpose.HtlcTimeout));
        bob.Do(new ChannelCommand.FundingSpent(revoked, 100));
        Rebuild(bob);
        bob.Height = 101;
        bob.Actions.Clear();
        bob.Do(new ChannelCommand.OutputSpent(timeout, 101));
        // What is left of the batch that it broke, and what the cheater took.
        Assert.Equal(2, bob.Published(TransactionPurpose.Penalty).Count);
        var penalty = bob.Published(TransactionPurpose.Penalty).Single(one => one.Inputs[0].PreviousOutput.TxId == timeout.TxId);
        Tests.States.Chain.Verify(penalty, timeout);
        bob.Actions.Clear();
        bob.Restart();
        Assert.Contains(bob.Actions, action => action is ChannelAction.WatchOutputSpent { Since: 101 } watch && watch.Output == penalty.Inputs[0].PreviousOutput);
        Assert.Contains(bob.Actions, action => action is ChannelAction.Publish publish && publish.Transaction.TxId == penalty.TxId);
        var mined = bob.MineAll();
        Assert.Equal(revoked.LargeOutputs().Except(revoked.SpentOf([timeout])), revoked.SpentOf(mined));
        Assert.Contains(penalty, mined);
        Assert.Equal(107u, bob.Height);
        Assert.Equal(CloseReason.PeerCheated, Assert.IsType<Closed>(bob.State).Reason);
        Assert.Equal(StateDump.Of(bob.Replay()), StateDump.Of(bob.State));
    }

    [Fact]
    public void What_pays_for_no_fee_now_is_taken_when_fees_fall_and_nothing_is_failed_before()
    {
        var pair = ChannelPair.Open();
        var (alice, bob) = (pair.Alice, pair.Bob);
        var origin = pair.Add(alice, 20_000_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        var usual = alice.Fees;
        alice.Fees = new(new(60_000), new(60_000), new(60_000), new(60_000));
        alice.Do(new ChannelCommand.FundingSpent(Broadcastable(bob), 100));
        alice.Height = 170;
        alice.Do(new ChannelCommand.NewBlock());
        Assert.DoesNotContain(alice.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.HtlcTimeout });
        Assert.False(alice.Failed.ContainsKey(origin));
        alice.Fees = usual;
        alice.Do(new ChannelCommand.NewBlock());
        var timeout = Assert.Single(alice.Actions.OfType<ChannelAction.Publish>(), static one => one.Purpose == TransactionPurpose.HtlcTimeout).Transaction;
        alice.Mine(timeout);
        Assert.False(alice.Failed.ContainsKey(origin));
        alice.Bury(timeout);
        Assert.True(alice.Failed.ContainsKey(origin));
    }

    [Fact]
    public void An_htlc_that_is_worth_less_than_any_fee_ends_once_it_is_expired_for_good()
    {
        var pair = ChannelPair.Open();
        var (alice, bob) = (pair.Alice, pair.Bob);
        var origin = pair.Add(alice, 400_000, ChannelPair.Preimage(1), expiry: 150);
        pair.Run();
        var commitment = Broadcastable(bob);
        Assert.Contains(commitment.Outputs, static output => output.Value.Value == 400);
        alice.Bury(commitment);
        alice.Bury(Sweep(alice, commitment));
        alice.Height = 155;
        alice.Do(new ChannelCommand.NewBlock());
        Assert.False(alice.Failed.ContainsKey(origin));
        alice.Height = 156;
        alice.Do(new ChannelCommand.NewBlock());
        Assert.True(alice.Failed.ContainsKey(origin));
        Assert.IsType<Closed>(alice.State);
    }

    [Fact]
    public void A_preimage_in_the_mempool_goes_up_before_it_is_mined_also_for_htlcs_of_that_hash_without_an_output()
    {
        var pair = ChannelPair.Open();
        var (alice, bob) = (pair.Alice, pair.Bob);
        var preimage = ChannelPair.Preimage(1);
        var origins = new[] { pair.Add(alice, 20_000_000, preimage), pair.Add(alice, 200_000, preimage), pair.Add(alice, 30_000_000, preimage) };
        pair.Run();
        pair.Disconnect();
        // Another commitment than bob's may still confirm: the small one has not failed yet.
        var commitment = Broadcastable(bob);
        bob.Do(new ChannelCommand.FulfillHtlc(0, preimage));
        bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        var taken = bob.Actions.OfType<ChannelAction.Publish>().First(static one => one.Purpose == TransactionPurpose.HtlcSuccess).Transaction;
        alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        var journal = alice.Journal.Count;
        var decision = alice.Do(new ChannelCommand.OutputSpent(taken, 0));
        Assert.Equal([origins[0], origins[1]], decision.AtOnce.Cast<ChannelAction.HtlcFulfilled>().Select(static one => one.Origin));
        Assert.IsType<DurableEvent.PreimagesLearned>(Assert.Single(alice.Journal.Skip(journal)));
        Assert.False(alice.Fulfilled.ContainsKey(origins[2]));
        Assert.Empty(((Channels.States.Closing)alice.State).Spends);
    }

    [Fact]
    public void A_preimage_shown_by_a_spend_of_a_commitment_that_is_not_known_goes_up()
    {
        var pair = ChannelPair.Open();
        var (alice, bob) = (pair.Alice, pair.Bob);
        var origin = pair.Add(alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        var copy = alice.Journal.Count;
        pair.Add(alice, 30_000_000, ChannelPair.Preimage(2));
        pair.Run();
        alice.Journal.RemoveRange(copy, alice.Journal.Count - copy);
        alice.Restart();
        pair.Disconnect();
        var commitment = Broadcastable(bob);
        bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        var taken = bob.Actions.OfType<ChannelAction.Publish>().First(static one => one.Purpose == TransactionPurpose.HtlcSuccess).Transaction;
        alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal(SpendKind.FutureRemoteCommitment, ((Channels.States.Closing)alice.State).Spend!.Kind);
        Assert.Contains(alice.Actions, action => action is ChannelAction.WatchOutputSpent watch && watch.Output == taken.Inputs[0].PreviousOutput);
        alice.Do(new ChannelCommand.OutputSpent(taken, 101));
        Assert.Equal(ChannelPair.Preimage(1), alice.Fulfilled[origin]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_copy_that_may_be_old_publishes_no_commitment_when_the_peers_is_undone_and_fails_nothing_without_an_output(bool guarded)
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        var small = pair.Add(alice, 200_000, ChannelPair.Preimage(1));
        var large = pair.Add(alice, 20_000_000, ChannelPair.Preimage(2));
        pair.Run();
        pair.Disconnect();
        alice.Guarded = guarded;
        // So dear that a commitment wants its anchor spent.
        alice.Fees = new(new(253), new(5_000), new(5_000), new(10_000));
        var theirs = Broadcastable(pair.Bob);
        alice.Do(new ChannelCommand.FundingSpent(theirs, 100));
        alice.Do(new ChannelCommand.SpendUndone(theirs.Inputs[0].PreviousOutput, theirs.TxId));
        alice.Restart();
        alice.Do(new ChannelCommand.ForceClose());
        Assert.Equal(!guarded, alice.Actions.Any(static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Commitment }));
        Assert.Equal(!guarded, alice.Actions.Any(static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Anchor }));
        alice.Bury(theirs);
        alice.Reach(200);
        alice.Bury(Assert.Single(alice.Published(TransactionPurpose.HtlcTimeout)));
        Assert.Equal(!guarded, alice.Failed.ContainsKey(small));
        // Taken back by this node for good: nobody was paid by it.
        Assert.True(alice.Failed.ContainsKey(large));
    }

    [Fact]
    public void Events_of_earlier_versions_end_a_channel_as_they_did()
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        var commitment = Broadcastable(pair.Bob);
        alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        var sweep = Sweep(alice, commitment);
        var before = alice.Journal.Take(alice.Journal.FindIndex(static one => one is DurableEvent.FundingSpent)).ToList();
        alice.Journal.Clear();
        alice.Journal.AddRange(
        [
            .. before,
            new DurableEvent.FundingSpent(commitment, SpendKind.RemoteCommitment, 0),
            new DurableEvent.ClaimsMade([sweep], [sweep.Inputs[0].PreviousOutput]),
            new DurableEvent.SpendConfirmed(commitment.TxId, 100),
        ]);
        alice.Actions.Clear();
        alice.Restart();
        Assert.Equal(sweep, alice.Last<ChannelAction.Publish>().Transaction);
        alice.Height = 120;
        alice.Journal.Add(new DurableEvent.OutputsResolved([sweep.Inputs[0].PreviousOutput]));
        alice.Restart();
        alice.Do(new ChannelCommand.NewBlock());
        Assert.Equal(CloseReason.PeerClosed, Assert.IsType<Closed>(alice.State).Reason);
    }

    // Bob's own commitment with HTLCs both ways, mined step by step; one step, or in the end all of them, is undone and mined again.
    private static string Story(bool anchors, int? undone)
    {
        var pair = WithHtlcs(anchors);
        var bob = pair.Bob;
        pair.Disconnect();
        bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        bob.Do(new ChannelCommand.ForceClose());
        var mined = new List<(Transaction Transaction, uint Height)>();
        Step(bob.Last<ChannelAction.Publish>().Transaction, 100);
        Step(Next(), 101);
        bob.Reach(200);
        Step(Next(), 201);
        bob.Reach(819);
        Step(Next(), 820);
        bob.Reach(820);
        Step(Next(), 821);
        bob.Reach(920);
        Step(Next(), 921);
        if (undone is not null)
        {
            // All of them at once: what followed from the first is gone with it.
            Undo(mined[0].Transaction);
            Assert.Empty(((Channels.States.Closing)bob.State).Spends);
            bob.Actions.Clear();
            foreach (var (transaction, height) in mined) bob.Mine(transaction, height);
            // What was tried before, and is not final anyway, is tried again.
            Assert.Contains(mined[^1].Transaction.TxId, bob.Actions.OfType<ChannelAction.Publish>().Select(static one => one.Transaction.TxId));
        }

        Assert.Empty(bob.MineAll());
        Assert.Equal(926u, Assert.IsType<Closed>(bob.State).FinalAt);
        Assert.Equal(StateDump.Of(bob.Replay()), StateDump.Of(bob.State));
        // What was undone after hundreds of blocks was bid for once more: only what was tried tells.
        var closed = (Closed)bob.State;
        var before = (Channels.States.Closing)closed.Before!;
        if (undone is null) Assert.Equal(mined.Skip(1).Select(static one => one.Transaction.TxId), before.Attempts.Select(static one => one.Transaction.TxId));
        return StateDump.Of(closed with { Before = before with { NextAttempt = 0, Attempts = [], PaidFor = [] } });

        Transaction Next() => ((Channels.States.Closing)bob.State).Attempts.Items.Last(one => mined.TrueForAll(other => other.Transaction.TxId != one.Transaction.TxId)).Transaction;

        void Step(Transaction transaction, uint height)
        {
            bob.Height = height;
            bob.Mine(transaction, height);
            mined.Add((transaction, height));
            if (undone != mined.Count - 1) return;
            bob.Actions.Clear();
            Undo(transaction);
            Assert.Equal(transaction.TxId, bob.Last<ChannelAction.Publish>().Transaction.TxId);
            bob.Restart();
            bob.Mine(transaction, height);
        }

        void Undo(Transaction transaction) => bob.Do(new ChannelCommand.SpendUndone(transaction.Inputs[0].PreviousOutput, transaction.TxId));
    }

    /// <summary>Alice offers Bob one HTLC, and he her one.</summary>
    private static ChannelPair WithHtlcs(bool anchors)
    {
        var pair = ChannelPair.Open(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey);
        pair.Add(pair.Alice, 30_000_000, ChannelPair.Preimage(1));
        pair.Add(pair.Bob, 20_000_000, ChannelPair.Preimage(3));
        pair.Run();
        return pair;
    }

    private static void Rebuild(ChannelNode node)
    {
        var number = node.Last<ChannelAction.FindRevokedCommitment>().CommitmentNumber;
        node.Do(new ChannelCommand.RevokedCommitmentFound(number, RevokedCommitments.Find(node.Journal, number)!));
    }

    private static Transaction Sweep(ChannelNode node, Transaction parent) =>
        node.Actions.OfType<ChannelAction.Publish>().Last(one => one.Purpose == TransactionPurpose.Sweep && one.Transaction.Inputs[0].PreviousOutput.TxId == parent.TxId).Transaction;

    private static Transaction Broadcastable(ChannelNode node) => node.Funded.Commitments.Broadcastable(node.Signer)!;
}
