using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Forwarding HTLCs", and what BOLT 4 says of a forwarding node: mallory pays eve over alice.</summary>
public sealed class Bolt2ForwardingTests
{
    private static readonly Dictionary<string, (FailureCode Code, Func<Relay, Relay> Change)> RefusedRelays = new(StringComparer.Ordinal)
    {
        ["unknown_next_peer"] = (FailureCode.UnknownNextPeer, static relay => relay with { Payload = relay.Payload with { ShortChannelId = new ShortChannelId(1, 2, 3) } }),
        ["invalid_onion_payload"] = (FailureCode.InvalidOnionPayload, static relay => relay with { Payload = relay.Payload with { ShortChannelId = null } }),
        ["fee_insufficient"] = (FailureCode.FeeInsufficient, static relay => relay with { Amount = relay.Amount - new MilliSatoshi(1) }),
        ["incorrect_cltv_expiry"] = (FailureCode.IncorrectCltvExpiry, static relay => relay with { CltvExpiry = relay.CltvExpiry - 1 }),
        ["expiry_too_far"] = (FailureCode.ExpiryTooFar, static relay => relay with { CltvExpiry = relay.CltvExpiry + 1_900, Payload = relay.Payload with { OutgoingCltvValue = relay.Payload.OutgoingCltvValue + 1_900 } }),
        ["expiry_too_soon"] = (FailureCode.ExpiryTooSoon, static relay => relay with { CltvExpiry = relay.CltvExpiry - 151, Payload = relay.Payload with { OutgoingCltvValue = relay.Payload.OutgoingCltvValue - 151 } }),
    };

    public static TheoryData<string> Relays => [.. RefusedRelays.Keys];

    [Fact]
    public async Task Nothing_is_offered_to_the_next_peer_before_the_incoming_HTLC_is_irrevocably_committed()
    {
        await using var way = await Way.Make();
        way.Pay();
        await way.From.SendNext<UpdateAddHtlc>();
        await way.From.SendNext<CommitmentSigned>();
        await way.From.Hear<RevokeAndAck>();
        await way.From.Hear<CommitmentSigned>();
        await way.Eve.ExpectNothing(TimeSpan.FromMinutes(1));
        await way.From.SendNext<RevokeAndAck>();
        var add = await way.Eve.Expect<UpdateAddHtlc>();
        Assert.Equal(Way.Amount, add.Amount);
        Assert.Equal(way.OutgoingExpiry, add.CltvExpiry);
        Assert.Equal(way.Invoice.PaymentHash, add.PaymentHash);
        Assert.Null(add.PathKey);
    }

