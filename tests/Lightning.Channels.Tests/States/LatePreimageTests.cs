using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Exploration;

namespace Lightning.Channels.Tests.States;

/// <summary>A preimage that comes after its HTLC has failed to whom it was for: it goes up all the same, and wins where there is still something to be won.</summary>
public class LatePreimageTests
{
    private static readonly HtlcOrigin Relayed = new HtlcOrigin.Relayed(new LocalChannelKey(7, 7), 3);
    private static readonly PaymentPreimage Preimage = ChannelPair.Preimage(1);

    [Theory]
    [InlineData("block")]
    [InlineData("mempool")]
    [InlineData("peer")]
    public void A_preimage_after_an_early_failure_that_was_acknowledged_goes_up_until_it_is_taken(string from)
    {
        var pair = FailedEarly(from, out var alice);
        Learn(pair, from);
        Assert.Equal(Preimage, alice.Fulfilled[Relayed]);
        Assert.False(alice.Funded.IsAcknowledged(Relayed));
        alice.Do(new ChannelCommand.NewBlock());
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State));

        // Again after a restart, until the incoming channel has it: that it has the failure says nothing.
        alice.Do(new ChannelCommand.AcknowledgeResult(Relayed, Acknowledgement.Failure));
        alice.Fulfilled.Clear();
        alice.Restart();
        Assert.Equal(Preimage, alice.Fulfilled[Relayed]);
        alice.Do(new ChannelCommand.AcknowledgeResult(Relayed));
        Assert.True(alice.Funded.IsAcknowledged(Relayed));
        alice.Fulfilled.Clear();
        alice.Do(new ChannelCommand.Connected(new ConnectionId(new Guid(9, 9, 9, new byte[8])), 9, default));
        alice.Restart();
        Assert.Empty(alice.Fulfilled);
        Assert.DoesNotContain(alice.Journal, static happened => happened is DurableEvent.PaidTooLate);
        Assert.Equal(MilliSatoshi.Zero, ChannelLedger.Of(alice.Journal, alice.Signer).SentLate);
    }

    [Theory]
    [InlineData("block")]
    [InlineData("peer")]
    public void What_came_too_late_is_booked_once_with_its_amount(string from)
    {
        var pair = FailedEarly(from, out var alice);
        Learn(pair, from);
        for (var i = 0; i < 3; i++) alice.Do(new ChannelCommand.AcknowledgeResult(Relayed, Acknowledgement.TooLate));
        var amount = (from == "peer" ? 200_000 : 100_000_000).Msat();
        Assert.Equal(new DurableEvent.PaidTooLate(0, amount), Assert.Single(alice.Journal.OfType<DurableEvent.PaidTooLate>()));
        Assert.Equal(amount, ChannelLedger.Of(alice.Journal, alice.Signer).SentLate);
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State));
    }

    [Fact]
    public void What_was_never_failed_is_no_loss_however_it_is_acknowledged()
    {
        var pair = ChannelPair.Open();
        Relay(pair, 100_000_000);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
        pair.Run();
        pair.Alice.Do(new ChannelCommand.AcknowledgeResult(Relayed, Acknowledgement.TooLate));
        Assert.True(pair.Alice.Funded.IsAcknowledged(Relayed));
        Assert.DoesNotContain(pair.Alice.Journal, static happened => happened is DurableEvent.PaidTooLate);
    }

    // The acknowledgement of the failure and the preimage cross, in any order.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void That_the_failure_was_acknowledged_does_not_count_for_the_preimage(bool isFirst)
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        Relay(pair, 200_000);
        At(alice, 167);
        var acknowledgement = new ChannelCommand.AcknowledgeResult(Relayed, Acknowledgement.Failure);
        if (isFirst) alice.Do(acknowledgement);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
        pair.Deliver(alice);
        if (!isFirst) alice.Do(acknowledgement);
        pair.Run();
        Assert.Equal(new HtlcResult.Fulfilled(Preimage, AttributionData: null, IsLate: true), alice.Funded.Commitments.Outgoing.Find(Relayed)!.Result);
        Assert.False(alice.Funded.IsAcknowledged(Relayed));
        alice.Fulfilled.Clear();
        alice.Restart();
        Assert.Equal(Preimage, alice.Fulfilled[Relayed]);
    }

    // The peer's own failure, irrevocable, is the last word: the entry ends as any other.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failure_of_the_peer_after_an_early_failure_ends_the_wait(bool isAcknowledged)
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        Relay(pair, 200_000);
        At(alice, 167);
        if (isAcknowledged) Acknowledge(alice, Acknowledgement.Failure);
        Assert.Single(alice.Funded.Commitments.Outgoing.Payable);
        pair.Bob.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        pair.Run();
        if (!isAcknowledged) Acknowledge(alice, Acknowledgement.Failure);
        Assert.Equal(new HtlcResult.Acknowledged(), alice.Funded.Commitments.Outgoing.Find(Relayed)!.Result);
        Assert.Empty(alice.Funded.Commitments.Outgoing.Payable);
        Assert.Equal(StateDump.Of(alice.Replay()), StateDump.Of(alice.State));
    }

    [Fact]
    public void A_channel_that_is_over_passes_it_up_too_as_long_as_it_watches()
    {
        var pair = FailedEarly("block", out var alice);
        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        alice.Mine(commitment);
        alice.Reach(alice.Height + 3);
        foreach (var claim in alice.Published(TransactionPurpose.Sweep).Concat(alice.Published(TransactionPurpose.HtlcTimeout))) alice.Mine(claim);
        alice.Reach(alice.Height + alice.Config.ClosingDepth);
        Assert.IsType<Closed>(alice.State);
        Assert.Empty(alice.Funded.Commitments.Outgoing.Unacknowledged);
        var index = (uint)commitment.Outputs.ToList().FindIndex(static one => one.Value == 100_000.Sat());
        alice.Do(new ChannelCommand.OutputSpent(Showing(new OutPoint(commitment.TxId, index)), 0));
        Assert.Equal(Preimage, alice.Fulfilled[Relayed]);
        Assert.Single(alice.Funded.Commitments.Outgoing.Unacknowledged);
    }

    [Fact]
    public void It_takes_the_place_of_a_failure_that_was_not_sent()
    {
        var pair = Incoming(out var alice);
        pair.Disconnect();
        alice.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        alice.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
        pair.Connect();
        pair.Run();
        Assert.Equal(Preimage, Assert.Single(pair.Bob.Fulfilled).Value);
        Assert.Empty(pair.Bob.Failed);
    }

    // Signed, and not revoked by the peer: it counts once the channel ends on chain.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_takes_an_HTLC_whose_removal_was_signed_once_the_channel_is_on_chain(bool isFirst)
    {
        var pair = Incoming(out var alice);
        alice.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        alice.Outbox.Clear();
        alice.Settled.Clear();
        if (isFirst) alice.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
        Assert.Empty(alice.Settled);
        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        alice.Mine(commitment);
        alice.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
        Assert.Equal([0ul], alice.Settled);
        alice.Reach(alice.Height + 2);
        var claim = Assert.Single(alice.Published(TransactionPurpose.HtlcSuccess));
        Chain.Verify(claim, [commitment, alice.Coins]);
    }

    // Whoever repeats it has it still if a reorganisation brings the HTLC back.
    [Fact]
    public void It_is_accepted_and_comes_to_nothing_when_the_peer_has_taken_the_HTLC_back_for_good()
    {
        var pair = Incoming(out var alice);
        alice.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        alice.Mine(commitment);
        var index = (uint)commitment.Outputs.ToList().FindIndex(static one => one.Value == 100_000.Sat());
        var timeout = new Transaction(2, [new TxIn(new OutPoint(commitment.TxId, index), default, 0, new Witness([new Bytes([1])]))], [], 0);
        alice.Mine(timeout);
        alice.Settled.Clear();
        alice.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
        Assert.Empty(alice.Settled);

        // Undone, and again.
        var undone = alice.Funded;
        alice.Do(new ChannelCommand.SpendUndone(new OutPoint(commitment.TxId, index), timeout.TxId));
        alice.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
        Assert.Equal([0ul], alice.Settled);
        alice.Settled.Clear();
        alice.State = undone;
        alice.Reach(alice.Height + alice.Config.ClosingDepth);
        alice.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
        Assert.Equal([0ul], alice.Settled);
        Assert.Null(Preimages.OfIncoming(alice.Funded, 0));
    }

    private static ChannelPair FailedEarly(string from, out ChannelNode alice)
    {
        var pair = ChannelPair.Open();
        alice = pair.Alice;

        // Of dust the channel stays open; else its commitment waits for a miner.
        Relay(pair, from == "peer" ? 200_000 : 100_000_000);
        At(alice, 167);
        Assert.Equal(from == "peer", alice.State is Normal);
        Assert.Equal([Relayed], alice.Failed.Keys);
        Acknowledge(alice, Acknowledgement.Failure);
        Assert.Empty(alice.Funded.Commitments.Outgoing.Unacknowledged);
        return pair;
    }

    private static ChannelPair Incoming(out ChannelNode alice)
    {
        var pair = ChannelPair.Open();
        alice = pair.Alice;
        pair.Add(pair.Bob, 100_000_000, Preimage, expiry: 200);
        pair.Run();
        return pair;
    }

    private static void Acknowledge(ChannelNode node, Acknowledgement what)
    {
        // Durable with the next write.
        node.Do(new ChannelCommand.AcknowledgeResult(Relayed, what));
        node.Do(new ChannelCommand.AddHtlc(new HtlcOrigin.Local(Preimage.Hash, 9, 9), 0.Msat(), Preimage.Hash, 1, ChannelPair.Onion, null, RefuseFrom: 1));
        Assert.Empty(node.Funded.Transient.Acknowledged.Items);
    }

    private static void Learn(ChannelPair pair, string from)
    {
        if (from == "peer")
        {
            pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, Preimage));
            pair.Run();
            return;
        }

        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        var index = (uint)commitment.Outputs.ToList().FindIndex(static one => one.Value == 100_000.Sat());
        pair.Alice.Mine(commitment);
        pair.Alice.Do(new ChannelCommand.OutputSpent(Showing(new OutPoint(commitment.TxId, index)), from == "block" ? pair.Alice.Height : 0));
    }

    private static Transaction Showing(OutPoint output) => new(2, [new TxIn(output, default, 0, new Witness([new Bytes(Preimage.Value.Span)]))], [], 0);

    private static void Relay(ChannelPair pair, long msat)
    {
        pair.Alice.Do(ChannelPair.AddCommand(pair.Alice, msat, Preimage, 150, Relayed) with { RefuseFrom = 170 });
        pair.Run();
    }

    private static void At(ChannelNode node, uint height)
    {
        node.Height = height;
        node.Do(new ChannelCommand.NewBlock());
    }
}
