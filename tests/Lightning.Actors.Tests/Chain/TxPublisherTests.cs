using Akka.Actor;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using static Lightning.Actors.Tests.Chain.ScriptedChain;

namespace Lightning.Actors.Tests.Chain;

public sealed class TxPublisherTests : ChainActors
{
    private static readonly LocalChannelKey Alice = new(1, 1);

    private NodeRuntime? _node;

    private IActorRef Started()
    {
        (_node, var client) = StartClient(StartMonitor());
        Until(() => _node.Tip.Known.IsCompleted);
        return client;
    }

    private void Mine(params Transaction[] transactions)
    {
        var tip = Chain.Mine(transactions).Tip;
        Until(() => _node!.Tip.Tip == tip);
    }

    private static PublishTransaction Publish(Transaction transaction, Transaction? parent = null) => new(Alice, transaction, TransactionPurpose.Commitment, parent);

    private void ExpectBroadcasts(params Transaction[] transactions)
    {
        Until(() => Chain.Broadcasts.Count >= transactions.Length);
        Assert.Equal(transactions, Chain.Broadcasts);
        Chain.Broadcasts.Clear();
    }

    [Fact]
    public void A_transaction_is_published_with_every_block_until_it_is_in_one()
    {
        var client = Started();
        var (first, second) = (Spend(Output(1)), Spend(Output(2)));
        client.Tell(Publish(first), TestActor);
        client.Tell(Publish(second), TestActor);
        ExpectBroadcasts(first, second);
        Mine();
        ExpectBroadcasts(first, second);
        Mine(first);
        ExpectBroadcasts(second);
        Mine();
        ExpectBroadcasts(second);
    }

    [Fact]
    public void A_transaction_is_left_when_a_rival_is_in_a_block_and_taken_up_when_that_block_goes()
    {
        var client = Started();
        var (ours, other) = (Spend(Output(1)), Spend(Output(2)));
        client.Tell(Publish(ours), TestActor);
        client.Tell(Publish(other), TestActor);
        ExpectBroadcasts(ours, other);
        Mine(Spend(Output(7), Output(1)));
        ExpectBroadcasts(other);
        Chain.Reorganize(1, []);
        Until(() => Chain.Broadcasts.Contains(ours));
    }

    [Theory]
    [InlineData(BroadcastOutcome.MissingInputs)]
    [InlineData(BroadcastOutcome.Conflict)]
    [InlineData(BroadcastOutcome.FeeTooLow)]
    [InlineData(BroadcastOutcome.NotFinal)]
    [InlineData(BroadcastOutcome.Rejected)]
    public void No_refusal_is_final(BroadcastOutcome outcome)
    {
        Chain.Answer = _ => new BroadcastResult(outcome, "an answer of tomorrow's bitcoind");
        var client = Started();
        var transaction = Spend(Output(1));
        client.Tell(Publish(transaction), TestActor);
        ExpectBroadcasts(transaction);
        Mine();
        ExpectBroadcasts(transaction);
    }

    [Fact]
    public void A_failed_call_is_no_answer()
    {
        var client = Started();
        var (first, second) = (Spend(Output(1)), Spend(Output(2)));
        Chain.Failures = 1;
        client.Tell(Publish(first), TestActor);
        client.Tell(Publish(second), TestActor);
        ExpectBroadcasts(second);
        Mine();
        ExpectBroadcasts(first, second);
    }

    [Fact]
    public void A_transaction_that_was_deep_in_the_chain_before_is_not_published_for_ever()
    {
        var old = Spend(Output(1));
        Chain.Mine(old);
        Chain.MineMany(10);
        Chain.Answer = transaction => new BroadcastResult(transaction.Equals(old) ? BroadcastOutcome.AlreadyKnown : BroadcastOutcome.Accepted);
        var client = Started();
        var fresh = Spend(Output(2));
        client.Tell(Publish(old), TestActor);
        client.Tell(Publish(fresh), TestActor);
        ExpectBroadcasts(old, fresh);
        Mine();
        ExpectBroadcasts(fresh);
    }

    [Fact]
    public void A_package_is_published_together_and_its_child_alone_once_the_parent_is_in_a_block()
    {
        var client = Started();
        var (parent, child) = PublishedPackage(client);
        Mine(parent);
        ExpectBroadcasts(child);
        Mine(child);
        var later = Spend(Output(3));
        client.Tell(Publish(later), TestActor);
        ExpectBroadcasts(later);
    }

    [Fact]
    public void A_package_is_published_together_again_when_a_reorganisation_takes_its_parent()
    {
        var client = Started();
        var (parent, child) = PublishedPackage(client);
        Mine(parent);
        ExpectBroadcasts(child);
        Chain.Reorganize(1, []);
        Until(() => Chain.Broadcasts.Contains(parent));
    }

    [Fact]
    public void A_package_is_left_when_a_rival_of_the_parent_is_in_a_block()
    {
        var client = Started();
        var (parent, child) = PublishedPackage(client);
        Mine(Spend(Output(1)));
        Mine();
        var later = Spend(Output(3));
        client.Tell(Publish(later), TestActor);
        ExpectBroadcasts(later);
    }

