using Akka.Actor;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Connections;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Peers;
using Lightning.Actors.Tests.Journal;
using Lightning.Channels;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Tests.Channels;

/// <summary>A database that fails, and incarnations that have been replaced: the peer sees a lost connection at most.</summary>
public sealed class ChannelFaultTests : ChannelBench
{
    private static PaymentPreimage Preimage(int number) => new(new Bytes32([.. Enumerable.Repeat((byte)number, 32)]));

    [Theory]
    [InlineData(JournalFault.Fails)]
    [InlineData(JournalFault.LosesItsAnswer)]
    public void Whichever_write_of_a_payment_fails_it_counts_once_and_the_peer_sees_no_error(JournalFault fault)
    {
        Open();
        var ours = State.Commitments.Latest.LocalSpec.ToLocal;
        for (var n = 1; n <= 12; n++) Pay(n, fault);
        Assert.Equal(ours + (12 * (501_000 - 300_000)).Msat(), State.Commitments.Latest.LocalSpec.ToLocal);
        Assert.IsType<Normal>(Peer.State);
        Assert.Empty(Sent.OfType<Error>());
        Assert.Empty(Sent.OfType<Warning>());
        Assert.False(Monitor.HasMessages && Monitor.ReceiveWhile<object>(message => message, TimeSpan.Zero).OfType<PublishTransaction>().Any());
    }

    // One HTLC comes in and is forwarded, one of this node's own goes out; both are paid. The n-th write from now fails.
    private void Pay(int number, JournalFault fault)
    {
        var (incoming, outgoing) = (Preimage(number), Preimage(100 + number));
        var id = Peer.Funded.Commitments.NextLocalHtlcId;
        var add = Offer(outgoing.Hash, 300_000.Msat(), 300, ForwardOnion(outgoing.Hash, 300_000.Msat(), 300));
        var isSettled = false;
        var isPaid = false;
        var isForwarded = false;
        Faults.Fail(fault, after: number - 1);
        Peer.Do(Offer(incoming.Hash, 501_000.Msat(), 400, ForwardOnion(incoming.Hash, 500_000.Msat(), 300)));
        Entity.Tell(new ChannelRequest(Self, add));
        Talk(() =>
        {
            if (HasMessages && ReceiveOne(TimeSpan.Zero) is Terminated)
            {
                Disconnect();
                Spawn();
                Peers.FishForMessage<ChannelRecovered>(_ => true, Wait);
                Connect();
                Entity.Tell(new ChannelRequest(Self, add));

                // As the outgoing channel does until it is acknowledged.
                if (isForwarded) Entity.Tell(new ForwardFulfilled(Self, id, Next, incoming));

                // An HTLC that the peer had not signed for when the connection broke it offers again.
                if (Peer.Funded.Commitments.NextLocalHtlcId == id) Peer.Do(Offer(incoming.Hash, 501_000.Msat(), 400, ForwardOnion(incoming.Hash, 500_000.Msat(), 300), attempt: 2));
            }

            while (Others.HasMessages)
            {
                switch (Others.ReceiveOne(TimeSpan.Zero))
                {
                    case ChannelRequest { Command: ChannelCommand.AddHtlc forward }:
                        Assert.Equal(500_000.Msat(), forward.Amount);
                        Entity.Tell(new ForwardAccepted(Self, id, Next));
                        Entity.Tell(new ForwardFulfilled(Self, id, Next, incoming));
                        isForwarded = true;
                        break;
                    case ChannelRequest { Command: ChannelCommand.AcknowledgeResult }:
                        isSettled = true;
                        break;
                }
            }

            while (Payments.HasMessages)
            {
                if (Payments.ReceiveOne(TimeSpan.Zero) is not HtlcReport report || report.Payment != outgoing.Hash) continue;
                Assert.False(report is HtlcFailed, $"{report}");

                // Refused while the connection was down: the payment goes on by another attempt.
                if (report is HtlcRefused && report.Origin == add.Origin)
                {
                    add = Offer(outgoing.Hash, 300_000.Msat(), 300, add.Onion, add.Origin is HtlcOrigin.Local local ? local.Attempt + 1 : 0);
                    if (State.Link.IsOnline) Entity.Tell(new ChannelRequest(Self, add));
                }

                isPaid |= report is HtlcFulfilled;
                if (report is HtlcFulfilled) Entity.Tell(new ChannelRequest(Self, new ChannelCommand.AcknowledgeResult(report.Origin)));
            }

            if (!isPaid && State.Link.IsOnline && State.Commitments.Outgoing.Find(add.Origin) is null) Entity.Tell(new ChannelRequest(Self, add));
            foreach (var received in Peer.Funded.Commitments.Incoming.Values) Peer.Do(new ChannelCommand.FulfillHtlc(received.Htlc.Id, outgoing));
            return isSettled && isPaid && Peer.Outbox.Count == 0 && Peer.Funded.Commitments.IsQuiet && State.Commitments.IsQuiet && !Wire.HasMessages;
        });
        Assert.True(Peer.Funded.Commitments.NextLocalHtlcId == id + 1);
    }

