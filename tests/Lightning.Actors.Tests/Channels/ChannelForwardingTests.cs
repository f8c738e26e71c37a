using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Tests.Channels;

/// <summary>HTLCs that come in to go on by another channel, from a peer that does what it likes.</summary>
public sealed class ChannelForwardingTests : ChannelBench
{
    private static readonly PaymentPreimage Preimage = new(new Bytes32([.. Enumerable.Repeat((byte)3, 32)]));
    private static readonly HtlcOrigin.Relayed Relayed = new(Self, 0);

    private Bytes Onion(long amount = 500_000_000) => ForwardOnion(Preimage.Hash, amount.Msat(), 300);

    private ChannelCommand.AddHtlc ExpectForward(ulong id = 0)
    {
        var add = Assert.IsType<ChannelCommand.AddHtlc>(Others.FishForMessage<ChannelRequest>(request => request is { Command: ChannelCommand.AddHtlc }, Wait).Command);
        Assert.Equal(new HtlcOrigin.Relayed(Self, id), add.Origin);
        return add;
    }

    private void Forward()
    {
        Peer.Do(Offer(Preimage.Hash, 501_000_000.Msat(), 400, Onion()));
        Talk(() => State.Commitments.Incoming.ContainsKey(0));
        var add = ExpectForward();
        Assert.Equal((500_000_000.Msat(), 300u, 400u), (add.Amount, add.CltvExpiry, add.RefuseFrom));
        Entity.Tell(new ForwardAccepted(Self, 0, Next));
    }

    [Fact]
    public void The_outgoing_channel_is_durable_before_the_forward_leaves_and_costs_no_write_of_its_own()
    {
        Open();
        Peer.Do(Offer(Preimage.Hash, 501_000_000.Msat(), 400, Onion()));
        Talk(() => Peer.Outbox.TryPeek(out var message) && message is RevokeAndAck, message => message is RevokeAndAck);
        var writes = Faults.Writes;
        Faults.Hold();
        Say(Peer.Outbox.Dequeue());
        AwaitCondition(() => Faults.Writes > writes, Wait);
        Others.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Faults.Release();
        ExpectForward();
        Assert.Equal(Next, State.Commitments.Incoming[0].Forward);
        Assert.Equal(writes + 1, Faults.Writes);
    }

    [Fact]
    public void A_forward_is_held_against_the_HTLC_that_came_in_and_not_against_another_message_with_its_id()
    {
        Open();

        // One satoshi comes in, with an onion that asks for half a million; irrevocable but for the peer's revocation.
        Peer.Do(Offer(Preimage.Hash, 1_000.Msat(), 400, Onion()));
        Talk(() => Peer.Outbox.TryPeek(out var message) && message is RevokeAndAck, message => message is RevokeAndAck);
        Disconnect();
        Connect();

        // Where nobody listens yet, an HTLC with the same id that would pay for such a forward.
        Say(new UpdateAddHtlc(State.Commitments.Id, 0, 501_000_000.Msat(), Preimage.Hash, 400, Onion()));
        Talk(() => Sent.OfType<UpdateFailHtlc>().Any());
        Others.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Assert.Null(State.Commitments.Incoming.GetValueOrDefault(0ul)?.Forward);
    }

    [Fact]
    public void A_forward_whose_revocation_comes_together_with_something_else_is_not_forgotten()
    {
        Open();

        // The first HTLC's revocation comes together with the offer of the second.
        Peer.Do(Offer(Preimage.Hash, 501_000_000.Msat(), 400, Onion()));
        Talk(() => Peer.Outbox.TryPeek(out var message) && message is RevokeAndAck, message => message is RevokeAndAck);
        Peer.Do(Offer(Preimage.Hash, 501_000_000.Msat(), 400, Onion(), attempt: 2));
        WhileWriting(() =>
        {
            while (Peer.Outbox.TryDequeue(out var message)) Say(message);
        });
        ExpectForward();
        Entity.Tell(new ForwardAccepted(Self, 0, Next));
        Talk(() => Peer.Outbox.TryPeek(out var message) && message is RevokeAndAck && Peer.Funded.Commitments.LocalNumber >= 2, message => message is RevokeAndAck && Peer.Funded.Commitments.LocalNumber >= 2);

        // The second one's together with a block.
        WhileWriting(() =>
        {
            while (Peer.Outbox.TryDequeue(out var message)) Say(message);
            SetHeight(101);
        });
        Talk(() => State.Commitments.Incoming.ContainsKey(1));
        ExpectForward(id: 1);
    }