    [Fact]
    public void A_package_whose_parent_was_mined_before_anybody_told_of_it_goes_on_as_its_child()
    {
        var parent = Spend(Output(1));
        Chain.Mine(parent);
        var child = Spend(new OutPoint(parent.TxId, 1), Output(2));
        Chain.PackageAnswer = static () => new BroadcastResult(BroadcastOutcome.MissingInputs, "bad-txns-inputs-missingorspent");
        var client = Started();
        client.Tell(Publish(child, parent), TestActor);
        ExpectBroadcasts(parent, child, child);
        ExpectOutcome(child, PublishOutcome.Taken);
    }

    [Fact]
    public void A_changed_answer_is_told_once()
    {
        var client = Started();
        var transaction = Spend(Output(1));
        Chain.Answer = static _ => new BroadcastResult(BroadcastOutcome.FeeTooLow, "min relay fee not met");
        client.Tell(Publish(transaction), TestActor);
        ExpectOutcome(transaction, PublishOutcome.TooCheap);
        Mine();
        Mine();
        Chain.Answer = static _ => new BroadcastResult(BroadcastOutcome.Accepted);
        Mine();
        ExpectOutcome(transaction, PublishOutcome.Taken);
        Chain.Answer = static _ => new BroadcastResult(BroadcastOutcome.AlreadyKnown);
        Mine();
        Chain.Answer = static _ => new BroadcastResult(BroadcastOutcome.NotFinal);
        Mine();
        ExpectOutcome(transaction, PublishOutcome.NotFinal);

        // One that asks again may not have heard it.
        client.Tell(Publish(transaction), TestActor);
        ExpectOutcome(transaction, PublishOutcome.NotFinal);
    }

    [Fact]
    public void What_is_not_to_be_published_any_more_is_not_answered_for()
    {
        var client = Started();
        var (first, second) = (Spend(Output(1)), Spend(Output(2)));
        client.Tell(Publish(first), TestActor);
        client.Tell(Publish(second), TestActor);
        ExpectOutcome(first, PublishOutcome.Taken);
        ExpectOutcome(second, PublishOutcome.Taken);
        client.Tell(new StopPublishing(Alice, first.TxId), TestActor);
        Settle(client);
        Chain.Answer = static _ => new BroadcastResult(BroadcastOutcome.NotFinal);
        Mine();
        ExpectOutcome(second, PublishOutcome.NotFinal);
    }

    [Theory]
    [InlineData(BroadcastOutcome.Conflict, true)]
    [InlineData(BroadcastOutcome.MissingInputs, false)]
    public void A_foreign_spend_in_the_mempool_is_told(BroadcastOutcome outcome, bool isFunding)
    {
        Chain.Answer = _ => new BroadcastResult(outcome);
        var client = Started();
        var (ours, rival) = (Spend(Output(1), Output(2)), Spend(Output(2)));
        Chain.Mempool.Enqueue(rival);
        client.Tell(new WatchSpent(Alice, 90, Output(2), Script.Empty, isFunding), TestActor);
        client.Tell(Publish(ours), TestActor);
        Assert.IsType<ChannelCommand.PublishAnswered>(ExpectMsg<ChannelRequest>(Wait).Command);
        Assert.Equal(isFunding ? new ChannelCommand.FundingSpent(rival, 0) : new ChannelCommand.OutputSpent(rival, 0), ExpectMsg<ChannelRequest>(Wait).Command);
    }

    [Fact]
    public void With_each_block_the_mempool_is_asked_who_spends_what_is_watched_and_our_own_spends_are_not_told()
    {
        var client = Started();
        var (ours, theirs) = (Spend(Output(1)), Spend(Output(2)));
        client.Tell(new WatchSpent(Alice, 90, Output(1), Script.Empty, IsFunding: false), TestActor);
        client.Tell(new WatchSpent(Alice, 90, Output(2), Script.Empty, IsFunding: false), TestActor);
        client.Tell(Publish(ours), TestActor);
        ExpectOutcome(ours, PublishOutcome.Taken);
        Chain.Mempool.Enqueue(ours);
        Chain.Mempool.Enqueue(theirs);
        Mine();
        Assert.Equal(new ChannelCommand.OutputSpent(theirs, 0), ExpectMsg<ChannelRequest>(Wait).Command);
    }

    private (Transaction Parent, Transaction Child) PublishedPackage(IActorRef client)
    {
        var parent = Spend(Output(1));
        var child = Spend(new OutPoint(parent.TxId, 1), Output(2));
        client.Tell(Publish(child, parent), TestActor);
        ExpectBroadcasts(parent, child);
        return (parent, child);
    }

    private void ExpectOutcome(Transaction transaction, PublishOutcome outcome) =>
        Assert.Equal(new ChannelRequest(Alice, new ChannelCommand.PublishAnswered(transaction.TxId, outcome)), ExpectMsg<ChannelRequest>(Wait));

    [Fact]
    public void Nothing_is_published_for_a_channel_that_is_over_or_wants_it_no_more()
    {
        var client = Started();
        var (first, second, bobs) = (Spend(Output(1)), Spend(Output(2)), Spend(Output(3)));
        client.Tell(Publish(first), TestActor);
        client.Tell(Publish(second), TestActor);
        client.Tell(Publish(bobs) with { Channel = new LocalChannelKey(1, 2) }, TestActor);
        ExpectBroadcasts(first, second, bobs);
        client.Tell(new StopPublishing(Alice, first.TxId), TestActor);
        Settle(client);
        Mine();
        ExpectBroadcasts(second, bobs);
        client.Tell(new Unwatch(Alice), TestActor);
        Settle(client);
        Mine();
        ExpectBroadcasts(bobs);
    }
}
