using Lightning.TestKit.Exploration;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

public class OpeningTests
{
    private static readonly ChannelConfig Config = new() { Network = Network.Regtest };

    public static TheoryData<string, Func<OpenChannel, OpenChannel>> BadOpenings { get; } = new()
    {
        { "chain", open => open with { ChainHash = Network.Mainnet.GenesisHash } },
        { "no channel_type", open => open with { ChannelType = null } },
        { "unknown channel_type", open => open with { ChannelType = FeatureSet.FromBits(12, 99) } },
        { "zero conf", open => open with { ChannelType = FeatureSet.FromBits(12, 22, 50) } },
        { "push more than funding", open => open with { Push = open.Funding.ToMilliSatoshi() + new MilliSatoshi(1) } },
        { "to_self_delay", open => open with { ToSelfDelay = 2017 } },
        { "max_accepted_htlcs", open => open with { MaxAcceptedHtlcs = 484 } },
        { "dust above reserve", open => open with { DustLimit = open.ChannelReserve + new Satoshi(1) } },
        { "dust below 354", open => open with { DustLimit = new(353) } },
        { "dust too large", open => open with { DustLimit = new(5_001) } },
        { "reserve too large", open => open with { ChannelReserve = new(50_001) } },
        { "reserve below our dust limit", open => open with { ChannelReserve = new(0), DustLimit = new(354) } },
        { "feerate not relayed", open => open with { Feerate = new(252) } },
        { "feerate unreasonable", open => open with { Feerate = new(100_000) } },
        { "htlc_minimum", open => open with { HtlcMinimum = new(100_000_001) } },
        { "fee not payable", open => open with { Push = open.Funding.ToMilliSatoshi() - new MilliSatoshi(100_000) } },
        { "too small", open => open with { Funding = new(10_000), Push = new(0) } },
        { "large without the feature", open => open with { Funding = new(1 << 24) } },
        { "odd shutdown script", open => open with { UpfrontShutdownScript = new Script(new Bytes([1, 2, 3])) } },
    };

    public static TheoryData<string, Func<AcceptChannel, AcceptChannel>> BadAcceptances { get; } = new()
    {
        { "temporary id", accept => accept with { TemporaryChannelId = default } },
        { "no channel_type", accept => accept with { ChannelType = null } },
        { "another channel_type", accept => accept with { ChannelType = FeatureSet.FromBits(12) } },
        { "minimum_depth", accept => accept with { MinimumDepth = 145 } },
        { "reserve below dust", accept => accept with { ChannelReserve = new(353) } },
        { "dust above our reserve", accept => accept with { DustLimit = new(10_001), ChannelReserve = new(10_001) } },
        { "to_self_delay", accept => accept with { ToSelfDelay = 2017 } },
        { "max_accepted_htlcs", accept => accept with { MaxAcceptedHtlcs = 484 } },
        { "no htlcs", accept => accept with { MaxAcceptedHtlcs = 0 } },
    };

    [Fact]
    public void A_channel_opens()
    {
        var pair = ChannelPair.Open();
        Assert.IsType<Normal>(pair.Alice.State);
        Assert.IsType<Normal>(pair.Bob.State);
        Assert.Equal(pair.Alice.State.Id, pair.Bob.State.Id);
        Assert.Equal(700_000_000.Msat(), pair.Alice.Funded.Commitments.Latest.LocalSpec.ToLocal);
        Assert.Equal(300_000_000.Msat(), pair.Bob.Funded.Commitments.Latest.LocalSpec.ToLocal);
        Assert.Equal(new ShortChannelId(90, 4, 1), pair.Alice.Last<ChannelAction.ReportReady>().ShortChannelId);
        Assert.Contains(pair.Alice.Actions, static action => action is ChannelAction.CommandDone { Command: ChannelCommand.OpenAsInitiator });
        foreach (var node in (ChannelNode[])[pair.Alice, pair.Bob]) Assert.Equal(StateDump.Of(node.Replay()), StateDump.Of(node.State));
    }

