using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.TestKit.Exploration;

namespace Lightning.Channels.Tests.States;

/// <summary>Ends of a channel in which not everything is as it should be: old copies, transactions that nobody signed, preimages that come late.</summary>
public class UnusualEndTests
{
    public static TheoryData<bool> Formats { get; } = [true, false];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_old_copy_from_the_middle_of_an_opening_forgets_nothing(bool used)
    {
        var pair = new ChannelPair();
        var (alice, bob) = (pair.Alice, pair.Bob);
        pair.Wire();
        alice.Do(pair.OpenCommand(1_000_000));
        bob.Do(pair.AcceptCommand((Protocol.Messages.OpenChannel)alice.Outbox.Dequeue()));
        pair.Run();
        pair.MakeFunding();
        Assert.IsType<WaitForFundingSigned>(alice.State);
        var copied = alice.Journal.Count;
        pair.Run();
        pair.Confirm();
        if (used)
        {
            pair.Add(alice, 20_000_000, ChannelPair.Preimage(1));
            pair.Run();
        }

        alice.Journal.RemoveRange(copied, alice.Journal.Count - copied);
        alice.Actions.Clear();
        alice.Guarded = true;
        alice.Restart();
        alice.Do(new ChannelCommand.NewBlock());
        alice.Do(new ChannelCommand.ForceClose());
        Assert.Contains(alice.Actions, static action => action is ChannelAction.WatchFundingSpent);
        Assert.Contains(alice.Actions, static action => action is ChannelAction.CommandRefused);
        Assert.DoesNotContain(alice.Actions, static action => action is ChannelAction.ReleaseFunding or ChannelAction.ReportClosed or ChannelAction.Publish);
        pair.Disconnect();
        pair.Connect();
        pair.Run();
        Assert.IsType<WaitForRemoteClose>(alice.State);
        var commitment = Assert.IsType<Channels.States.Closing>(bob.State).Commitments.Broadcastable(bob.Signer)!;
        alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        var sweep = Assert.Single(Published(alice, TransactionPurpose.Sweep));
        Chain.Verify(sweep, commitment);
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_funding_transaction_is_published_until_it_is_confirmed_whatever_the_channel_comes_to(bool force)
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        pair.Alice.Do(force ? new ChannelCommand.ForceClose() : new ChannelCommand.CloseMutual());
        pair.Run();
        pair.Alice.Actions.Clear();
        pair.Alice.Restart();
        var published = pair.Alice.Actions.OfType<ChannelAction.Publish>().Select(static one => one.Purpose).ToList();
        Assert.Equal(force ? [TransactionPurpose.Funding, TransactionPurpose.Commitment] : [TransactionPurpose.Funding], published.Take(2).Where(one => force || one == TransactionPurpose.Funding));
        pair.Bob.Actions.Clear();
        pair.Bob.Restart();
        Assert.DoesNotContain(pair.Bob.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Funding });
    }

    [Fact]
    public void A_spend_that_nobody_signed_is_reported_and_fails_nothing()
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        var origin = pair.Add(alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        var rogue = ClosingOf(pair);
        alice.Do(new ChannelCommand.FundingSpent(rogue, 100));
        Assert.Equal(rogue, alice.Last<ChannelAction.ReportRogueSpend>().Transaction);
        Assert.Equal(SpendKind.Unknown, Assert.IsType<Channels.States.Closing>(alice.State).Spend!.Kind);
        Bury(alice, rogue);
        Assert.False(alice.Failed.ContainsKey(origin));
    }

    [Fact]
    public void A_closing_transaction_that_ends_a_channel_after_all_is_one_of_both()
    {
        var pair = ChannelPair.Open();
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        var closing = pair.Alice.Actions.OfType<ChannelAction.Publish>().Last(static one => one.Purpose == TransactionPurpose.MutualClose).Transaction;
        pair.Alice.Do(new ChannelCommand.ForceClose());
        Assert.IsType<Channels.States.Closing>(pair.Alice.State);
        pair.Alice.Do(new ChannelCommand.FundingSpent(closing, 100));
        Bury(pair.Alice, closing);
        Assert.Equal(CloseReason.Mutual, Assert.IsType<Closed>(pair.Alice.State).Reason);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void The_balance_in_a_commitment_of_ours_that_is_not_the_current_one_comes_back(bool anchors, bool newer)
    {
        var pair = ChannelPair.Open(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey);
        var alice = pair.Alice;
        var origin = pair.Add(alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        var (copy, commitment) = (alice.Journal.Count, Broadcastable(alice));
        pair.Add(pair.Bob, 30_000_000, ChannelPair.Preimage(2));
        pair.Run();
        if (newer)
        {
            commitment = Broadcastable(alice);
            alice.Journal.RemoveRange(copy, alice.Journal.Count - copy);
            alice.Restart();
        }

        alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal(SpendKind.OtherLocalCommitment, Assert.IsType<Channels.States.Closing>(alice.State).Spend!.Kind);
        Assert.DoesNotContain(alice.Actions, static action => action is ChannelAction.FindRevokedCommitment);
        Bury(alice, commitment);
        Assert.False(alice.Failed.ContainsKey(origin));
        alice.Reach(818);
        Assert.Empty(Published(alice, TransactionPurpose.Sweep));
        alice.Reach(819);
        var sweep = Assert.Single(Published(alice, TransactionPurpose.Sweep));
        Chain.Verify(sweep, commitment);
        Bury(alice, sweep);
        Assert.Equal(CloseReason.StateLost, Assert.IsType<Closed>(alice.State).Reason);
    }

    [Fact]
    public void A_commitment_that_pays_only_the_peer_is_still_known_as_this_nodes()
    {
        var pair = ChannelPair.Open(pushMsat: 0);
        var bob = pair.Bob;
        var commitment = Broadcastable(bob);
        pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal(SpendKind.OtherLocalCommitment, Assert.IsType<Channels.States.Closing>(bob.State).Spend!.Kind);
    }

    [Fact]
    public void A_channel_closed_by_us_whose_peer_then_cheats_is_remembered_as_cheated()
    {
        var pair = ChannelPair.Open();
        var revoked = Broadcastable(pair.Bob);
        pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Alice.Do(new ChannelCommand.ForceClose());
        Assert.Equal(CloseReason.Requested, ((Channels.States.Closing)pair.Alice.State).Reason);
        pair.Alice.Do(new ChannelCommand.FundingSpent(revoked, 100));
        Assert.Equal(CloseReason.PeerCheated, ((Channels.States.Closing)pair.Alice.State).Reason);
        pair.Alice.Do(new ChannelCommand.FundingSpent(Broadcastable(pair.Alice), 101));
        Assert.Equal(CloseReason.PeerClosed, ((Channels.States.Closing)pair.Alice.State).Reason);
    }

    [Fact]
    public void An_incoming_htlc_without_an_output_on_chain_is_not_passed_on()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Add(pair.Alice, 200_000, ChannelPair.Preimage(2));
        pair.Run();
        pair.Disconnect();
        var bob = pair.Bob;
        bob.Do(new ChannelCommand.FundingSpent(Broadcastable(pair.Alice), 100));
        bob.Actions.Clear();
        bob.Restart();
        Assert.Equal([0ul], bob.Actions.OfType<ChannelAction.HtlcReceived>().Select(static one => one.Htlc.Id));
        bob.Do(new ChannelCommand.FixForward(0, pair.Alice.Key), new ChannelCommand.FixForward(1, pair.Alice.Key));
        Assert.Equal([0ul], bob.Actions.OfType<ChannelAction.ForwardFixed>().Select(static one => one.HtlcId));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_preimage_that_comes_after_a_failure_still_takes_the_htlc_on_chain(bool signed, bool ours)
    {
        var pair = ChannelPair.Open();
        var bob = pair.Bob;
        pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        var commitment = Broadcastable(ours ? bob : pair.Alice);
        if (!signed) pair.Disconnect();
        bob.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        Assert.Contains(0ul, bob.Settled);
        pair.Disconnect();
        bob.Settled.Clear();
        bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        // What is signed cannot be replaced: whoever has the preimage keeps it, as long as it may be needed.
        Assert.Equal(!signed, bob.Settled.Contains(0));
        bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        bob.Restart();
        bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(9)));
        Assert.Equal(!signed, bob.Settled.Contains(0));
        bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        Assert.Contains(0ul, bob.Settled);
        Chain.Verify(Assert.Single(Published(bob, TransactionPurpose.HtlcSuccess)), commitment, bob.Coins);
        Assert.Equal(StateDump.Of(bob.Replay()), StateDump.Of(bob.State));
    }

    [Fact]
    public void A_preimage_that_comes_when_the_failure_is_irrevocable_is_not_asked_for_again()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        pair.Run();
        pair.Bob.Settled.Clear();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        Assert.Contains(0ul, pair.Bob.Settled);
    }

    // A transaction that pays both, as a mutual close does.
    private static Transaction ClosingOf(ChannelPair pair) => new(
        2,
        [new TxIn(pair.Alice.Funded.Commitments.Latest.Funding.OutPoint, Bitcoin.Scripts.Script.Empty, 0xFFFF_FFFF, Witness.Empty)],
        [new TxOut(600_000.Sat(), pair.Alice.ShutdownScript), new TxOut(399_000.Sat(), pair.Bob.ShutdownScript)],
        0);

    private static Transaction Broadcastable(ChannelNode node) => node.Funded.Commitments.Broadcastable(node.Signer)!;

    private static List<Transaction> Published(ChannelNode node, TransactionPurpose purpose) =>
        node.Actions.OfType<ChannelAction.Publish>().Where(publish => publish.Purpose == purpose).Select(static publish => publish.Transaction).DistinctBy(static one => one.TxId).ToList();

    private static void Bury(ChannelNode node, Transaction transaction) => node.Bury(transaction);
}
