using Lightning.TestKit.Exploration;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>channel_reestablish: who lacks what, and who has lost its data (BOLT 2 "Message Retransmission").</summary>
public class ReestablishTests
{
    [Fact]
    public void Channel_ready_comes_again_before_the_updates_that_need_it()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        foreach (var node in (ChannelNode[])[pair.Alice, pair.Bob]) node.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
        Assert.True(pair.Deliver(pair.Alice));
        var preimage = ChannelPair.Preimage(1);
        pair.Add(pair.Alice, 10_000_000, preimage);
        Assert.Equal([typeof(ChannelReady), typeof(UpdateAddHtlc), typeof(CommitmentSigned)], Waiting(pair.Alice).Select(static message => message.GetType()));
        // None of these arrives.
        pair.Reconnect();
        AssertNoFault(pair);
        Assert.Equal(preimage.Hash, Assert.Single(pair.Bob.Received).Htlc.PaymentHash);
    }

    [Fact]
    public void Channel_ready_comes_again_to_a_peer_that_lacks_it_while_the_channel_closes()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        foreach (var node in (ChannelNode[])[pair.Alice, pair.Bob]) node.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
        Assert.True(pair.Deliver(pair.Alice));
        var preimage = ChannelPair.Preimage(1);
        var origin = pair.Add(pair.Alice, 10_000_000, preimage);
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Reconnect();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, preimage));
        pair.Run();
        AssertNoFault(pair);
        Assert.Equal(preimage, pair.Alice.Fulfilled[origin]);
        Assert.Contains(pair.Alice.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.MutualClose });
    }

    [Fact]
    public void A_commitment_sent_before_a_revocation_comes_again_before_it()
    {
        var pair = Crossing();
        // Bob's commitment arrives after Alice has signed hers: she revokes after it.
        while (pair.Deliver(pair.Alice))
        {
        }

        Assert.Equal([typeof(UpdateAddHtlc), typeof(CommitmentSigned), typeof(RevokeAndAck)], Waiting(pair.Alice).Select(static message => message.GetType()));
        var sent = Waiting(pair.Alice).ToList();
        AssertSentAgain(pair, sent);
    }

    [Fact]
    public void A_revocation_sent_before_a_commitment_comes_again_before_it()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(2));
        while (pair.Deliver(pair.Alice))
        {
        }

        Assert.Equal([typeof(RevokeAndAck), typeof(CommitmentSigned)], Waiting(pair.Alice).Select(static message => message.GetType()));
        var sent = Waiting(pair.Alice).ToList();
        AssertSentAgain(pair, sent);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(0, -2)]
    public void Numbers_that_do_not_fit_end_the_channel_with_its_latest_commitment(long commitment, long revocation)
    {
        var pair = Paid();
        var fits = Reestablish(pair);
        pair.Connect();
        Hear(pair.Bob, fits with
        {
            NextCommitmentNumber = commitment == 0 && revocation == 0 ? 0 : fits.NextCommitmentNumber + (ulong)commitment,
            NextRevocationNumber = (ulong)((long)fits.NextRevocationNumber + revocation),
        });
        AssertForceClosed(pair, pair.Bob);
    }

    [Fact]
    public void A_wrong_last_secret_ends_the_channel()
    {
        var pair = Paid();
        var fits = Reestablish(pair);
        pair.Connect();
        Hear(pair.Bob, fits with { YourLastPerCommitmentSecret = new Bytes32(Hashes.Sha256([1]).Span) });
        AssertForceClosed(pair, pair.Bob);
    }

    [Fact]
    public void A_peer_that_says_we_are_behind_without_a_proof_gets_a_force_close()
    {
        var pair = Paid();
        var fits = Reestablish(pair);
        pair.Connect();
        Hear(pair.Bob, fits with { NextRevocationNumber = fits.NextRevocationNumber + 3, YourLastPerCommitmentSecret = new Bytes32(Hashes.Sha256([1]).Span) });
        AssertForceClosed(pair, pair.Bob);
    }

    [Fact]
    public void A_node_that_is_behind_never_publishes_its_revoked_commitment_whatever_the_peer_says_later()
    {
        var pair = ChannelPair.Open();
        var old = pair.Bob.Journal.Count;
        Pay(pair, 1);
        Pay(pair, 2);
        pair.Disconnect();
        pair.Bob.Journal.RemoveRange(old, pair.Bob.Journal.Count - old);
        pair.Bob.Restart();
        pair.Bob.Actions.Clear();
        pair.Reconnect();
        Assert.True(Assert.IsType<WaitForRemoteClose>(pair.Bob.State).Proven);
        Assert.IsType<Error>(pair.Bob.Sent[^1]);
        // A peer without scruples now pretends that nothing was proven, on the next connection.
        pair.Disconnect();
        var lies = Reestablish(pair) with { NextRevocationNumber = 77, YourLastPerCommitmentSecret = new Bytes32(Hashes.Sha256([1]).Span) };
        foreach (var lie in (ChannelReestablish[])[lies, lies with { NextCommitmentNumber = 0 }, lies with { NextRevocationNumber = 0 }])
        {
            pair.Connect();
            Hear(pair.Bob, lie);
            Hear(pair.Bob, new Error(pair.Bob.State.Id!.Value, "close it yourself"));
            pair.Bob.Do(new ChannelCommand.ForceClose());
            pair.Bob.Height += 3_000;
            pair.Bob.Do(new ChannelCommand.NewBlock());
            pair.Bob.Restart();
            pair.Disconnect();
        }

        Assert.IsType<WaitForRemoteClose>(pair.Bob.State);
        Assert.DoesNotContain(pair.Bob.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Commitment });
    }

    [Fact]
    public void A_node_that_is_behind_answers_what_waits_to_be_sent()
    {
        var pair = ChannelPair.Open();
        var old = pair.Bob.Journal.Count;
        Pay(pair, 1);
        pair.Disconnect();
        pair.Bob.Journal.RemoveRange(old, pair.Bob.Journal.Count - old);
        pair.Bob.Restart();
        pair.Connect();
        var origin = pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(9));
        pair.Run();
        Assert.IsType<WaitForRemoteClose>(pair.Bob.State);
        Assert.Equal(Updates.AddRefusal.Closing, pair.Bob.Refused[origin]);
    }

    [Fact]
    public void A_channel_that_ends_on_chain_is_not_given_up_for_numbers_without_sense()
    {
        var pair = Paid();
        var fits = Reestablish(pair);
        pair.Connect();
        var remote = pair.Bob.Funded.Commitments;
        var theirs = ForceClosing.CurrentRemote(remote).Transaction;
        pair.Bob.Do(new ChannelCommand.FundingSpent(theirs, 100));
        var before = StateDump.Of(pair.Bob.State);
        Assert.NotEmpty(Assert.IsType<Channels.States.Closing>(pair.Bob.State).Attempts);
        foreach (var lie in (ChannelReestablish[])[fits with { NextCommitmentNumber = 0 }, fits with { NextRevocationNumber = 50 }, fits])
        {
            pair.Disconnect();
            pair.Connect();
            Hear(pair.Bob, lie);
            Hear(pair.Bob, new Error(pair.Bob.State.Id!.Value, "unknown channel"));
            Assert.Equal(before, StateDump.Of(pair.Bob.State));
        }

        Assert.Equal(before, StateDump.Of(pair.Bob.Replay()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_has_forgotten_the_channel_after_the_closing_transaction_does_not_cause_a_force_close(bool simple)
    {
        var pair = ChannelPair.Open(features: ChannelPair.AllFeatures | (simple ? Parameters.ChannelFeatures.SimpleClose : Parameters.ChannelFeatures.None));
        var fits = Reestablish(pair);
        pair.Reconnect();
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        var id = pair.Bob.State.Id!.Value;
        pair.Disconnect();
        pair.Connect();
        // What LDK answers to a channel_reestablish of a channel that it does not know.
        Hear(pair.Bob, new Error(id, "Got a message for a channel from the wrong node! No such channel"), fits with { NextCommitmentNumber = 0, NextRevocationNumber = 1, YourLastPerCommitmentSecret = new Bytes32(Enumerable.Repeat((byte)1, 32).ToArray()) });
        Assert.DoesNotContain(pair.Bob.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Commitment });
        var closing = pair.Bob.Last<ChannelAction.Publish>().Transaction;
        pair.Bob.Bury(closing);
        Assert.Equal(CloseReason.Mutual, Assert.IsType<Closed>(pair.Bob.State).Reason);
        // Nor does a closed channel come back to life.
        pair.Disconnect();
        pair.Connect();
        Hear(pair.Bob, fits with { NextCommitmentNumber = 0 });
        Assert.IsType<Closed>(pair.Bob.State);
    }

    [Fact]
    public void A_channel_whose_funding_was_not_signed_is_forgotten_durably_after_a_restart()
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        pair.Run();
        pair.MakeFunding();
        Assert.IsType<WaitForFundingSigned>(pair.Alice.State);
        pair.Alice.Connection = null;
        // What a shell does that persists the ownership itself.
        var state = pair.Alice.Replay().Apply(new DurableEvent.OwnershipTaken());
        Assert.Empty(Channel.Resume(state, pair.Alice.Signer, pair.Alice.Environment));
        pair.Alice.State = state;
        pair.Alice.Do(new ChannelCommand.NewBlock());
        Assert.IsType<Closed>(pair.Alice.State);
        Assert.IsType<DurableEvent.ChannelClosed>(pair.Alice.Journal[^1]);
        Assert.Equal(pair.FundingTransaction, pair.Alice.Last<ChannelAction.ReleaseFunding>().Transaction);
        Assert.DoesNotContain(pair.Alice.Actions, static action => action is ChannelAction.Publish);
    }

    private static ChannelPair Paid()
    {
        var pair = ChannelPair.Open();
        Pay(pair, 1);
        Pay(pair, 2);
        Pay(pair, 3);
        return pair;
    }

    private static void Pay(ChannelPair pair, int number)
    {
        var preimage = ChannelPair.Preimage(number);
        pair.Add(pair.Alice, 10_000_000, preimage);
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(pair.Bob.Received[^1].Htlc.Id, preimage));
        pair.Run();
    }

    /// <summary>Both have signed an add; nothing has arrived.</summary>
    private static ChannelPair Crossing()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 10_000_000, ChannelPair.Preimage(1));
        pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(2));
        return pair;
    }

    /// <summary>What Alice says of the channel on a new connection, which is gone again afterwards.</summary>
    private static ChannelReestablish Reestablish(ChannelPair pair)
    {
        pair.Disconnect();
        pair.Connect();
        var message = pair.Alice.Sent.OfType<ChannelReestablish>().Last();
        pair.Disconnect();
        return message;
    }

    private static void AssertSentAgain(ChannelPair pair, List<LightningMessage> sent)
    {
        pair.Alice.Restart();
        pair.Disconnect();
        pair.Connect();
        pair.Deliver(pair.Alice);
        Assert.IsType<ChannelReestablish>(pair.Alice.Outbox.Peek());
        Assert.Equal(sent, Waiting(pair.Alice).Skip(1));
        pair.Run();
        AssertNoFault(pair);
        Assert.Equal(pair.Alice.Funded.Commitments.Latest.LocalSpec, pair.Bob.Funded.Commitments.Latest.RemoteSpec);
    }

    // What a node tells of its terms stands beside the channel.
    private static IEnumerable<LightningMessage> Waiting(ChannelNode node) => node.Outbox.Where(static message => message is not ChannelUpdate);

    private static void AssertNoFault(ChannelPair pair) => Assert.DoesNotContain(pair.Alice.Sent.Concat(pair.Bob.Sent), static message => message is Error or Warning);

    private static void AssertForceClosed(ChannelPair pair, ChannelNode node)
    {
        Assert.IsType<Channels.States.Closing>(node.State);
        Assert.IsType<DurableEvent.ForceClosed>(node.Journal[^1]);
        Assert.IsType<Error>(node.Sent[^1]);
        var published = node.Actions.OfType<ChannelAction.Publish>().Last(static publish => publish.Purpose == TransactionPurpose.Commitment).Transaction;
        Assert.Equal(node.Funded.Commitments.CurrentLocal(node.Signer).TxId, published.TxId);
        Chain.Verify(published, pair.FundingTransaction!);
    }

    private static void Hear(ChannelNode node, params LightningMessage[] messages) => node.Do(new ChannelCommand.PeerMessages(node.Connection!.Value, [.. messages]));
}