    [Theory]
    [MemberData(nameof(BadOpenings))]
    public void A_bad_open_channel_is_refused(string name, Func<OpenChannel, OpenChannel> spoil)
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        var decision = pair.Bob.Do(pair.AcceptCommand(spoil((OpenChannel)pair.Alice.Outbox.Dequeue())));
        Assert.IsType<Error>(pair.Bob.Sent[^1]);
        Assert.IsType<Aborted>(decision.State);
        Assert.Empty(pair.Bob.Journal);
        Assert.NotEmpty(name);
    }

    [Theory]
    [MemberData(nameof(BadAcceptances))]
    public void A_bad_accept_channel_is_refused(string name, Func<AcceptChannel, AcceptChannel> spoil)
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        pair.Alice.Do(new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [spoil((AcceptChannel)pair.Bob.Outbox.Dequeue())]));
        Assert.IsType<Error>(pair.Alice.Sent[^1]);
        Assert.IsType<Aborted>(pair.Alice.State);
        Assert.Equal(CommandRefusal.PeerFailed, pair.Alice.Last<ChannelAction.CommandRefused>().Reason);
        Assert.NotEmpty(name);
    }

    [Fact]
    public void The_funding_transaction_is_published_only_once_the_peer_has_signed()
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        pair.Run();
        pair.MakeFunding();
        Assert.IsType<FundingCreated>(pair.Alice.Sent[^1]);
        Assert.IsType<DurableEvent.FundingCreated>(Assert.Single(pair.Alice.Journal));
        Assert.DoesNotContain(pair.Alice.Actions, static action => action is ChannelAction.Publish);
        var (assigned, sent) = (pair.Alice.Actions.FindIndex(static action => action is ChannelAction.AssignChannelId), pair.Alice.Actions.FindLastIndex(static action => action is ChannelAction.Send));
        Assert.True(assigned >= 0 && assigned < sent, "registered before funding_created");
        pair.Run();
        Assert.Equal(pair.FundingTransaction, pair.Alice.Last<ChannelAction.Publish>().Transaction);
        Assert.IsType<DurableEvent.FundingAccepted>(Assert.Single(pair.Bob.Journal));
    }

    [Fact]
    public void A_lost_connection_before_funding_signed_forgets_the_channel_and_frees_the_coins()
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        pair.Run();
        pair.MakeFunding();
        pair.Disconnect();
        Assert.IsType<Closed>(pair.Alice.State);
        Assert.Equal(pair.FundingTransaction, pair.Alice.Last<ChannelAction.ReleaseFunding>().Transaction);
        Assert.IsType<Aborted>(pair.Bob.State);
    }

    [Fact]
    public void A_wallet_that_repeats_itself_does_not_make_a_channel_give_up_the_coins_of_its_funding()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        var alice = pair.Alice;
        var funding = pair.FundingTransaction!;
        Assert.IsType<WaitForFundingConfirmed>(alice.State);
        alice.Do(new ChannelCommand.FundingMade(funding, 1));
        pair.Confirm();
        alice.Do(new ChannelCommand.FundingMade(funding, 1));
        Assert.DoesNotContain(alice.Actions, static action => action is ChannelAction.ReleaseFunding);
        // Another one is not this channel's.
        var other = new Transaction(2, funding.Inputs, funding.Outputs, lockTime: 1);
        alice.Do(new ChannelCommand.FundingMade(other, 1));
        Assert.Equal(other, alice.Last<ChannelAction.ReleaseFunding>().Transaction);
    }

    [Fact]
    public void A_wrong_funding_output_never_becomes_a_channel()
    {
        foreach (var amount in (long[])[999_999, 1_000_001])
        {
            var pair = new ChannelPair();
            pair.Fund(1_000_000, 0);
            var funding = pair.FundingTransaction!;
            var script = funding.Outputs[1].ScriptPubKey;
            // The same txid cannot hold this: so the test tells the accepter of a transaction whose txid it expects.
            var forged = new Transaction(funding.Version, funding.Inputs, [funding.Outputs[0], new TxOut(amount.Sat(), script)], funding.LockTime);
            var bob = pair.Bob.Funded;
            pair.Bob.State = bob with { Commitments = WithFunding(bob, new OutPoint(forged.TxId, 1)) };
            pair.Bob.Do(new ChannelCommand.FundingConfirmed(forged, 90, 1));
            Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(pair.Bob.State).Reason);
            Assert.DoesNotContain(pair.Bob.Sent, static message => message is ChannelReady);
        }
    }

    [Fact]
    public void A_channel_funded_by_a_coinbase_waits_for_its_maturity()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 0);
        var bob = pair.Bob.Funded;
        var coinbase = new Transaction(2, [new TxIn(new OutPoint(default, uint.MaxValue), new Script(new Bytes([1, 1])), 0, Witness.Empty)], pair.FundingTransaction!.Outputs, 0);
        pair.Bob.State = bob with { Commitments = WithFunding(bob, new OutPoint(coinbase.TxId, 1)) };
        pair.Bob.Height = 188;
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(coinbase, 90, 0));
        Assert.IsType<WaitForFundingConfirmed>(pair.Bob.State);
        Assert.Equal(100u, pair.Bob.Last<ChannelAction.WatchFundingConfirmed>().MinimumDepth);
        pair.Bob.Height = 189;
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(coinbase, 90, 0));
        Assert.IsType<WaitForChannelReady>(pair.Bob.State);
    }

    [Fact]
    public void An_accepter_forgets_a_channel_whose_funding_never_comes()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 0);
        pair.Alice.Funding = pair.Bob.Funding = FundingStatus.Missing;
        pair.Bob.Reach(99 + Config.FundingTimeout);
        Assert.IsType<WaitForFundingConfirmed>(pair.Bob.State);
        Assert.DoesNotContain(pair.Bob.Actions, static action => action is ChannelAction.CheckFunding);
        pair.Alice.Reach(100 + Config.FundingTimeout);
        pair.Bob.Reach(100 + Config.FundingTimeout);
        Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(pair.Bob.State).Reason);
        Assert.Equal(StateDump.Of(pair.Bob.Replay()), StateDump.Of(pair.Bob.State));
        Assert.IsType<WaitForFundingConfirmed>(pair.Alice.State);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData(FundingStatus.Unspent, false)]
    [InlineData(FundingStatus.Spent, false)]
    [InlineData(FundingStatus.Missing, true)]
    public void An_accepter_forgets_nothing_for_the_height_alone(FundingStatus? funding, bool guarded)
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        pair.Bob.Funding = funding;
        pair.Bob.Height = 5_000;
        pair.Bob.Guarded = guarded;
        pair.Bob.Restart();
        for (var i = 0; i < 3; i++) pair.Bob.Reach(pair.Bob.Height + 1);
        Assert.IsType<WaitForFundingConfirmed>(pair.Bob.State);

        // One question at a time: the search may take longer than a block.
        if (funding is null) Assert.Equal(guarded ? 0 : 1, pair.Bob.Actions.Count(static action => action is ChannelAction.CheckFunding));
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
        Assert.IsType<WaitForChannelReady>(pair.Bob.State);
    }

    [Fact]
    public void An_answer_of_before_the_time_was_up_makes_an_accepter_forget_nothing()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        pair.Bob.Funding = null;
        pair.Bob.Reach(100 + Config.FundingTimeout);
        var funding = pair.Bob.Funded.Commitments.Latest.Funding.OutPoint;
        pair.Bob.Do(new ChannelCommand.FundingChecked(funding, FundingStatus.Missing, 99 + Config.FundingTimeout));
        Assert.IsType<WaitForFundingConfirmed>(pair.Bob.State);
        pair.Bob.Do(new ChannelCommand.FundingChecked(funding, FundingStatus.Missing, 100 + Config.FundingTimeout));
        Assert.IsType<Closed>(pair.Bob.State);
    }

    [Fact]
    public void What_was_pushed_is_taken_where_the_funding_comes_soon_after_the_channel_was_forgotten()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        pair.Bob.Funding = FundingStatus.Missing;
        pair.Bob.Reach(100 + Config.FundingTimeout);
        Assert.IsType<Closed>(pair.Bob.State);
        pair.Bob.Restart();
        Assert.Contains(pair.Bob.Actions, static action => action is ChannelAction.WatchFundingSpent);
        var commitment = pair.Alice.Funded.Commitments.Broadcastable(pair.Alice.Signer)!;
        pair.Bob.Do(new ChannelCommand.FundingSpent(commitment, pair.Bob.Height));
        Assert.Equal(SpendKind.RemoteCommitment, Assert.IsType<Channels.States.Closing>(pair.Bob.State).Spend!.Kind);
        Assert.Contains(pair.Bob.Actions, static action => action is ChannelAction.ReportReopened);
    }

    [Fact]
    public void Channel_ready_comes_again_after_a_reconnection()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        pair.Alice.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
        pair.Reconnect();
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
        pair.Disconnect();
        pair.Bob.Restart();
        pair.Connect();
        pair.Run();
        Assert.IsType<Normal>(pair.Alice.State);
        Assert.IsType<Normal>(pair.Bob.State);
    }

    [Fact]
    public void An_opening_survives_a_crash_at_any_point_or_is_forgotten_by_both()
    {
        for (var messages = 0; messages < 6; messages++)
        {
            var pair = new ChannelPair();
            pair.Wire();
            pair.Alice.Do(pair.OpenCommand(1_000_000, 300_000_000));
            pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
            pair.Deliver(pair.Alice);
            pair.MakeFunding();
            for (var i = 0; i < messages; i++) _ = pair.Deliver(pair.Bob) || pair.Deliver(pair.Alice);
            pair.Disconnect();
            pair.Alice.Restart();
            pair.Bob.Restart();
            if (pair.Alice.State is Closed)
            {
                Assert.DoesNotContain(pair.Alice.Actions, static action => action is ChannelAction.Publish);
                continue;
            }

            pair.Connect();
            pair.Run();
            pair.Confirm();
            Assert.IsType<Normal>(pair.Alice.State);
            Assert.IsType<Normal>(pair.Bob.State);
        }
    }

    private static Channels.Commitments.ChannelCommitments WithFunding(FundedState state, OutPoint outPoint)
    {
        var funding = state.Commitments.Latest.Funding;
        var moved = new Channels.Transactions.ChannelFunding(outPoint, funding.Capacity, funding.LocalPubKey, funding.RemotePubKey);
        return state.Commitments with { Active = [state.Commitments.Latest with { Funding = moved }] };
    }
}
