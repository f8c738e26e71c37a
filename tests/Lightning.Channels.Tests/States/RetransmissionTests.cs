using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

public class RetransmissionTests
{
    [Fact]
    public void Reestablish_leaves_only_with_the_event_of_its_connection()
    {
        var pair = ChannelPair.Open();
        pair.Disconnect();
        var decision = Channel.Decide(pair.Alice.State, new ChannelCommand.Connected(new ConnectionId(Guid.NewGuid()), 7, ChannelPair.AllFeatures), pair.Alice.Signer, pair.Alice.Environment);
        Assert.Equal(7, Assert.IsType<DurableEvent.Connected>(Assert.Single(decision.Durable)).Epoch);
        Assert.Empty(decision.AtOnce);
        Assert.IsType<ChannelReestablish>(Assert.IsType<ChannelAction.Send>(Assert.Single(decision.Actions)).Message);
    }

    [Fact]
    public void Nothing_but_reestablish_is_sent_or_heard_before_the_peers()
    {
        var pair = ChannelPair.Open();
        pair.Disconnect();
        pair.Connect();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        Assert.IsType<ChannelReestablish>(Assert.Single(pair.Alice.Outbox));
        pair.Alice.Do(new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [new UpdateFee(pair.Alice.State.Id!.Value, new(1))]));
        Assert.False(pair.Alice.WantsDisconnect);
        pair.Run();
        Assert.Single(pair.Bob.Received);
    }

    [Fact]
    public void Messages_of_an_older_connection_are_ignored()
    {
        var pair = ChannelPair.Open();
        var old = pair.Bob.Connection!.Value;
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        EquatableArray<LightningMessage> late = [.. pair.Alice.Outbox];
        pair.Reconnect();
        var before = pair.Bob.Journal.Count;
        pair.Bob.Do(new ChannelCommand.PeerMessages(old, late));
        pair.Bob.Do(new ChannelCommand.Disconnected(old));
        Assert.Equal(before, pair.Bob.Journal.Count);
        Assert.True(pair.Bob.State.Link.IsOnline);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Commitment_and_revocation_come_again_in_the_order_they_were_sent(bool commitmentFirst)
    {
        var pair = ChannelPair.Open();
        if (commitmentFirst)
        {
            // Both sign at once: alice's commitment_signed leaves before her revoke_and_ack.
            pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
            pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(2));
            pair.Deliver(pair.Alice);
            pair.Deliver(pair.Alice);
        }
        else
        {
            // Alice revokes, and has something new to sign.
            pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(2));
            pair.Deliver(pair.Alice);
            pair.Deliver(pair.Alice);
        }

        pair.Alice.Outbox.Clear();
        var first = pair.Alice.Sent.Where(static message => message is RevokeAndAck or CommitmentSigned).ToList();
        Assert.Equal(2, first.Count);
        Assert.Equal(commitmentFirst, first[0] is CommitmentSigned);
        pair.Alice.Sent.Clear();
        pair.Disconnect();
        pair.Alice.Restart();
        pair.Connect();
        pair.Run();
        var again = pair.Alice.Sent.Where(static message => message is RevokeAndAck or CommitmentSigned).Take(2).ToList();
        // The very same bytes: signatures are made again from the state.
        Assert.Equal(first, again);
        Assert.NotEmpty(pair.Alice.Received);
    }

    [Fact]
    public void Updates_of_the_peer_without_a_signature_are_undone()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        pair.Deliver(pair.Bob);
        Assert.Single(pair.Bob.Funded.Transient.Received.Items);
        pair.Disconnect();
        Assert.Empty(pair.Bob.Funded.Transient.Received.Items);
        pair.Connect();
        pair.Run();
        Assert.Single(pair.Bob.Received);
    }

    [Fact]
    public void A_proof_that_we_are_behind_keeps_our_commitment_off_the_chain_for_ever()
    {
        var pair = ChannelPair.Open();
        Pay(pair, 1);
        var old = pair.Alice.Journal.ToList();
        Pay(pair, 2);
        pair.Disconnect();
        pair.Alice.Journal.Clear();
        pair.Alice.Journal.AddRange(old);
        pair.Alice.Restart();
        pair.Alice.Actions.Clear();
        pair.Connect();
        pair.Deliver(pair.Alice);
        Assert.True(Assert.IsType<WaitForRemoteClose>(pair.Alice.State).Proven);
        Assert.IsType<Error>(pair.Alice.Sent[^1]);
        pair.Alice.Do(new ChannelCommand.ForceClose());
        pair.Alice.Do(new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [new Error(pair.Alice.State.Id!.Value, "no")]));
        pair.Alice.Restart();
        pair.Alice.Height = 100_000;
        pair.Alice.Do(new ChannelCommand.NewBlock());
        Assert.DoesNotContain(pair.Alice.Actions, static action => action is ChannelAction.Publish);

        // The peer does as asked; what it pays us is found without our state.
        pair.Bob.Do(new ChannelCommand.PeerMessages(pair.Bob.Connection!.Value, [new Error(pair.Bob.State.Id!.Value, "please")]));
        var commitment = pair.Bob.Last<ChannelAction.Publish>().Transaction;
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal(SpendKind.FutureRemoteCommitment, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Spend!.Kind);
        Chain.Verify(pair.Alice.Last<ChannelAction.Publish>().Transaction, commitment);
    }

    [Fact]
    public void A_peer_that_says_we_are_behind_without_a_proof_gets_a_force_close()
    {
        foreach (var lie in (Func<ChannelReestablish, ChannelReestablish>[])
        [
            static honest => honest with { NextRevocationNumber = honest.NextRevocationNumber + 5 },
            static honest => honest with { NextCommitmentNumber = honest.NextCommitmentNumber + 5 },
            static honest => honest with { YourLastPerCommitmentSecret = default },
            static honest => honest with { NextCommitmentNumber = 0 },
            static honest => honest with { NextRevocationNumber = ulong.MaxValue, NextCommitmentNumber = ulong.MaxValue },
        ])
        {
            var pair = ChannelPair.Open();
            Pay(pair, 1);
            pair.Disconnect();
            pair.Connect();
            var honest = (ChannelReestablish)pair.Bob.Outbox.Dequeue();
            pair.Alice.Do(new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [lie(honest)]));
            Assert.Equal(CloseReason.ProtocolViolation, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Reason);
            Assert.IsType<Error>(pair.Alice.Sent[^1]);
            Chain.Verify(pair.Alice.Last<ChannelAction.Publish>().Transaction, pair.FundingTransaction!);
        }
    }

    [Fact]
    public void A_peer_that_is_behind_gets_our_commitment()
    {
        var pair = ChannelPair.Open();
        Pay(pair, 1);
        var old = pair.Bob.Journal.ToList();
        Pay(pair, 2);
        pair.Disconnect();
        pair.Bob.Journal.Clear();
        pair.Bob.Journal.AddRange(old);
        pair.Bob.Restart();
        pair.Connect();
        pair.Deliver(pair.Alice);
        Assert.IsType<Channels.States.Closing>(pair.Alice.State);
        Chain.Verify(pair.Alice.Last<ChannelAction.Publish>().Transaction, pair.FundingTransaction!);
    }

    [Fact]
    public void A_guarded_state_publishes_nothing_until_the_peer_has_shown_that_it_is_current()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Disconnect();
        var guarded = pair.Alice.Environment with { Guarded = true, BlockHeight = 10_000 };
        foreach (var command in (ChannelCommand[])[new ChannelCommand.ForceClose(), new ChannelCommand.NewBlock(), new ChannelCommand.OwnershipTaken()])
        {
            var decision = Channel.Decide(pair.Alice.State, command, pair.Alice.Signer, guarded);
            Assert.IsType<Normal>(decision.State);
            Assert.DoesNotContain(decision.Actions, static action => action is ChannelAction.Publish or ChannelAction.Send { Message: Error });
        }

        Assert.IsType<Channels.States.Closing>(Channel.Decide(pair.Alice.State, new ChannelCommand.NewBlock(), pair.Alice.Signer, guarded with { Guarded = false }).State);
    }

    [Fact]
    public void A_lost_write_shows_nothing_and_the_next_incarnation_goes_on()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        pair.Deliver(pair.Bob);
        var sent = pair.Bob.Sent.Count;
        pair.Bob.Lose(new ChannelCommand.PeerMessages(pair.Bob.Connection!.Value, [pair.Alice.Outbox.Peek()]));
        Assert.Equal(sent, pair.Bob.Sent.Count);
        pair.Reconnect();
        Assert.Single(pair.Bob.Received);
    }

    private static void Pay(ChannelPair pair, int number)
    {
        var origin = pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(number));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(pair.Alice.Accepted[origin], ChannelPair.Preimage(number)));
        pair.Run();
    }
}
