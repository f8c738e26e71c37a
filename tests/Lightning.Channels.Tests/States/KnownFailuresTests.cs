using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>What has lost money or fallen over in other nodes, and must not here.</summary>
public class KnownFailuresTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_funding_output_of_another_script_or_amount_or_that_is_not_there_is_not_taken(ushort index)
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000, 300_000_000));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        pair.Run();
        var agreed = (WaitForFundingTransaction)pair.Alice.State;
        pair.MakeFunding();
        pair.Alice.Outbox.Clear();
        // Alice signs for an output that is another, or that does not exist.
        var transaction = pair.FundingTransaction!;
        var commitments = ((FundedState)agreed.Apply(new DurableEvent.FundingCreated(
            agreed.Agreed, new FundingOutput(new OutPoint(transaction.TxId, index), 1_000_000.Sat()), 300_000_000.Msat(), agreed.Feerate, agreed.RemoteFirstPoint, transaction, 100))).Commitments;
        var signature = pair.Alice.Signer.SignRemoteCommitment(commitments.Remote(commitments.Latest, commitments.Latest.RemoteSpec, 0, commitments.RemotePoint)).Commitment;
        Hear(pair.Bob, new FundingCreated(ChannelPair.TemporaryId, transaction.TxId, index, signature));
        Assert.IsType<WaitForFundingConfirmed>(pair.Bob.State);
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(transaction, 90, 4));
        Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(pair.Bob.State).Reason);
        Assert.DoesNotContain(pair.Bob.Sent, static message => message is ChannelReady);
        Assert.IsType<Error>(pair.Bob.Sent[^1]);
    }

    [Fact]
    public void A_channel_funded_by_a_coinbase_is_not_ready_before_its_maturity()
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000, 300_000_000));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        pair.Run();
        var request = pair.Alice.Last<ChannelAction.RequestFunding>();
        var coinbase = new Transaction(2, [new TxIn(new OutPoint(default, uint.MaxValue), new Bitcoin.Scripts.Script(new Bytes([1, 90])), uint.MaxValue, new Witness([new Bytes([1])]))], [new TxOut(request.Amount, request.Script)], 0);
        pair.Alice.Do(new ChannelCommand.FundingMade(coinbase, 0));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(coinbase, 90, 0));
        Assert.IsType<WaitForFundingConfirmed>(pair.Bob.State);
        Assert.Equal(100u, pair.Bob.Last<ChannelAction.WatchFundingConfirmed>().MinimumDepth);
        pair.Bob.Height = 188;
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(coinbase, 90, 0));
        Assert.DoesNotContain(pair.Bob.Sent, static message => message is ChannelReady);
        pair.Bob.Height = 189;
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(coinbase, 90, 0));
        Assert.IsType<ChannelReady>(pair.Bob.Sent[^1]);
    }

    [Fact]
    public void A_feerate_that_turns_too_many_htlcs_to_dust_is_not_taken_and_ends_no_channel()
    {
        var strict = new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(2_000_000) };
        var pair = ChannelPair.Open(ChannelType.StaticRemoteKey, alice: strict with { MaxDustExposure = new(500_000_000) }, bob: strict);
        for (var i = 1; i <= 3; i++) pair.Add(pair.Alice, 3_000_000, ChannelPair.Preimage(i));
        pair.Run();
        Assert.Equal(3, pair.Bob.Received.Count);
        pair.Alice.Do(new ChannelCommand.UpdateFee(new(3_000)));
        pair.Run();
        Assert.IsType<Normal>(pair.Bob.State);
        pair.Alice.Do(new ChannelCommand.UpdateFee(new(6_000)));
        pair.Deliver(pair.Bob);
        Assert.IsType<Normal>(pair.Bob.State);
        Assert.IsType<Warning>(pair.Bob.Sent[^1]);
        Assert.True(pair.Bob.WantsDisconnect);
        Assert.Equal(new FeeratePerKw(3_000), pair.Bob.Funded.Commitments.Latest.LocalSpec.Feerate);
    }

    [Fact]
    public void Dust_beyond_the_cap_is_not_offered_and_what_a_peer_offers_of_it_is_failed()
    {
        var strict = new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(1_000_000) };
        var pair = ChannelPair.Open(alice: strict with { MaxDustExposure = new(500_000_000) }, bob: strict);
        for (var i = 1; i <= 5; i++) pair.Add(pair.Alice, 300_000, ChannelPair.Preimage(i));
        pair.Run();
        Assert.InRange(pair.Bob.Received.Where(static htlc => !htlc.MustFail).Sum(static htlc => htlc.Htlc.Amount.Value), 300_000, 1_000_000);
        Assert.Equal(AddRefusal.DustExposure, pair.Bob.Refused[pair.Add(pair.Bob, 300_000, ChannelPair.Preimage(9))]);
    }

    [Theory]
    [InlineData(354_000, false)]
    [InlineData(353_000, true)]
    public void An_htlc_just_above_dust_counts_in_the_fee_when_it_is_accepted(long msat, bool accepted)
    {
        // Alice has her reserve, the fee of a commitment without HTLCs, the anchors, the HTLC and 100 sat: one output more is too much.
        const long Balance = 10_000 + (1_124 * 2_500 / 1000) + 660 + 354 + 100;
        var pair = ChannelPair.Open(pushMsat: 1_000_000_000 - (Balance * 1000));
        Hear(pair.Bob, new UpdateAddHtlc(pair.Bob.State.Id!.Value, 0, msat.Msat(), ChannelPair.Preimage(1).Hash, 200, ChannelPair.Onion));
        Assert.Equal(accepted, pair.Bob.Funded.Transient.Received.Count == 1);
        Assert.Equal(!accepted, pair.Bob.Sent[^1] is Warning);
    }

    [Fact]
    public void A_peer_that_asks_no_reserve_of_us_gets_no_channel()
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        var open = (OpenChannel)pair.Alice.Outbox.Dequeue();
        var accepter = new ChannelPair();
        accepter.Wire();
        accepter.Bob.Do(accepter.AcceptCommand(open with { ChannelReserve = 0.Sat() }));
        Assert.IsType<Error>(accepter.Bob.Sent[^1]);
        Assert.IsType<Aborted>(accepter.Bob.State);
        pair.Bob.Do(pair.AcceptCommand(open));
        Hear(pair.Alice, (AcceptChannel)pair.Bob.Outbox.Dequeue() with { ChannelReserve = 0.Sat() });
        Assert.IsType<Error>(pair.Alice.Sent[^1]);
        Assert.IsType<Aborted>(pair.Alice.State);
    }

    [Fact]
    public void An_htlc_is_not_relayed_twice_nor_failed_early_after_a_restart()
    {
        var pair = ChannelPair.Open();
        var preimage = ChannelPair.Preimage(1);
        HtlcOrigin origin = new HtlcOrigin.Relayed(new LocalChannelKey(7, 7), 3);
        var add = ChannelPair.AddCommand(pair.Alice, 10_000_000, preimage, null, origin);
        pair.Alice.Do(add);
        for (var i = 0; i < 3; i++)
        {
            pair.Alice.Restart();
            pair.Disconnect();
            pair.Alice.Do(add);
            pair.Connect();
            pair.Alice.Do(add);
            pair.Run();
            pair.Alice.Do(add);
            pair.Run();
            Assert.Equal(0ul, pair.Alice.Accepted[origin]);
            Assert.Empty(pair.Alice.Failed);
            Assert.Empty(pair.Alice.Refused);
            Assert.Single(pair.Bob.Funded.Commitments.Latest.LocalSpec.Htlcs);
        }
    }

    [Fact]
    public void An_add_that_was_forgotten_is_refused_for_ever_also_at_a_lower_height()
    {
        var pair = ChannelPair.Open();
        var origins = new List<ChannelCommand.AddHtlc>();
        for (var i = 1; i <= 80; i++)
        {
            var add = ChannelPair.AddCommand(pair.Alice, 1_000_000, ChannelPair.Preimage(i), null, new HtlcOrigin.Local(ChannelPair.Preimage(i).Hash, 0, 0));
            origins.Add(add);
            pair.Alice.Do(add);
            if (i % 40 != 0) continue;
            pair.Run();
            foreach (var htlc in pair.Bob.Received.Where(htlc => !pair.Bob.Settled.Contains(htlc.Htlc.Id)).ToList()) pair.Bob.Do(new ChannelCommand.FailHtlc(htlc.Htlc.Id, new Bytes([1])));
            pair.Run();
        }

        foreach (var add in origins) pair.Alice.Do(new ChannelCommand.AcknowledgeResult(add.Origin));
        // Durable with the next write.
        pair.Alice.Do(ChannelPair.AddCommand(pair.Alice, 0, ChannelPair.Preimage(0), null, new HtlcOrigin.Local(ChannelPair.Preimage(0).Hash, 0, 0)));
        pair.Alice.Height = origins[0].RefuseFrom;
        pair.Alice.Do(new ChannelCommand.NewBlock());
        Assert.IsType<DurableEvent.OriginsPruned>(pair.Alice.Journal.Last(static happened => happened is DurableEvent.OriginsPruned));
        // The chain is followed anew, from a block before.
        pair.Alice.Restart();
        pair.Alice.Height = origins[0].RefuseFrom - 1;
        pair.Reconnect();
        pair.Alice.Do(origins[0]);
        Assert.Equal(AddRefusal.TooLate, pair.Alice.Refused[origins[0].Origin]);
    }

    [Fact]
    public void A_flood_of_feerates_is_kept_as_one()
    {
        var pair = ChannelPair.Open();
        Hear(pair.Bob, [.. Enumerable.Range(1_000, 2_000).Select(feerate => new UpdateFee(pair.Bob.State.Id!.Value, new((uint)feerate)))]);
        Assert.Single(pair.Bob.Funded.Transient.Received.Items);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_may_choose_the_highest_fee_of_the_range_and_no_higher_one_than_was_asked_for(bool asked)
    {
        // A fundee like LDK answers with the most that the opener says it would pay.
        var pair = ChannelPair.Open();
        pair.Alice.Do(new ChannelCommand.CloseMutual(Feerate: asked ? new(800) : null));
        pair.Deliver(pair.Bob);
        pair.Deliver(pair.Alice);
        var offer = Assert.IsType<ClosingSigned>(pair.Alice.Outbox.Peek());
        var range = offer.FeeRange!.Value;
        Assert.Equal(asked, range.Maximum == offer.Fee);
        pair.Deliver(pair.Bob);
        var bob = (Negotiating)pair.Bob.State;
        var closing = LegacyClosing.Build(bob.Commitments.Latest.Funding, MutualClosing.Balances(bob.Commitments, bob.LocalScript, bob.RemoteScript), localIsOpener: false, range.Maximum, 354.Sat());
        Hear(pair.Alice, new ClosingSigned(offer.ChannelId, range.Maximum, pair.Bob.Signer.SignClosing(closing)) { FeeRange = new FeeRange(200.Sat(), 900_000.Sat()) });
        var published = pair.Alice.Last<ChannelAction.Publish>();
        Assert.Equal(TransactionPurpose.MutualClose, published.Purpose);
        Assert.Equal(closing.TxId, published.Transaction.TxId);
        Chain.Verify(published.Transaction, pair.FundingTransaction!);
    }

    [Fact]
    public void A_closing_signed_may_come_together_with_the_shutdown_before_it()
    {
        var pair = ChannelPair.Open();
        pair.Bob.Do(new ChannelCommand.CloseMutual());
        pair.Deliver(pair.Alice);
        Assert.Equal([typeof(Shutdown), typeof(ClosingSigned)], pair.Alice.Outbox.Select(static message => message.GetType()));
        pair.DeliverAll(pair.Bob);
        pair.Run();
        Assert.DoesNotContain(pair.Bob.Sent, static message => message is Warning);
        Assert.Equal(pair.Alice.Last<ChannelAction.Publish>().Transaction.TxId, pair.Bob.Last<ChannelAction.Publish>().Transaction.TxId);
    }

    private static void Hear(ChannelNode node, params LightningMessage[] messages) => node.Do(new ChannelCommand.PeerMessages(node.Connection!.Value, [.. messages]));
}
