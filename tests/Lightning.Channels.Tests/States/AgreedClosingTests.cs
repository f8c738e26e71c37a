using Lightning.Channels.Actions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>Once both have signed a closing transaction, nothing that a peer says makes a commitment compete with it.</summary>
public class AgreedClosingTests
{
    [Theory]
    [InlineData("outside of")]
    [InlineData("with dust")]
    public void A_closing_signed_after_the_agreement_that_would_fail_the_channel_is_answered_by_a_warning(string reason)
    {
        var pair = ChannelPair.Open(pushMsat: reason == "with dust" ? 200_000 : 300_000_000);
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        Assert.True(Assert.IsType<Negotiating>(pair.Bob.State).HasClosingTransaction);

        // Alice, who opened the channel, may offer dust; what bob chose she must keep to.
        var (from, to) = reason == "with dust" ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
        var fee = new Satoshi(reason == "with dust" ? 1_000 : 100_000);
        to.Do(new ChannelCommand.PeerMessages(to.Connection!.Value, [Signed(from, fee) with { FeeRange = new FeeRange(new(1), fee) }]));
        Assert.Contains(reason, Assert.IsType<Warning>(to.Sent[^1]).Text, StringComparison.Ordinal);
        Assert.True(to.WantsDisconnect);
        Assert.IsType<Negotiating>(to.State);
        Assert.DoesNotContain(to.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Commitment });

        // The operator decides.
        to.Do(new ChannelCommand.ForceClose());
        Assert.Contains(to.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Commitment });
    }

    // The mined transaction has been told of, and is told of no second time.
    [Theory]
    [InlineData(ChannelFeatures.None)]
    [InlineData(ChannelFeatures.SimpleClose)]
    public void While_a_closing_transaction_is_in_a_block_nothing_ends_the_channel_by_its_commitment(ChannelFeatures features)
    {
        var pair = ChannelPair.Open(features: ChannelPair.AllFeatures | features);
        var alice = pair.Alice;
        alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        var state = alice.State.GetType();
        var closing = alice.Published(TransactionPurpose.MutualClose)[^1];
        alice.Mine(closing);
        alice.Do(new ChannelCommand.ForceClose());
        Assert.Equal(CommandRefusal.WrongState, alice.Last<ChannelAction.CommandRefused>().Reason);
        alice.Do(new ChannelCommand.PeerMessages(alice.Connection!.Value, [new Error(alice.Funded.Commitments.Id, "no more")]));
        Assert.IsType(state, alice.State);
        Assert.Empty(alice.Published(TransactionPurpose.Commitment));

        // Undone, it may be closed so; and whichever is mined ends it.
        alice.Do(new ChannelCommand.SpendUndone(closing.Inputs[0].PreviousOutput, closing.TxId));
        alice.Do(new ChannelCommand.ForceClose());
        Assert.Single(alice.Published(TransactionPurpose.Commitment));
        alice.Bury(closing);
        Assert.Equal(CloseReason.Mutual, alice.State is Channels.States.Closing ended ? ended.Reason : Assert.IsType<Closed>(alice.State).Reason);
    }

    // Whoever signs last may keep it to itself.
    [Fact]
    public void Nor_where_this_node_hears_of_the_peers_signature_from_the_chain()
    {
        var pair = ChannelPair.Open(features: ChannelPair.AllFeatures | ChannelFeatures.SimpleClose);
        var alice = pair.Alice;
        alice.Do(new ChannelCommand.CloseMutual());
        Assert.True(pair.Deliver(pair.Bob) && pair.Deliver(alice) && pair.Deliver(pair.Bob));
        var closing = pair.Bob.Published(TransactionPurpose.MutualClose)[^1];
        pair.Bob.Outbox.Clear();
        Assert.False(Assert.IsType<NegotiatingSimple>(alice.State).HasClosingTransaction);
        alice.Mine(closing);
        alice.Do(new ChannelCommand.PeerMessages(alice.Connection!.Value, [new Error(alice.Funded.Commitments.Id, "no more")]));
        Assert.IsType<NegotiatingSimple>(alice.State);
        alice.Bury(closing);
        Assert.Equal(CloseReason.Mutual, Assert.IsType<Closed>(alice.State).Reason);
    }

    private static ClosingSigned Signed(ChannelNode from, Satoshi fee)
    {
        var state = Assert.IsType<Negotiating>(from.State);
        var balances = MutualClosing.Balances(state.Commitments, state.LocalScript, state.RemoteScript);
        var closing = LegacyClosing.Build(state.Commitments.Latest.Funding, balances, state.Parameters.IsInitiator, fee, Satoshi.Zero);
        return new ClosingSigned(state.Commitments.Id, fee, from.Signer.SignClosing(closing));
    }
}
