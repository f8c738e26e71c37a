using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Exploration;

namespace Lightning.Channels.Tests.States;

/// <summary>A peer may ask for another closing transaction again and again: of each side one is kept, the one that pays most.</summary>
public class ClosingReplacementTests
{
    [Fact]
    public void A_peer_does_not_make_the_list_of_closing_transactions_long()
    {
        var pair = Negotiated();
        var alice = pair.Alice;
        var writes = alice.Writes;
        for (var block = 0; block < 5; block++)
        {
            for (var i = 0; i < 100; i++) Complete(pair, 10_000 + (100 * block) + i);
            Assert.IsType<Warning>(alice.Sent[^1]);
            Assert.True(alice.WantsDisconnect);
            alice.Reach(alice.Height + 1);
            pair.Reconnect();
        }

        var now = Assert.IsType<NegotiatingSimple>(alice.State);
        Assert.Equal(2, now.Signed.Count);
        Assert.InRange(alice.Writes - writes, 5, 100);
        Assert.Equal(now.Signed.Items.Select(static one => one.TxId).Order(), StillPublished(alice).Order());
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State with { }));
    }

    [Fact]
    public void A_closing_transaction_that_was_replaced_still_closes_the_channel()
    {
        var pair = Negotiated();
        var first = Complete(pair, 10_000);
        var second = Complete(pair, 12_000);
        var signed = Assert.IsType<NegotiatingSimple>(pair.Alice.State).Signed.Items;
        Assert.DoesNotContain(first, signed);
        Assert.Contains(second, signed);
        Assert.Contains(pair.Alice.Actions, action => action is ChannelAction.StopPublishing stop && stop.TxId == first.TxId);
        pair.Alice.Bury(first);
        var closed = Assert.IsType<Closed>(pair.Alice.State);
        Assert.Equal((CloseReason.Mutual, first), (closed.Reason, closed.ClosingTransaction));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(9_000)]
    public void A_replacement_that_does_not_pay_more_is_refused(long fee)
    {
        var pair = Negotiated();
        var kept = Complete(pair, 10_000);
        var writes = pair.Alice.Writes;
        Send(pair, fee, 99);
        Assert.Contains("more than", Assert.IsType<Warning>(pair.Alice.Sent[^1]).Text, StringComparison.Ordinal);
        Assert.Equal(writes, pair.Alice.Writes);
        Assert.Contains(kept, Assert.IsType<NegotiatingSimple>(pair.Alice.State).Signed.Items);
    }

    [Fact]
    public void A_closing_complete_that_is_repeated_is_answered_without_a_write()
    {
        var pair = Negotiated();
        Complete(pair, 10_000);
        var answer = pair.Alice.Sent.OfType<ClosingSig>().Last();
        pair.Reconnect();
        var writes = pair.Alice.Writes;
        for (var i = 0; i < 50; i++) Send(pair, 10_000, 7);
        Assert.Equal(answer, pair.Alice.Sent[^1]);
        Assert.Equal(writes, pair.Alice.Writes);
    }

    [Fact]
    public void A_peer_that_begins_anew_may_pay_less_but_what_pays_more_stays_published()
    {
        var pair = Negotiated();
        var better = Complete(pair, 10_000);
        pair.Reconnect();
        var worse = Complete(pair, 5_000);
        Assert.IsType<ClosingSig>(pair.Alice.Sent[^1]);
        var signed = Assert.IsType<NegotiatingSimple>(pair.Alice.State).Signed.Items;
        Assert.Contains(better, signed);
        Assert.DoesNotContain(worse, signed);
        Assert.Contains(better.TxId, StillPublished(pair.Alice));
        pair.Alice.Bury(worse);
        Assert.Equal(CloseReason.Mutual, Assert.IsType<Closed>(pair.Alice.State).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_whose_closing_transaction_is_not_confirmed_and_that_signs_none_of_this_nodes_does_not_lock_the_money_up(bool isMined)
    {
        var pair = ChannelPair.Open(features: ChannelPair.AllFeatures | ChannelFeatures.SimpleClose);
        var alice = pair.Alice;
        alice.Do(new ChannelCommand.CloseMutual());
        Assert.True(pair.Deliver(pair.Bob) && pair.Deliver(alice));
        pair.Bob.Outbox.Clear();
        var closing = Complete(pair, 0);
        Assert.True(Assert.IsType<NegotiatingSimple>(alice.State).HasClosingTransaction);
        alice.Reach(alice.Height + 1);
        alice.Reach(alice.Height + alice.Config.ClosingTimeout - 1);
        Assert.IsType<NegotiatingSimple>(alice.State);
        if (isMined) alice.Mine(closing);
        alice.Reach(alice.Height + 1);
        if (isMined) Assert.IsType<NegotiatingSimple>(alice.State);
        else Assert.Single(alice.Published(TransactionPurpose.Commitment));
        alice.Bury(closing);
        Assert.True(alice.State is Closed { Reason: CloseReason.Mutual } or Channels.States.Closing { Spend.Kind: SpendKind.Mutual });
    }

    [Fact]
    public void A_closing_transaction_that_this_node_pays_for_is_waited_for()
    {
        var pair = Negotiated();
        pair.Alice.Reach(200);
        pair.Alice.Reach(5_000);
        Assert.IsType<NegotiatingSimple>(pair.Alice.State);
    }

    [Fact]
    public void A_peer_does_not_make_the_list_of_agreed_closing_transactions_long_by_closing_signed()
    {
        var pair = ChannelPair.Open();
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        var bob = pair.Bob;
        Assert.IsType<Negotiating>(bob.State);
        var writes = bob.Writes;
        for (var block = 0; block < 5; block++)
        {
            for (var i = 0; i < 100; i++)
            {
                var fee = new Satoshi(1_000 + (100 * block) + i);
                bob.Do(new ChannelCommand.PeerMessages(bob.Connection!.Value, [Signed(pair.Alice, fee) with { FeeRange = new FeeRange(new(500), new(5_000)) }]));
            }

            Assert.IsType<Warning>(bob.Sent[^1]);
            bob.Reach(bob.Height + 1);
            pair.Reconnect();
        }

        var now = Assert.IsType<Negotiating>(bob.State);
        Assert.Single(now.Signed.Items);
        Assert.InRange(bob.Writes - writes, 5, 100);
        Assert.Equal(now.Signed.Items.Select(static one => one.TxId), StillPublished(bob));
    }

    private static ChannelPair Negotiated()
    {
        var pair = ChannelPair.Open(features: ChannelPair.AllFeatures | ChannelFeatures.SimpleClose);
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        Assert.IsType<NegotiatingSimple>(pair.Alice.State);
        Assert.IsType<NegotiatingSimple>(pair.Bob.State);
        return pair;
    }

    // Bob's, for alice to sign; gives the transaction with both signatures.
    private static Transaction Complete(ChannelPair pair, long fee, uint lockTime = 7)
    {
        Send(pair, fee, lockTime);
        var (bob, alice) = (Build(pair, pair.Bob, fee, lockTime), Build(pair, pair.Alice, fee, lockTime));
        return bob.WithSignatures(pair.Bob.Signer.SignClosing(bob), pair.Alice.Signer.SignClosing(alice));
    }

    private static void Send(ChannelPair pair, long fee, uint lockTime)
    {
        var alice = pair.Alice;
        alice.Do(new ChannelCommand.PeerMessages(
            alice.Connection!.Value, [new ClosingComplete(alice.State.Id!.Value, pair.Bob.ShutdownScript, alice.ShutdownScript, new Satoshi(fee), lockTime) { CloserAndCloseeOutputs = pair.Bob.Signer.SignClosing(Build(pair, pair.Bob, fee, lockTime)) }]));
    }

    // What bob pays for, as one of the two builds it.
    private static ClosingTransaction Build(ChannelPair pair, ChannelNode by, long fee, uint lockTime)
    {
        var commitments = by.Funded.Commitments;
        var balances = MutualClosing.Balances(commitments, by.ShutdownScript, pair.Other(by).ShutdownScript);
        return SimpleClosing.Build(
            commitments.Latest.Funding, balances, by == pair.Bob ? CommitmentOwner.Local : CommitmentOwner.Remote, SimpleClosingVariant.CloserAndCloseeOutputs, new Satoshi(fee), lockTime);
    }

    private static ClosingSigned Signed(ChannelNode from, Satoshi fee)
    {
        var state = Assert.IsType<Negotiating>(from.State);
        var balances = MutualClosing.Balances(state.Commitments, state.LocalScript, state.RemoteScript);
        var closing = LegacyClosing.Build(state.Commitments.Latest.Funding, balances, state.Parameters.IsInitiator, fee, state.Parameters.Local.DustLimit);
        return new ClosingSigned(state.Commitments.Id, fee, from.Signer.SignClosing(closing));
    }

    private static List<TxId> StillPublished(ChannelNode node)
    {
        var published = new List<TxId>();
        foreach (var action in node.Actions)
        {
            if (action is ChannelAction.Publish { Purpose: TransactionPurpose.MutualClose } publish && !published.Contains(publish.Transaction.TxId)) published.Add(publish.Transaction.TxId);
            if (action is ChannelAction.StopPublishing stop) published.Remove(stop.TxId);
        }

        return published;
    }
}
