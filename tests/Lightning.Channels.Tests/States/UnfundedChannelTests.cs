using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Exploration;

namespace Lightning.Channels.Tests.States;

/// <summary>A peer opens a channel, names a funding transaction that nobody has seen, and ends the channel at once: that costs it nothing, and must not cost the accepter more.</summary>
public class UnfundedChannelTests
{
    private static readonly ChannelConfig Config = new() { Network = Network.Regtest };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_channel_that_the_peer_failed_and_never_funded_ends_without_a_publication(bool restarts)
    {
        var pair = Failed();
        var bob = pair.Bob;
        if (restarts) bob.Restart();
        bob.Reach(99 + Config.FundingTimeout);
        Assert.IsType<Channels.States.Closing>(bob.State);
        Assert.DoesNotContain(bob.Actions, static action => action is ChannelAction.CheckFunding);
        bob.Do(new ChannelCommand.ForceClose());
        if (restarts) bob.Restart();
        bob.Reach(100 + Config.FundingTimeout);
        Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(bob.State).Reason);
        Assert.Contains(bob.Actions, static action => action is ChannelAction.ReportClosed);
        Assert.DoesNotContain(bob.Actions, static action => action is ChannelAction.Publish);
        Assert.Equal(StateDump.Of(bob.Replay()), StateDump.Of(bob.State));
    }

    [Theory]
    [InlineData(FundingStatus.Missing, true)]
    [InlineData(FundingStatus.Unspent, false)]
    [InlineData(null, false)]
    public void A_failed_channel_is_not_forgotten_for_the_height_alone(FundingStatus? funding, bool guarded)
    {
        var pair = Failed();
        pair.Bob.Funding = funding;
        pair.Bob.Guarded = guarded;
        pair.Bob.Restart();
        for (var i = 0; i < 3; i++) pair.Bob.Reach(5_000 + (uint)i);
        Assert.IsType<Channels.States.Closing>(pair.Bob.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failed_channel_is_closed_on_chain_once_its_funding_is_there(bool restarts)
    {
        var pair = Failed();
        var bob = pair.Bob;
        if (restarts) bob.Restart();
        Assert.Contains(bob.Actions, static action => action is ChannelAction.WatchFundingConfirmed { MinimumDepth: 1 });
        bob.Reach(1_000);
        bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 1_000, 4));
        var commitment = Assert.Single(bob.Published(TransactionPurpose.Commitment));
        Chain.Verify(commitment, pair.FundingTransaction!);
        bob.Actions.Clear();
        bob.Restart();
        Assert.Single(bob.Published(TransactionPurpose.Commitment));

        // The funding was seen: what a reorganisation does to it is nothing that ends the channel.
        bob.Reach(5_000);
        Assert.IsType<Channels.States.Closing>(bob.State);
        bob.Bury(commitment);
        Assert.Equal(SpendKind.LocalCommitment, ((Channels.States.Closing)bob.State).Spend!.Kind);
        Assert.Equal(StateDump.Of(bob.Replay()), StateDump.Of(bob.State));
    }

    // It had one confirmation; then its opener spent the same coins otherwise.
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_failed_channel_whose_funding_a_reorganisation_takes_away_ends_when_its_time_is_up(bool restarts, bool missesIt)
    {
        var pair = Failed();
        var bob = pair.Bob;
        bob.Reach(1_000);
        bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 1_000, 4));
        Assert.Single(bob.Published(TransactionPurpose.Commitment));

        // Or the node was away, and finds it gone when it asks.
        if (missesIt) bob.Do(new ChannelCommand.FundingChecked(bob.Funded.Commitments.Latest.Funding.OutPoint, FundingStatus.Missing, 1_000));
        else bob.Do(new ChannelCommand.FundingUndone(bob.Funded.Commitments.Latest.Funding.OutPoint));
        bob.Actions.Clear();
        if (restarts) bob.Restart();
        bob.Reach(999 + Config.FundingTimeout);
        Assert.IsType<Channels.States.Closing>(bob.State);
        bob.Reach(1_000 + Config.FundingTimeout);
        Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(bob.State).Reason);
        Assert.DoesNotContain(bob.Actions, static action => action is ChannelAction.Publish);
        Assert.Contains(bob.Actions, static action => action is ChannelAction.StopPublishing);
        Assert.Equal(StateDump.Of(bob.Replay()), StateDump.Of(bob.State));
    }

    [Fact]
    public void A_funding_that_comes_back_after_a_reorganisation_ends_the_wait()
    {
        var pair = Failed();
        var bob = pair.Bob;
        bob.Reach(1_000);
        bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 1_000, 4));
        bob.Do(new ChannelCommand.FundingUndone(bob.Funded.Commitments.Latest.Funding.OutPoint));
        bob.Actions.Clear();
        bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 1_001, 1));
        Assert.Single(bob.Published(TransactionPurpose.Commitment));
        bob.Reach(5_000);
        Assert.IsType<Channels.States.Closing>(bob.State);
    }

    [Theory]
    [InlineData(FundingStatus.Missing, true)]
    [InlineData(FundingStatus.Unspent, false)]
    public void An_open_channel_whose_funding_is_gone_for_good_is_given_up_by_its_accepter(FundingStatus status, bool isOver)
    {
        var pair = ChannelPair.Open();
        var bob = pair.Bob;
        foreach (var node in (ChannelNode[])[pair.Alice, bob])
        {
            node.Do(new ChannelCommand.FundingUndone(node.Funded.Commitments.Latest.Funding.OutPoint));
            node.Funding = status;
            node.Restart();
            node.Reach(100 + Config.FundingTimeout);
        }

        Assert.Equal(isOver, bob.State is Closed { Reason: CloseReason.FundingFailed });

        // The opener knows its transaction, and decides for itself.
        Assert.IsType<Normal>(pair.Alice.State);
    }

    // A backend that is still reading the blocks has no funding either.
    [Fact]
    public void That_the_chain_does_not_have_a_funding_below_its_height_says_nothing()
    {
        var pair = ChannelPair.Open();
        var bob = pair.Bob;
        bob.Funding = null;
        bob.Restart();
        bob.Do(new ChannelCommand.FundingChecked(bob.Funded.Commitments.Latest.Funding.OutPoint, FundingStatus.Missing, 89));
        Assert.Null(bob.Funded.FundingAwaitedSince);
        bob.Do(new ChannelCommand.FundingChecked(bob.Funded.Commitments.Latest.Funding.OutPoint, FundingStatus.Missing, 90));
        Assert.Equal(90u, bob.Funded.FundingAwaitedSince);
    }

    [Fact]
    public void The_peers_commitment_on_a_funding_that_came_late_is_recognised()
    {
        var pair = Failed();
        var bob = pair.Bob;
        bob.Reach(1_000);
        bob.Mine(pair.Alice.Funded.Commitments.Broadcastable(pair.Alice.Signer)!);
        Assert.Equal(SpendKind.RemoteCommitment, Assert.IsType<Channels.States.Closing>(bob.State).Spend!.Kind);
        bob.Reach(5_000);
        Assert.Equal(CloseReason.PeerError, bob.State is Channels.States.Closing closing ? closing.Reason : Assert.IsType<Closed>(bob.State).Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_channel_that_was_never_funded_and_is_closed_by_agreement_ends_without_a_publication(bool simple)
    {
        var pair = new ChannelPair(features: ChannelPair.AllFeatures | (simple ? ChannelFeatures.SimpleClose : ChannelFeatures.None));
        pair.Fund(1_000_000, 300_000_000);
        var bob = pair.Bob;
        bob.Funding = FundingStatus.Missing;
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        Assert.True(bob.State is Negotiating or NegotiatingSimple);
        bob.Restart();
        bob.Reach(100 + Config.FundingTimeout);
        Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(bob.State).Reason);
        Assert.DoesNotContain(bob.Actions, static action => action is ChannelAction.Publish);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void An_agreed_close_is_published_once_the_funding_is_there(bool simple, bool restarts)
    {
        var pair = new ChannelPair(features: ChannelPair.AllFeatures | (simple ? ChannelFeatures.SimpleClose : ChannelFeatures.None));
        pair.Fund(1_000_000, 300_000_000);
        var bob = pair.Bob;
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        Assert.Empty(bob.Published(TransactionPurpose.MutualClose));
        if (restarts) bob.Restart();
        bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 100, 4));
        Assert.Equal(
            pair.Alice.Published(TransactionPurpose.MutualClose).Select(static one => one.TxId).Order(), bob.Published(TransactionPurpose.MutualClose).Select(static one => one.TxId).Order());
        Assert.NotEmpty(bob.Published(TransactionPurpose.MutualClose));
    }

    [Fact]
    public void No_htlc_is_taken_on_a_channel_whose_funding_is_not_confirmed()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        pair.Alice.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
        pair.Bob.Do(new ChannelCommand.CloseMutual());

        // As a peer does that heard nothing of the close: its channel_ready, and HTLCs.
        var ready = pair.Alice.Sent.OfType<ChannelReady>().Single();
        pair.Bob.Do(new ChannelCommand.PeerMessages(pair.Bob.Connection!.Value, [ready]));
        var add = new UpdateAddHtlc(pair.Bob.State.Id!.Value, 0, new(10_000_000), ChannelPair.Preimage(1).Hash, 200, ChannelPair.Onion);
        pair.Bob.Do(new ChannelCommand.PeerMessages(pair.Bob.Connection!.Value, [add]));
        Assert.IsType<Warning>(pair.Bob.Sent[^1]);
        Assert.Empty(pair.Bob.Funded.Transient.Received.Items);
    }

    private static ChannelPair Failed()
    {
        var pair = new ChannelPair();
        pair.Fund(20_000, 5_000_000);
        pair.Bob.Funding = FundingStatus.Missing;
        pair.Bob.Do(new ChannelCommand.PeerMessages(pair.Bob.Connection!.Value, [new Error(pair.Bob.State.Id!.Value, "enough")]));
        Assert.IsType<Channels.States.Closing>(pair.Bob.State);
        return pair;
    }
}