    [Fact]
    public void An_incarnation_that_has_been_replaced_shows_nothing_of_what_it_could_not_write()
    {
        Open();
        var stale = Entity;
        Spawn();
        Peers.FishForMessage<ChannelRecovered>(_ => true, Wait);
        Wire.ReceiveWhile<object>(message => message, TimeSpan.FromMilliseconds(20));
        Peer.Do(Offer(Preimage(1).Hash, 501_000.Msat(), 400, ForwardOnion(Preimage(1).Hash, 500_000.Msat(), 300)));
        while (Peer.Outbox.TryDequeue(out var message)) stale.Tell(new ChannelInbound(Self, Peer.Connection, message), Wire);
        ExpectTerminated(stale, Wait);
        Assert.DoesNotContain(Wire.ReceiveWhile<object>(message => message, TimeSpan.FromMilliseconds(50)), message => message is ChannelOutbound);
        Disconnect();
        Connect();
        Talk(() => State.Commitments.Incoming.ContainsKey(0));
        Assert.Empty(Sent.OfType<Error>());
    }

    [Fact]
    public void A_revoked_commitment_is_looked_for_again_when_the_database_could_not_be_read()
    {
        Open();
        var revoked = Peer.Commitment;
        Peer.Do(Offer(Preimage(1).Hash, 501_000.Msat(), 400, ForwardOnion(Preimage(1).Hash, 500_000.Msat(), 300)));
        Talk(() => State.Commitments.Incoming.ContainsKey(0));
        Faults.FailReads(1);
        Entity.Tell(new ChannelRequest(Self, new ChannelCommand.FundingSpent(revoked, 100)));
        var penalty = Monitor.FishForMessage<PublishTransaction>(publish => publish.Purpose == TransactionPurpose.Penalty, TimeSpan.FromSeconds(15));
        Assert.Equal(revoked.TxId, penalty.Transaction.Inputs[0].PreviousOutput.TxId);
    }

    [Fact]
    public void A_revoked_commitment_that_is_not_found_is_looked_for_ever_less_often()
    {
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 1280, 3600, 3600], Enumerable.Range(1, 11).Select(static searches => ChannelActor.SearchPause(searches).TotalSeconds));
        Assert.Equal(TimeSpan.FromHours(1), ChannelActor.SearchPause(int.MaxValue));
    }

    [Fact]
    public void A_deadline_is_met_upon_the_start_and_not_only_with_the_next_block()
    {
        Open();
        Peer.Do(Offer(Preimage(1).Hash, 501_000.Msat(), 400, ForwardOnion(Preimage(1).Hash, 500_000.Msat(), 300)));
        Talk(() => State.Commitments.Incoming.ContainsKey(0));
        Entity.Tell(new ChannelRequest(Self, new ChannelCommand.AddHtlc(new HtlcOrigin.Relayed(Next, 0), 5_000_000.Msat(), Preimage(2).Hash, 200, ForwardOnion(Preimage(2).Hash, 5_000_000.Msat(), 200), null, 220)));
        Talk(() => State.Commitments.Outgoing.Unacknowledged.Any() && State.Commitments.IsQuiet is false && !State.Commitments.AwaitsRevocation);
        Kill();
        Node.Tip.Set(new NewTip(new(211, default), 1_700_000_000));
        Spawn();
        AwaitCondition(() => Entry?.State is Lightning.Channels.States.Closing { Reason: CloseReason.HtlcDeadline }, Wait);
    }

    [Fact]
    public void A_state_that_may_be_old_neither_takes_nor_refuses_an_HTLC_that_it_does_not_know()
    {
        Open();
        var add = new ChannelCommand.AddHtlc(new HtlcOrigin.Relayed(Next, 0), 1_000_000.Msat(), Preimage(1).Hash, 300, ForwardOnion(Preimage(1).Hash, 1_000_000.Msat(), 300), null, 400);
        var offline = ((FundedState)Channel.Decide(Peer.State, new ChannelCommand.Disconnected(Peer.Connection), Peer.Signer, Peer.Environment()).State);
        var guarded = Channel.Decide(offline, add, Peer.Signer, Peer.Environment(guarded: true));
        Assert.Empty(guarded.Events);
        Assert.Empty(guarded.Actions);
        Assert.Contains(Channel.Decide(offline, add, Peer.Signer, Peer.Environment()).Actions, action => action is ChannelAction.HtlcRefused);

        var lost = new WaitForRemoteClose(offline.Commitments, offline.Transient, Proven: true, 7);
        Assert.Empty(Channel.Decide(lost, add, Peer.Signer, Peer.Environment()).Events);
    }

    [Fact]
    public void A_force_close_that_an_old_copy_knows_of_is_carried_through()
    {
        Open();
        var closing = Channel.Decide(Peer.State, new ChannelCommand.ForceClose(), Peer.Signer, Peer.Environment()).State;
        var publish = Channel.Resume(closing, Peer.Signer, Peer.Environment(guarded: true)).OfType<ChannelAction.Publish>();
        Assert.Equal(Peer.Commitment.TxId, Assert.Single(publish).Transaction.TxId);
    }

    [Fact]
    public void Messages_of_a_connection_that_is_over_do_not_push_out_those_of_the_next_one()
    {
        Open();
        var over = Peer.Connection;
        Disconnect();
        for (var i = 0; i < 100; i++) Entity.Tell(new ChannelInbound(Self, over, new Warning(State.Commitments.Id, "late")), Wire);

        // The new connection's first message overtakes the news of it.
        Plug();
        Peer.Do(new ChannelCommand.Connected(Peer.Connection, 1, Features));
        Say(Peer.Outbox.Dequeue());
        Entity.Tell(new ChannelConnected(Self, Peer.Connection, Wire, Features));
        Talk(() => State.Link.IsOnline);
    }
}
