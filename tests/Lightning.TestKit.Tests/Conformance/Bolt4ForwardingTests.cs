using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Channels.Updates;
using Lightning.Protocol.Features;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>Forwarding beyond the single channel: other channels with the peer, aliases, changed terms, hold times.</summary>
public sealed class Bolt4ForwardingTests
{
    [Fact]
    public async Task Another_channel_with_the_peer_takes_what_the_named_one_cannot_carry()
    {
        await using var way = await Way.Make(push: new MilliSatoshi(20_000_000));
        var other = await way.Eve.OpenTo("alice", Encounter.Capacity, new MilliSatoshi(500_000_000));

        way.Pay();
        await way.RunBoth();
        await other.Run();

        Assert.Empty(way.To.Incoming);
        Assert.Equal(Way.Amount, Assert.Single(other.Incoming).Amount);
        other.Fulfill(other.Incoming.Single().Id, way.Preimage);
        await other.Run();
        await way.From.Run();
        Assert.Equal(way.Preimage, Assert.Single(way.From.Preimages));
    }

    [Fact]
    public async Task The_peer_may_name_a_channel_by_the_alias_that_it_was_given()
    {
        await using var way = await Way.Make();
        var alias = way.Eve.Received.OfType<ChannelReady>().First().Alias!.Value;

        way.Pay(relay => relay with { Payload = relay.Payload with { ShortChannelId = alias } });
        await way.RunBoth();

        Assert.Single(way.To.Incoming);
    }

    [Fact]
    public async Task Terms_that_were_replaced_are_honoured_for_ten_minutes_and_the_new_ones_told_at_once()
    {
        await using var way = await Way.Make();
        Assert.Empty(await way.Alice.Do(static api => api.UpdateChannelPolicyAsync(new UpdateChannelPolicyRequest { FeeBase = new MilliSatoshi(5_000) })));
        await way.Net.Rest();
        Assert.Equal(new MilliSatoshi(5_000), way.Eve.Received.OfType<ChannelUpdate>().Last().FeeBase);

        await way.Arrive();
        way.To.Fail(way.To.Incoming.Single().Id, Bytes.Wrap(new byte[292]));
        await way.RunBoth();
        await way.Net.Advance(TimeSpan.FromMinutes(11));
        way.Pay();
        await way.From.Run();

        var failure = way.Onion.Read(((HtlcFailure.Remote)way.From.Failures.Last()).Reason);
        Assert.Equal((FailureCode.FeeInsufficient, 0), (failure.Message!.Code, failure.HopIndex));
        way.Pay(static relay => relay with { Amount = relay.Amount + new MilliSatoshi(4_000) });
        await way.RunBoth();
        Assert.Equal(2, way.To.Incoming.Count());
    }

    [Fact]
    public async Task Who_paid_by_terms_that_do_not_hold_is_told_those_that_do()
    {
        await using var way = await Way.Make();
        way.Pay(static relay => relay with { Amount = relay.Amount - new MilliSatoshi(1) });
        await way.From.Run();

        var failure = way.Onion.Read(((HtlcFailure.Remote)way.From.Failures.Single()).Reason).Message!;
        Assert.Equal((FailureCode.FeeInsufficient, Way.Amount + Way.Fee - new MilliSatoshi(1)), (failure.Code, failure.HtlcAmount!.Value));
        var update = Assert.IsType<ChannelUpdate>(MessageCodec.Decode(failure.ChannelUpdate!.Value.Span));
        Assert.Equal((way.To.ShortChannelId, new MilliSatoshi(1_000), 1u), (update.ShortChannelId, update.FeeBase, update.FeeProportionalMillionths));
        Assert.True(GossipSignatures.Verify(update, way.Alice.Id));
    }

    [Fact]
    public async Task What_one_peer_lets_hang_leaves_room_to_others()
    {
        // Two fifths of the channel's million satoshi.
        await using var way = await Way.Make(policy: new NodePolicy { MaxSlotShare = 40 });
        way.Pay(Dearly, new MilliSatoshi(300_000_000));
        await way.RunBoth();
        var hangs = Assert.Single(way.To.Incoming);
        way.Pay(Dearly, new MilliSatoshi(150_000_000));
        await way.RunBoth();

        Assert.Equal(FailureCode.TemporaryChannelFailure, way.Onion.Read(((HtlcFailure.Remote)way.From.Failures.Single()).Reason).Message!.Code);
        Assert.Single(way.To.Incoming);
        way.To.Fulfill(hangs.Id, way.Preimage);
        await way.RunBoth();
        way.Pay(Dearly, new MilliSatoshi(150_000_000));
        await way.RunBoth();
        Assert.Equal([300_000_000, 150_000_000], way.To.Incoming.Select(static htlc => htlc.Amount.Value));

        static Relay Dearly(Relay relay) => relay with { Amount = relay.Amount + new MilliSatoshi(1_000) };
    }

