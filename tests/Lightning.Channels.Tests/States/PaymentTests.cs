using Lightning.TestKit.Exploration;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

public class PaymentTests
{
    public static TheoryData<string, Func<UpdateAddHtlc, UpdateAddHtlc>> BadAdds { get; } = new()
    {
        { "id", add => add with { Id = 1 } },
        { "zero", add => add with { Amount = new(0) } },
        { "more than the balance", add => add with { Amount = new(700_000_001) } },
        { "into the reserve", add => add with { Amount = new(695_000_000) } },
        { "expiry is a time", add => add with { CltvExpiry = 500_000_000 } },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_payment_costs_each_side_four_writes(bool anchors)
    {
        var pair = ChannelPair.Open(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey);
        var (alice, bob) = (pair.Alice.Writes, pair.Bob.Writes);
        var preimage = ChannelPair.Preimage(1);
        var origin = pair.Add(pair.Alice, 10_000_000, preimage);
        while (pair.DeliverAll(pair.Bob) || pair.DeliverAll(pair.Alice)) continue;
        Assert.Equal(0ul, pair.Alice.Accepted[origin]);
        var received = Assert.Single(pair.Bob.Received);
        Assert.Equal(pair.Bob.Now, received.ReceivedAt);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(received.Htlc.Id, preimage));
        while (pair.DeliverAll(pair.Bob) || pair.DeliverAll(pair.Alice)) continue;
        Assert.Equal(preimage, pair.Alice.Fulfilled[origin]);
        Assert.Equal(690_000_000.Msat(), pair.Alice.Funded.Commitments.Latest.LocalSpec.ToLocal);
        Assert.Equal(310_000_000.Msat(), pair.Bob.Funded.Commitments.Latest.LocalSpec.ToLocal);
        Assert.Empty(pair.Bob.Funded.Commitments.Latest.RemoteSpec.Htlcs);
        Assert.Equal((4, 4), (pair.Alice.Writes - alice, pair.Bob.Writes - bob));
    }

