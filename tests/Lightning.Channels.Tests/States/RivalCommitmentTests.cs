using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;

namespace Lightning.Channels.Tests.States;

/// <summary>This node's commitment and the peer's wait for a block at the same time: one is in the mempool, and its anchor pays.</summary>
public class RivalCommitmentTests
{
    [Fact]
    public void The_peers_commitment_in_the_mempool_is_paid_for_with_the_coins_of_this_nodes()
    {
        var (alice, ours, theirs) = Race();
        var first = Assert.Single(Now(alice).Attempts);
        Assert.Equal(ours, first.Parent);
        alice.Do(new ChannelCommand.FundingSpent(theirs, 0));
        var second = Now(alice).Attempts[^1];
        Assert.Equal(theirs.TxId, second.Parent);
        Assert.Equal(first.Coins, second.Coins);
        Assert.True(second.Feerate.Value + 2 >= first.Feerate.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_the_mempool_has_taken_this_nodes_commitment_since_its_own_is_paid_for_again(bool withChild)
    {
        var (alice, ours, theirs) = Race();
        var first = Assert.Single(Now(alice).Attempts);
        alice.Do(new ChannelCommand.PublishAnswered(ours, PublishOutcome.Conflict));
        alice.Do(new ChannelCommand.FundingSpent(theirs, 0));
        alice.Do(new ChannelCommand.PublishAnswered(Now(alice).Attempts[^1].Transaction.TxId, PublishOutcome.Taken));
        alice.Reach(120);
        Assert.Equal(theirs.TxId, Now(alice).Attempts[^1].Parent);
        alice.Do(new ChannelCommand.PublishAnswered(withChild ? first.Transaction.TxId : ours, PublishOutcome.Taken));
        alice.Fees = alice.Fees with { Slow = new(40_000), MutualClose = new(40_000), Commitment = new(40_000) };
        alice.Reach(140);
        var last = Now(alice).Attempts[^1];
        Assert.Equal((ours, 140u), (last.Parent, last.BlockHeight));

        // And the peer's once more, if it comes back.
        alice.Do(new ChannelCommand.FundingSpent(theirs, 0));
        alice.Fees = alice.Fees with { Slow = new(80_000), MutualClose = new(80_000), Commitment = new(80_000) };
        alice.Reach(160);
        Assert.Equal((theirs.TxId, 160u), (Now(alice).Attempts[^1].Parent, Now(alice).Attempts[^1].BlockHeight));
    }

    [Fact]
    public void Whichever_is_mined_what_paid_for_the_other_is_given_up_and_what_paid_for_it_is_followed()
    {
        var (alice, ours, theirs) = Race();
        alice.Do(new ChannelCommand.FundingSpent(theirs, 0));
        Assert.Equal([ours, theirs.TxId], Now(alice).Attempts.Select(static one => one.Parent));
        alice.Mine(theirs, 101);
        Assert.Equal([theirs.TxId], Now(alice).Attempts.Select(static one => one.Parent));
        var child = Now(alice).Attempts[0].Transaction;
        Assert.Contains(child.Inputs[0].PreviousOutput, alice.Actions.OfType<ChannelAction.WatchOutputSpent>().Select(static watch => watch.Output));

        // It is not mined, its coins are given back; it may still be mined later.
        alice.Reach(106);
        Assert.DoesNotContain(Now(alice).Attempts, static one => one.Parent is not null);
        alice.Actions.Clear();
        alice.Restart();
        Assert.Contains(child.Inputs[0].PreviousOutput, alice.Actions.OfType<ChannelAction.WatchOutputSpent>().Select(static watch => watch.Output));
        alice.Mine(child, 107);
        Assert.Contains(child, Now(alice).Spends.Select(static spend => spend.Transaction));
    }

    [Fact]
    public void A_child_that_was_final_is_published_and_followed_again_after_a_reorganisation()
    {
        var (alice, ours, _) = Race();
        var commitment = alice.Funded.Commitments.Broadcastable(alice.Signer)!;
        var child = Assert.Single(Now(alice).Attempts);
        alice.Mine(commitment, 101);
        alice.Mine(child.Transaction, 101);
        alice.Reach(112);
        Assert.Equal([child], Now(alice).Attempts);
        alice.Restart();
        alice.Actions.Clear();
        alice.Height = 100;
        alice.Do(new ChannelCommand.SpendUndone(commitment.Inputs[0].PreviousOutput, ours));
        Assert.Contains(alice.Actions.OfType<ChannelAction.Publish>(), publish => publish.Transaction.Equals(child.Transaction) && publish.Parent?.TxId == ours);
        Assert.DoesNotContain(alice.Actions, static action => action is ChannelAction.ReleaseClaimCoins { AndLater: false });
        alice.Mine(commitment, 105);
        Assert.Contains(child.Transaction.Inputs[0].PreviousOutput, alice.Actions.OfType<ChannelAction.WatchOutputSpent>().Select(static watch => watch.Output));
        alice.Mine(child.Transaction, 105);
        Assert.Contains(child.Transaction, Now(alice).Spends.Select(static spend => spend.Transaction));
    }

    // Alice has closed by force, while fees rise; both commitments hold an HTLC of hers.
    private static (ChannelNode Alice, TxId Ours, Transaction Theirs) Race()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 200_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Disconnect();
        pair.Alice.Fees = new(new(253), new(6_000), new(5_000), new(9_000)) { Slow = new(5_000) };
        pair.Alice.Do(new ChannelCommand.ForceClose());
        return (pair.Alice, pair.Alice.Funded.Commitments.CurrentLocal(pair.Alice.Signer).TxId, pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!);
    }

    private static Channels.States.Closing Now(ChannelNode node) => Assert.IsType<Channels.States.Closing>(node.State);
}