    [Fact]
    public void A_revocation_that_does_not_fit_forwards_nothing()
    {
        Open();
        Peer.Do(Offer(Preimage.Hash, 501_000_000.Msat(), 400, Onion()));
        Talk(() => Peer.Outbox.TryPeek(out var message) && message is RevokeAndAck, message => message is RevokeAndAck);
        var real = (RevokeAndAck)Peer.Outbox.Dequeue();
        Say(real with { PerCommitmentSecret = Preimage.Value });
        Talk(() => Sent.OfType<Error>().Any());
        Others.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Assert.Empty(State.Commitments.Incoming);
    }

    [Fact]
    public void Nothing_is_forwarded_or_offered_before_a_block_height_is_known()
    {
        Node.Tip.Set(new Actors.Chain.NewTip(default, 0));
        Open();
        Peer.Do(Offer(Preimage.Hash, 501_000_000.Msat(), 400, Onion()));
        Talk(() => State.Commitments.Incoming.ContainsKey(0));
        Entity.Tell(new ChannelRequest(Self, Offer(Preimage.Hash, 1_000_000.Msat(), 300, Onion())));
        Entity.Tell(new WakeChannel(Self), TestActor);
        ExpectMsg<ChannelAwake>(Wait);
        Assert.Null(State.Commitments.Incoming[0].Forward);
        Assert.Empty(State.Commitments.Outgoing.Entries);

        // Too late for that by now.
        SetHeight(350);
        Talk(() => Sent.OfType<UpdateFailHtlc>().Any());
        Others.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_result_that_is_durable_is_acknowledged_however_often_it_comes_and_after_the_end_of_the_channel()
    {
        Open();
        Forward();
        Entity.Tell(new ForwardFulfilled(Self, 0, Next, Preimage));
        Talk(() => Sent.OfType<UpdateFulfillHtlc>().Any());
        ExpectAcknowledgement();
        Entity.Tell(new ForwardFulfilled(Self, 0, Next, Preimage));
        ExpectAcknowledgement();
        Entity.Tell(new ForwardFailed(Self, 0, Next, new HtlcFailure.OnChain()));
        ExpectAcknowledgement(isFailure: true);
        Kill();
        Spawn();
        Entity.Tell(new ForwardFulfilled(Self, 0, Next, Preimage));
        ExpectAcknowledgement();

        // Closed by the peer, with what it last signed; nothing is left to be taken but this node's balance.
        Connect();
        Talk(() => State.Commitments.IsQuiet && Peer.Funded.Commitments.IsQuiet && State.Link.IsOnline);
        CloseByPeer();
        Entity.Tell(new ForwardFulfilled(Self, 0, Next, Preimage));
        ExpectAcknowledgement();
        Kill();
        Spawn();
        Entity.Tell(new ForwardFulfilled(Self, 0, Next, Preimage));
        ExpectAcknowledgement();
    }

    [Fact]
    public void A_closed_channel_ends_with_the_last_acknowledgement_and_repeats_its_results_until_then()
    {
        Open();

        // Too small for an output: lost with the commitment that confirms.
        var add = Offer(Preimage.Hash, 100_000.Msat(), 300, Onion());
        Registry.ExpectMsg<Actors.Registry.RegisterChannel>(Wait);
        Entity.Tell(new ChannelRequest(Self, add));
        Talk(() => Peer.Funded.Commitments.Incoming.Count == 1 && State.Commitments.LocalNumber == 1);
        CloseByPeer();
        Payments.FishForMessage<Actors.Payments.Messages.HtlcFailed>(_ => true, Wait);
        var summary = Registry.FishForMessage<Actors.Registry.SettleChannel>(_ => true, Wait).Summary;
        Assert.Equal((101u, CloseKind.RemoteForce), (summary.CloseHeight, summary.Kind));
        SetHeight(400);
        Kill();
        Spawn();
        Payments.FishForMessage<Actors.Payments.Messages.HtlcFailed>(_ => true, Wait);
        Assert.NotNull(summary.ShortChannelId);
        Assert.Equal(summary, Registry.FishForMessage<Actors.Registry.SettleChannel>(_ => true, Wait).Summary);
        Assert.False(Registry.HasMessages);
        Entity.Tell(new ChannelRequest(Self, new ChannelCommand.AcknowledgeResult(add.Origin)));
        Registry.FishForMessage<Actors.Registry.UnregisterChannel>(_ => true, Wait);
    }

    [Fact]
    public void A_closed_channel_is_watched_until_no_reorganisation_can_undo_its_end_and_opened_again_by_one()
    {
        Open();
        Registry.ExpectMsg<Actors.Registry.RegisterChannel>(Wait);
        CloseByPeer();

        // It may have been registered again before: that is repeated until it is answered.
        Registry.FishForMessage<Actors.Registry.SettleChannel>(_ => true, Wait);
        var commitment = Peer.Commitment;
        Entity.Tell(new ChannelRequest(Self, new ChannelCommand.SpendUndone(commitment.Inputs[0].PreviousOutput, commitment.TxId)));
        Registry.ExpectMsg<Actors.Registry.UnsettleChannel>(Wait);
        AwaitCondition(() => State is Lightning.Channels.States.Closing { Spend: null }, Wait);
        Entity.Tell(new ChannelRequest(Self, new ChannelCommand.FundingSpent(commitment, 107)));
        SetHeight(108);
        var sweep = Monitor.FishForMessage<Actors.Chain.PublishTransaction>(one => one.Transaction.Inputs[0].PreviousOutput.TxId == commitment.TxId, Wait).Transaction;
        Entity.Tell(new ChannelRequest(Self, new ChannelCommand.OutputSpent(sweep, 109)));
        SetHeight(114);
        Registry.ExpectMsg<Actors.Registry.SettleChannel>(Wait);
        SetHeight(257);
        Assert.False(Registry.HasMessages);
        SetHeight(258);
        Registry.ExpectMsg<Actors.Registry.UnregisterChannel>(Wait);
    }

    private void CloseByPeer()
    {
        var commitment = Peer.Commitment;
        Entity.Tell(new ChannelRequest(Self, new ChannelCommand.FundingSpent(commitment, 101)));
        SetHeight(101);
        var sweep = Monitor.FishForMessage<Actors.Chain.PublishTransaction>(one => one.Transaction.Inputs[0].PreviousOutput.TxId == commitment.TxId, Wait).Transaction;
        Entity.Tell(new ChannelRequest(Self, new ChannelCommand.OutputSpent(sweep, 102)));
        AwaitCondition(() => State is Lightning.Channels.States.Closing { Spends.IsEmpty: false }, Wait);
        SetHeight(107);
        AwaitCondition(() => Entry is null, Wait);
    }

    // Once no commitment has the HTLC any more it is not known what it was settled with: whoever repeats a preimage that was late hears that it was too late.
    private void ExpectAcknowledgement(bool isFailure = false)
    {
        var request = Others.FishForMessage<ChannelRequest>(request => request is { Command: ChannelCommand.AcknowledgeResult }, Wait);
        Assert.Equal(Next, request.Channel);
        var acknowledged = (ChannelCommand.AcknowledgeResult)request.Command;
        Assert.Equal(Relayed, acknowledged.Origin);
        Assert.Equal(isFailure, acknowledged.What == Acknowledgement.Failure);
    }

    // What is said while the entity waits for its journal is all there when it looks again.
    private void WhileWriting(Action say)
    {
        var writes = Faults.Writes;
        Faults.Hold();
        Entity.Tell(new ChannelRequest(Self, Offer(Preimage.Hash, 0.Msat(), 300, Onion(), attempt: (uint)writes)));
        AwaitCondition(() => Faults.Writes > writes, Wait);
        say();
        Faults.Release();
    }
}