    [Fact]
    public void Many_adds_leave_in_one_batch_and_one_write()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(0));
        var writes = pair.Alice.Writes;
        var commands = Enumerable.Range(1, 20).Select(i => (ChannelCommand)ChannelPair.AddCommand(pair.Alice, 1_000_000, ChannelPair.Preimage(i), null, new HtlcOrigin.Local(default, 9, (uint)i))).ToArray();
        pair.Alice.Do(commands);
        Assert.Equal(writes, pair.Alice.Writes);
        Assert.Single(pair.Alice.Accepted);
        pair.Run();
        Assert.Equal(21, pair.Alice.Accepted.Count);
        Assert.Single(pair.Alice.Journal.OfType<DurableEvent.CommitmentSent>(), static sent => sent.Updates.Count == 20);
        Assert.Equal(21, pair.Bob.Received.Count);
    }

    [Fact]
    public void An_add_is_acknowledged_only_by_the_event_that_signs_it()
    {
        var pair = ChannelPair.Open();
        var origin = new HtlcOrigin.Relayed(pair.Bob.Key, 3);
        var decision = Channel.Decide(pair.Alice.State, ChannelPair.AddCommand(pair.Alice, 5_000_000, ChannelPair.Preimage(1), null, origin), pair.Alice.Signer, pair.Alice.Environment);
        Assert.Empty(decision.AtOnce);
        var sent = Assert.IsType<DurableEvent.CommitmentSent>(Assert.Single(decision.Durable));
        Assert.Equal(origin, Assert.Single(sent.Origins.Items).Origin);
        Assert.Contains(decision.Actions, action => action is ChannelAction.HtlcAccepted accepted && accepted.Origin == origin);
    }

    [Fact]
    public void A_repeated_add_is_one_htlc()
    {
        var pair = ChannelPair.Open();
        var preimage = ChannelPair.Preimage(1);
        var command = ChannelPair.AddCommand(pair.Alice, 5_000_000, preimage, null, new HtlcOrigin.Relayed(pair.Bob.Key, 3));
        pair.Alice.Do(command, command);
        pair.Alice.Do(command);
        pair.Run();
        pair.Reconnect();
        pair.Alice.Restart();
        pair.Alice.Do(command);
        pair.Reconnect();
        Assert.Single(pair.Bob.Received);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, preimage));
        pair.Run();
        pair.Alice.Fulfilled.Clear();
        pair.Alice.Do(command);
        Assert.Equal(preimage, pair.Alice.Fulfilled[command.Origin]);
        pair.Alice.Do(new ChannelCommand.AcknowledgeResult(command.Origin));
        pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(2));
        pair.Run();
        pair.Alice.Do(command);
        pair.Run();
        Assert.Equal(2, pair.Bob.Received.Count);
        Assert.IsType<HtlcResult.Acknowledged>(pair.Alice.Funded.Commitments.Outgoing.Find(command.Origin)!.Result);
    }

    [Fact]
    public void A_refused_add_is_refused_for_ever()
    {
        var pair = ChannelPair.Open();
        var command = ChannelPair.AddCommand(pair.Alice, 699_000_000, ChannelPair.Preimage(1), null, new HtlcOrigin.Relayed(pair.Bob.Key, 3));
        pair.Alice.Do(command);
        Assert.Equal(AddRefusal.InsufficientBalance, pair.Alice.Refused[command.Origin]);
        pair.Alice.Restart();
        pair.Alice.Refused.Clear();
        var decision = pair.Alice.Do(command with { Amount = new(1_000_000) });
        Assert.Empty(decision.Durable);
        Assert.Equal(AddRefusal.InsufficientBalance, pair.Alice.Refused[command.Origin]);
    }

    [Fact]
    public void An_add_is_refused_from_its_height_on_and_may_then_be_forgotten()
    {
        var pair = ChannelPair.Open();
        var late = ChannelPair.AddCommand(pair.Alice, 5_000_000, ChannelPair.Preimage(1), null, new HtlcOrigin.Relayed(pair.Bob.Key, 1)) with { RefuseFrom = pair.Alice.Height };
        pair.Alice.Do(late);
        Assert.Equal(AddRefusal.TooLate, pair.Alice.Refused[late.Origin]);
        for (uint i = 2; i < 70; i++) pair.Alice.Do(late with { Origin = new HtlcOrigin.Relayed(pair.Bob.Key, i) });
        pair.Alice.Do(new ChannelCommand.NewBlock());
        Assert.Null(pair.Alice.Funded.Commitments.Outgoing.Find(late.Origin));
        Assert.Equal(StateDump.Of(pair.Alice.Replay()), StateDump.Of(pair.Alice.State));
    }

    [Fact]
    public void A_preimage_goes_up_before_any_write_and_again_after_a_crash()
    {
        var pair = ChannelPair.Open();
        var preimage = ChannelPair.Preimage(1);
        var origin = pair.Add(pair.Alice, 5_000_000, preimage);
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, preimage));
        var message = (UpdateFulfillHtlc)pair.Bob.Outbox.Dequeue();
        var decision = Channel.Decide(pair.Alice.State, new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [message]), pair.Alice.Signer, pair.Alice.Environment);
        Assert.Empty(decision.Durable);
        Assert.Equal(origin, Assert.IsType<ChannelAction.HtlcFulfilled>(Assert.Single(decision.AtOnce)).Origin);

        // The connection breaks: the update is undone, the preimage is kept.
        pair.Alice.Do(new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [message]));
        pair.Disconnect();
        Assert.Contains(pair.Alice.Journal, static happened => happened is DurableEvent.PreimagesLearned);
        Assert.Single(pair.Alice.Funded.Commitments.Latest.LocalSpec.Htlcs);
        pair.Alice.Fulfilled.Clear();
        pair.Alice.Restart();
        Assert.Equal(preimage, pair.Alice.Fulfilled[origin]);
    }

    [Fact]
    public void A_preimage_of_another_hash_is_refused()
    {
        var pair = ChannelPair.Open();
        var origin = pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(2)));
        Assert.DoesNotContain(pair.Bob.Sent, static message => message is UpdateFulfillHtlc);
        Tell(pair.Alice, new UpdateFulfillHtlc(pair.Alice.State.Id!.Value, 0, ChannelPair.Preimage(2)));
        Assert.IsType<Warning>(pair.Alice.Sent[^1]);
        Assert.False(pair.Alice.Fulfilled.ContainsKey(origin));
    }

    [Fact]
    public void A_failure_goes_up_only_when_the_removal_is_irrevocable()
    {
        var pair = ChannelPair.Open();
        var origin = pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FailHtlc(0, new Bytes([4, 5])));
        pair.Deliver(pair.Alice);
        pair.Deliver(pair.Alice);
        Assert.False(pair.Alice.Failed.ContainsKey(origin));
        pair.Deliver(pair.Bob);
        pair.Deliver(pair.Bob);
        Assert.False(pair.Alice.Failed.ContainsKey(origin));
        pair.Deliver(pair.Alice);
        Assert.Equal(new HtlcFailure.Remote(new Bytes([4, 5]), null), pair.Alice.Failed[origin]);
        pair.Alice.Failed.Clear();
        pair.Alice.Restart();
        Assert.True(pair.Alice.Failed.ContainsKey(origin));
        pair.Alice.Do(new ChannelCommand.AcknowledgeResult(origin));
        pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(2));
        pair.Run();
        pair.Alice.Failed.Clear();
        pair.Alice.Restart();
        Assert.Empty(pair.Alice.Failed);
    }

    [Fact]
    public void A_settlement_without_a_connection_is_kept_and_sent_later()
    {
        var pair = ChannelPair.Open();
        var preimage = ChannelPair.Preimage(1);
        var origin = pair.Add(pair.Alice, 5_000_000, preimage);
        pair.Run();
        pair.Disconnect();
        pair.Bob.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        Assert.Contains(0ul, pair.Bob.Settled);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, preimage));
        pair.Bob.Restart();
        Assert.DoesNotContain(pair.Bob.Actions.TakeLast(1), static action => action is ChannelAction.HtlcReceived);
        pair.Connect();
        pair.Run();
        // A preimage takes the place of a failure that was not sent yet.
        Assert.Equal(preimage, pair.Alice.Fulfilled[origin]);
    }

    [Fact]
    public void An_incoming_htlc_is_handed_over_again_until_it_is_settled()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FixForward(0, pair.Alice.Key));
        pair.Bob.Do(new ChannelCommand.FixForward(0, pair.Bob.Key));
        Assert.Equal(pair.Alice.Key, pair.Bob.Last<ChannelAction.ForwardFixed>().Outgoing);
        pair.Bob.Received.Clear();
        pair.Bob.Restart();
        Assert.Equal(pair.Alice.Key, Assert.Single(pair.Bob.Received).Forward);
        pair.Bob.Do(new ChannelCommand.FixForward(0, pair.Bob.Key, Replaces: pair.Alice.Key));
        Assert.Equal(pair.Bob.Key, pair.Bob.Last<ChannelAction.ForwardFixed>().Outgoing);
        pair.Bob.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        pair.Bob.Received.Clear();
        pair.Bob.Restart();
        Assert.Empty(pair.Bob.Received);
    }

    [Theory]
    [MemberData(nameof(BadAdds))]
    public void A_bad_add_of_the_peer_ends_the_connection_and_not_the_channel(string name, Func<UpdateAddHtlc, UpdateAddHtlc> spoil)
    {
        var pair = ChannelPair.Open();
        Tell(pair.Bob, spoil(new UpdateAddHtlc(pair.Bob.State.Id!.Value, 0, new(1_000_000), ChannelPair.Preimage(1).Hash, 200, ChannelPair.Onion)));
        Assert.IsType<Warning>(pair.Bob.Sent[^1]);
        Assert.True(pair.Bob.WantsDisconnect, name);
        Assert.IsType<Normal>(pair.Bob.State);
        pair.Reconnect();
        pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(2));
        pair.Run();
        Assert.Single(pair.Bob.Received);
    }

    [Fact]
    public void Limits_of_the_peer_are_kept()
    {
        var pair = ChannelPair.Open(bob: new ChannelConfig { Network = Network.Regtest, MaxAcceptedHtlcs = 2, HtlcMinimum = new(1_000), MaxInFlightPercent = 10 });
        Assert.Equal(AddRefusal.AmountTooSmall, pair.Alice.Refused[pair.Add(pair.Alice, 999, ChannelPair.Preimage(1))]);
        Assert.Equal(AddRefusal.TooMuchInFlight, pair.Alice.Refused[pair.Add(pair.Alice, 100_000_001, ChannelPair.Preimage(1))]);
        Assert.Equal(AddRefusal.ExpiryTooSoon, pair.Alice.Refused[pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(1), expiry: 100)]);
        Assert.Equal(AddRefusal.ExpiryTooFar, pair.Alice.Refused[pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(1), expiry: 100 + 2017)]);
        pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(1));
        pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(2));
        Assert.Equal(AddRefusal.TooManyHtlcs, pair.Alice.Refused[pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(3))]);
        pair.Disconnect();
        Assert.Equal(AddRefusal.Offline, pair.Alice.Refused[pair.Add(pair.Alice, 1_000_000, ChannelPair.Preimage(3))]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_opener_keeps_reserve_fee_and_a_buffer_for_twice_the_feerate(bool anchors)
    {
        var pair = ChannelPair.Open(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey);
        var spec = pair.Alice.Funded.Commitments.Latest.LocalSpec;
        var weight = (anchors ? 1124 : 724) + (2 * 172);
        var buffer = new FeeratePerKw(spec.Feerate.Value * 2).Fee(weight).ToMilliSatoshi() + (anchors ? 660_000.Msat() : 0.Msat());
        var most = spec.ToLocal - 10_000_000.Msat() - buffer;
        Assert.Equal(AddRefusal.InsufficientBalance, pair.Alice.Refused[pair.Add(pair.Alice, most.Value + 1_000, ChannelPair.Preimage(1))]);
        pair.Add(pair.Alice, most.Value - 1_000, ChannelPair.Preimage(2));
        pair.Run();
        Assert.Single(pair.Bob.Received);
    }

    [Fact]
    public void An_htlc_just_above_the_dust_limit_counts_in_the_fee()
    {
        // The opener, bob's peer, has reserve and fee for no HTLC output: one that gets an output is too much, one that is trimmed is not.
        var pair = ChannelPair.Open(ChannelType.StaticRemoteKey, sat: 100_000, pushMsat: 30_000_000);
        var bob = pair.Bob.Funded;
        var commitments = bob.Commitments;
        var dust = commitments.Parameters.Local.DustLimit + commitments.Latest.Format.HtlcTransactionFee(Channels.Transactions.HtlcDirection.Received, commitments.Latest.LocalSpec.Feerate);
        var free = Channels.Fees.CommitmentFees.OpenerCost(commitments.LocalTerms, commitments.Latest.LocalSpec).ToMilliSatoshi() + commitments.Parameters.Local.ChannelReserve.ToMilliSatoshi();
        var balance = free + dust.ToMilliSatoshi() + 1_000.Msat();
        var spec = new Channels.Transactions.CommitmentSpec(commitments.Latest.LocalSpec.Feerate, 100_000_000.Msat() - balance, balance);
        pair.Bob.State = bob with { Commitments = commitments with { Active = [commitments.Latest with { LocalSpec = spec, RemoteSpec = spec.Mirrored() }] } };
        var add = new UpdateAddHtlc(commitments.Id, 0, dust.ToMilliSatoshi() - 1.Msat(), ChannelPair.Preimage(1).Hash, 200, ChannelPair.Onion);
        Assert.Empty(Told(pair.Bob, add).Actions);
        Assert.Contains(Told(pair.Bob, add with { Amount = dust.ToMilliSatoshi() }).Actions, static action => action is ChannelAction.Send { Message: Warning });
    }

    [Fact]
    public void Dust_exposure_is_capped_for_both_directions()
    {
        var config = new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(1_000_000) };
        var pair = ChannelPair.Open(bob: config);
        for (var i = 0; i < 5; i++) pair.Add(pair.Alice, 300_000, ChannelPair.Preimage(i));
        pair.Run();
        Assert.Equal([3ul, 4ul], pair.Bob.Received.Where(static htlc => htlc.MustFail).Select(static htlc => htlc.Htlc.Id).Order());
        var refused = pair.Add(pair.Bob, 300_000, ChannelPair.Preimage(9));
        Assert.Equal(AddRefusal.DustExposure, pair.Bob.Refused[refused]);
        pair.Add(pair.Bob, 3_000_000, ChannelPair.Preimage(10));
        pair.Run();
        Assert.Single(pair.Alice.Received);
    }

    [Fact]
    public void A_feerate_that_turns_too_much_to_dust_is_answered_by_a_warning_and_nothing_is_added_until_it_fits()
    {
        var config = new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(3_000_000) };
        var pair = ChannelPair.Open(ChannelType.StaticRemoteKey, bob: config);
        for (var i = 0; i < 4; i++) pair.Add(pair.Alice, 3_000_000, ChannelPair.Preimage(i));
        pair.Run();
        Assert.Equal(4, pair.Bob.Received.Count(static htlc => !htlc.MustFail));
        var update = new UpdateFee(pair.Bob.State.Id!.Value, new(9_000));
        Assert.Contains(Told(pair.Bob, update).Actions, static action => action is ChannelAction.Disconnect);
        pair.Bob.Do(new ChannelCommand.PeerMessages(pair.Bob.Connection!.Value, [update]));
        Assert.IsType<Normal>(pair.Bob.State);
        pair.Reconnect();
        Assert.Equal(AddRefusal.DustExposure, pair.Bob.Refused[pair.Add(pair.Bob, 20_000_000, ChannelPair.Preimage(9))]);

        // With fewer HTLCs in its way the feerate is taken, and goes on to be when they are gone.
        foreach (var id in (ulong[])[0, 1, 2, 3]) pair.Bob.Do(new ChannelCommand.FulfillHtlc(id, ChannelPair.Preimage((int)id)));
        pair.Run();
        pair.Add(pair.Bob, 20_000_000, ChannelPair.Preimage(10));
        pair.Run();
        Assert.Single(pair.Alice.Received);
        Assert.DoesNotContain(Told(pair.Bob, update).Actions, static action => action is ChannelAction.Disconnect);
    }

    [Fact]
    public void Nor_does_the_opener_raise_the_feerate_by_itself_where_that_turns_too_much_to_dust()
    {
        var pair = ChannelPair.Open(ChannelType.StaticRemoteKey, alice: new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(3_000_000) });
        for (var i = 0; i < 4; i++) pair.Add(pair.Alice, 3_000_000, ChannelPair.Preimage(i));
        pair.Run();
        pair.Alice.Do(new ChannelCommand.UpdateFee(new(9_000)));
        Assert.Equal(CommandRefusal.InsufficientBalance, pair.Alice.Last<ChannelAction.CommandRefused>().Reason);
        foreach (var id in (ulong[])[0, 1, 2, 3]) pair.Bob.Do(new ChannelCommand.FulfillHtlc(id, ChannelPair.Preimage((int)id)));
        pair.Run();
        pair.Alice.Do(new ChannelCommand.UpdateFee(new(9_000)));
        pair.Run();
        Assert.Equal(new FeeratePerKw(9_000), pair.Bob.Funded.Commitments.Latest.LocalSpec.Feerate);
    }

    [Fact]
    public void Only_the_opener_changes_the_feerate_and_within_reason()
    {
        var pair = ChannelPair.Open(ChannelType.StaticRemoteKey);
        pair.Bob.Do(new ChannelCommand.UpdateFee(new(3_000)));
        Assert.Equal(CommandRefusal.NotTheOpener, pair.Bob.Last<ChannelAction.CommandRefused>().Reason);
        pair.Alice.Do(new ChannelCommand.UpdateFee(new(3_000)));
        pair.Run();
        Assert.Equal(new FeeratePerKw(3_000), pair.Bob.Funded.Commitments.Latest.LocalSpec.Feerate);
        Assert.Equal(new FeeratePerKw(3_000), pair.Bob.Funded.Commitments.Latest.RemoteSpec.Feerate);
        Tell(pair.Alice, new UpdateFee(pair.Alice.State.Id!.Value, new(3_001)));
        Assert.IsType<Warning>(pair.Alice.Sent[^1]);
        Tell(pair.Bob, new UpdateFee(pair.Bob.State.Id!.Value, new(300_000)));
        Assert.IsType<Warning>(pair.Bob.Sent[^1]);
    }

    [Fact]
    public void The_opener_follows_the_estimate()
    {
        var pair = ChannelPair.Open(ChannelType.StaticRemoteKey);
        pair.Alice.Fees = pair.Alice.Fees with { Commitment = new(2_600) };
        pair.Alice.Do(new ChannelCommand.NewBlock());
        pair.Run();
        Assert.Equal(new FeeratePerKw(2_500), pair.Bob.Funded.Commitments.Latest.LocalSpec.Feerate);
        pair.Alice.Fees = pair.Alice.Fees with { Commitment = new(6_000) };
        pair.Alice.Do(new ChannelCommand.NewBlock());
        pair.Run();
        Assert.Equal(new FeeratePerKw(6_000), pair.Bob.Funded.Commitments.Latest.LocalSpec.Feerate);
    }

    [Fact]
    public void A_balance_below_the_fee_after_a_rise_still_makes_valid_commitments()
    {
        // The peer's reserve is small, its balance smaller than the fee at the new rate: the commitment pays what there is.
        var pair = ChannelPair.Open(ChannelType.StaticRemoteKey, sat: 100_000, pushMsat: 95_000_000);
        var spec = pair.Bob.Funded.Commitments.Latest.LocalSpec;
        Tell(pair.Bob, new UpdateFee(pair.Bob.State.Id!.Value, new(20_000)));
        Assert.IsType<Warning>(pair.Bob.Sent[^1]);
        Assert.Equal(spec, pair.Bob.Funded.Commitments.Latest.LocalSpec);
        var poor = Channels.Transactions.CommitmentTransaction.Build(
            pair.Bob.Funded.Commitments.LocalTerms, pair.Bob.Funded.Commitments.Latest.Funding, spec.WithFeerate(new(20_000)), 1, pair.Bob.Funded.Commitments.LocalTerms.DeriveKeys(pair.Bob.Signer.PerCommitmentPoint(1)));
        Assert.Single(poor.Outputs);
    }

    [Fact]
    public void A_commitment_signed_with_a_bad_signature_is_no_reason_to_close()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        pair.Deliver(pair.Bob);
        var signed = (CommitmentSigned)pair.Alice.Outbox.Dequeue();
        Tell(pair.Bob, signed with { Signature = pair.Alice.Funded.Commitments.Latest.LocalSignatures!.Commitment });
        Assert.IsType<Warning>(pair.Bob.Sent[^1]);
        Assert.IsType<Normal>(pair.Bob.State);
        pair.Reconnect();
        Assert.Single(pair.Bob.Received);
    }

    [Fact]
    public void A_revocation_with_a_wrong_secret_ends_the_channel()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 5_000_000, ChannelPair.Preimage(1));
        pair.Deliver(pair.Bob);
        pair.Deliver(pair.Bob);
        var revocation = (RevokeAndAck)pair.Bob.Outbox.Dequeue();
        Tell(pair.Alice, revocation with { PerCommitmentSecret = ChannelPair.Preimage(4).Value });
        Assert.Equal(CloseReason.ProtocolViolation, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Reason);
        Assert.IsType<Error>(pair.Alice.Sent[^1]);
    }

    private static void Tell(ChannelNode node, LightningMessage message) => node.Do(new ChannelCommand.PeerMessages(node.Connection!.Value, [message]));

    private static Decision Told(ChannelNode node, LightningMessage message) =>
        Channel.Decide(node.State, new ChannelCommand.PeerMessages(node.Connection!.Value, [message]), node.Signer, node.Environment);
}