    [Fact]
    public async Task The_incoming_HTLC_is_fulfilled_as_soon_as_the_next_peer_gives_the_preimage()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        way.To.Fulfill(way.To.Incoming.Single().Id, way.Invoice.Preimage!.Value);
        await way.To.SendNext<UpdateFulfillHtlc>();
        await way.From.Hear<UpdateFulfillHtlc>();
    }

    [Fact]
    public async Task The_incoming_HTLC_is_not_failed_before_the_removal_of_the_outgoing_one_is_irrevocably_committed()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        way.To.Fail(way.To.Incoming.Single().Id, Bytes.Wrap(new byte[292]));
        await way.To.SendNext<UpdateFailHtlc>();
        await way.Met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        await way.To.SendNext<CommitmentSigned>();
        await way.To.Hear<RevokeAndAck>();
        await way.To.Hear<CommitmentSigned>();
        await way.Met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        await way.To.SendNext<RevokeAndAck>();
        await way.From.Hear<UpdateFailHtlc>();
    }

    [Fact]
    public async Task A_failure_of_the_next_peer_comes_back_to_who_made_the_onion()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        var htlc = way.To.Incoming.Single();
        var opened = (FinalOnion)PaymentOnion.Open(way.Eve.NodeKey, htlc.PaymentHash, htlc.Amount, htlc.CltvExpiry, OnionPacket.ParsePayment(htlc.Onion.Span));
        var refusal = (EncryptedRefusal)opened.ReturnPath.Refuse(new FailureMessage(FailureCode.TemporaryNodeFailure));
        way.To.Fail(htlc.Id, refusal.Reason);
        await way.RunBoth();
        var failure = way.Onion.Read(Assert.IsType<HtlcFailure.Remote>(Assert.Single(way.From.Failures)).Reason);
        Assert.Equal((FailureCode.TemporaryNodeFailure, 1), (failure.Message!.Code, failure.HopIndex));
    }

    [Fact]
    public async Task An_onion_that_the_next_peer_cannot_read_comes_back_with_its_code_and_hash()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        var hash = Hashes.Sha256(way.To.Incoming.Single().Onion.Span);
        way.To.FailMalformed(way.To.Incoming.Single().Id, hash, (ushort)FailureCode.InvalidOnionHmac);
        await way.RunBoth();
        var failure = way.Onion.Read(Assert.IsType<HtlcFailure.Remote>(Assert.Single(way.From.Failures)).Reason);
        Assert.Equal((FailureCode.InvalidOnionHmac, 0, hash), (failure.Message!.Code, failure.HopIndex, failure.Message.OnionHash));
    }

    [Theory]
    [MemberData(nameof(Relays))]
    public async Task An_HTLC_that_cannot_be_forwarded_is_failed_by(string reason)
    {
        await using var way = await Way.Make();
        way.Pay(RefusedRelays[reason].Change);
        await way.From.Run();
        var failure = way.Onion.Read(Assert.IsType<HtlcFailure.Remote>(Assert.Single(way.From.Failures)).Reason);
        Assert.Equal((RefusedRelays[reason].Code, 0), (failure.Message!.Code, failure.HopIndex));
        await way.Eve.ExpectNothing();
    }

    [Fact]
    public async Task Fee_insufficient_reports_the_incoming_amount_and_incorrect_cltv_expiry_the_outgoing_expiry()
    {
        await using var way = await Way.Make();
        way.Pay(static relay => relay with { Amount = relay.Amount - new MilliSatoshi(1) });
        await way.From.Run();
        Assert.Equal(Way.Amount + Way.Fee - new MilliSatoshi(1), way.Onion.Read(((HtlcFailure.Remote)way.From.Failures.Last()).Reason).Message!.HtlcAmount);
        way.Pay(static relay => relay with { CltvExpiry = relay.CltvExpiry - 1 });
        await way.From.Run();
        Assert.Equal(way.OutgoingExpiry, way.Onion.Read(((HtlcFailure.Remote)way.From.Failures.Last()).Reason).Message!.CltvExpiry);
    }

    [Fact]
    public async Task An_HTLC_for_a_peer_that_is_away_is_failed_by_temporary_channel_failure()
    {
        await using var way = await Way.Make();
        await way.Eve.Disconnect();
        way.Pay();
        await way.From.Run();
        var failure = way.Onion.Read(Assert.IsType<HtlcFailure.Remote>(Assert.Single(way.From.Failures)).Reason);
        Assert.Equal(FailureCode.TemporaryChannelFailure, failure.Message!.Code);
    }

    [Fact]
    public async Task An_HTLC_below_what_the_next_peer_takes_is_failed_by_amount_below_minimum_with_the_outgoing_amount()
    {
        await using var way = await Way.Make(eve: new ScriptedPeerOptions { Channels = new ChannelConfig { Network = Network.Regtest, HtlcMinimum = Way.Amount + new MilliSatoshi(1) } });
        way.Pay();
        await way.From.Run();
        var failure = way.Onion.Read(Assert.IsType<HtlcFailure.Remote>(Assert.Single(way.From.Failures)).Reason);
        Assert.Equal((FailureCode.AmountBelowMinimum, Way.Amount), (failure.Message!.Code, failure.Message.HtlcAmount));
        await way.Eve.ExpectNothing();
    }

    [Fact]
    public async Task An_HTLC_with_more_than_the_next_channel_can_carry_is_failed_by_temporary_channel_failure()
    {
        await using var way = await Way.Make(push: new MilliSatoshi(20_000_000));
        way.Pay();
        await way.From.Run();
        var failure = way.Onion.Read(Assert.IsType<HtlcFailure.Remote>(Assert.Single(way.From.Failures)).Reason);
        Assert.Equal(FailureCode.TemporaryChannelFailure, failure.Message!.Code);
        await way.Eve.ExpectNothing();
    }
}