    [Fact]
    public async Task What_is_refused_before_any_channel_is_asked_is_told_with_its_reason()
    {
        await using var way = await Way.Make();
        var events = await way.Alice.Do(static api => api.SubscribeHtlcEventsAsync());
        way.Pay(static relay => relay with { Payload = relay.Payload with { ShortChannelId = new ShortChannelId(1, 2, 3) } });
        await way.From.Run();
        var told = await way.Alice.Do(async _ =>
        {
            await foreach (var happened in events) return happened;
            throw new InvalidOperationException("The subscription has ended.");
        });

        Assert.Equal(
            (HtlcEventKind.Refused, (FailureCode?)FailureCode.UnknownNextPeer, (ShortChannelId?)new ShortChannelId(1, 2, 3), (MilliSatoshi?)Way.Amount, (uint?)way.OutgoingExpiry),
            (told.Kind, told.Failure, told.OutgoingChannel, told.AmountOut, told.ExpiryOut));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payment_that_nobody_asked_for_is_taken_where_such_are_taken(bool isTaken)
    {
        await using var met = await Encounter.Opened(policy: new NodePolicy { AcceptKeysend = isTaken });
        var preimage = new PaymentPreimage(new Bytes32([.. Enumerable.Repeat((byte)7, 32)]));
        var expiry = met.Net.Chain.Height + 60;
        var amount = new MilliSatoshi(5_000_000);
        var payload = new HopPayload { AmountToForward = amount, OutgoingCltvValue = expiry, KeysendPreimage = preimage };
        met.Channel.Add(amount, preimage.Hash, expiry, met.Mallory.Onion(preimage.Hash, (met.Alice.Id, payload.Encode())));
        await met.Channel.Run();

        Assert.Equal(isTaken ? [preimage] : [], met.Channel.Preimages);
        var invoices = await met.Alice.Do(static api => api.ListInvoicesAsync(new ListInvoicesQuery()));
        Assert.Equal(isTaken ? 1 : 0, invoices.Invoices.Count(static invoice => invoice is { IsKeysend: true, State: InvoiceState.Settled, AmountPaid.Value: 5_000_000 }));
    }

    [Fact]
    public async Task Who_pays_learns_how_long_the_node_held_the_HTLC()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        await way.Net.Advance(TimeSpan.FromSeconds(30));

        way.To.Fulfill(way.To.Incoming.Single().Id, way.Preimage);
        await way.RunBoth();

        var data = way.Met.Mallory.Received.OfType<UpdateFulfillHtlc>().Single().AttributionData!.Value;
        var held = Assert.Single(Attribution.ReadHoldTimes(way.Onion.SharedSecrets.Span, data.Value.Span));
        Assert.InRange(held, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_pays_learns_how_long_a_failure_took_whoever_it_is_of(bool isOfTheNode)
    {
        await using var way = await Way.Make();
        if (isOfTheNode)
        {
            way.Pay(static relay => relay with { Payload = relay.Payload with { ShortChannelId = new ShortChannelId(1, 2, 3) } });
            await way.RunBoth();
        }
        else
        {
            await way.Arrive();
            await way.Net.Advance(TimeSpan.FromSeconds(30));
            var htlc = way.To.Incoming.Single();
            var opened = (FinalOnion)PaymentOnion.Open(way.Eve.NodeKey, htlc.PaymentHash, htlc.Amount, htlc.CltvExpiry, OnionPacket.ParsePayment(htlc.Onion.Span));
            way.To.Fail(htlc.Id, ((EncryptedRefusal)opened.ReturnPath.Refuse(new FailureMessage(FailureCode.TemporaryNodeFailure))).Reason);
            await way.RunBoth();
        }

        var fail = way.Met.Mallory.Received.OfType<UpdateFailHtlc>().Single();
        var failure = FailureOnion.Decrypt(way.Onion.SharedSecrets.Span, fail.Reason.Span, fail.AttributionData!.Value.Value.Span);
        Assert.Equal(isOfTheNode ? FailureCode.UnknownNextPeer : FailureCode.TemporaryNodeFailure, failure.Message!.Code);
        Assert.InRange(failure.HoldTimes[0], isOfTheNode ? TimeSpan.Zero : TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task A_payee_tells_its_hold_time_too()
    {
        await using var met = await Encounter.Opened();
        var onion = met.Channel.Pay(await met.Alice.Invoice(10_000.Sat()));
        await met.Channel.Run();

        var data = met.Mallory.Received.OfType<UpdateFulfillHtlc>().Single().AttributionData!.Value;
        Assert.Single(Attribution.ReadHoldTimes(onion.SharedSecrets.Span, data.Value.Span));
    }

    [Fact]
    public async Task A_peer_without_option_attribution_data_is_sent_none()
    {
        await using var met = await Encounter.Opened(new ScriptedPeerOptions { Features = DefaultFeatures.Init.Without(Feature.AttributionData) });
        met.Channel.Pay(await met.Alice.Invoice(10_000.Sat()));
        await met.Channel.Run();

        Assert.Null(met.Mallory.Received.OfType<UpdateFulfillHtlc>().Single().AttributionData);
    }
}
