using Lightning.Actors.Forwarding;
using Lightning.Channels.Announcing;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Tests.Forwarding;

/// <summary>The requirements of a forwarding node (BOLT 4, "Failure Messages").</summary>
public sealed class ForwardRulesTests
{
    private const uint Height = 1_000, MaxCltvDelta = 2_016;
    private static readonly LocalChannelKey In = new(1, 1), Named = new(2, 2), Other = new(2, 3), Third = new(2, 4);
    private static readonly ForwardingPolicy Terms = new(1_000L.Msat(), 100, 40, 1_000L.Msat(), 900_000_000L.Msat());

    [Fact]
    public void An_HTLC_that_meets_the_terms_goes_out_by_the_channel_that_is_named() => Assert.Equal(Named, Decide(Request()).Outgoing);

    [Fact]
    public void An_unknown_channel_is_unknown_next_peer() =>
        Assert.Equal(FailureCode.UnknownNextPeer, ForwardRules.Decide(Request(), null, [], [], Height, MaxCltvDelta).Failure!.Code);

    [Fact]
    public void A_channel_without_its_peer_is_temporary_channel_failure() => Fails(FailureCode.TemporaryChannelFailure, Request(), Channel(Named) with { IsUsable = false });

    [Fact]
    public void A_channel_that_the_network_was_told_to_be_disabled_is_channel_disabled()
    {
        var failure = Fails(FailureCode.ChannelDisabled, Request(), Channel(Named) with { IsUsable = false, IsDisabled = true });
        Assert.Equal([0, 0, 0, 0], failure.Data.ToArray());
    }

    [Fact]
    public void A_channel_that_closes_is_permanent_channel_failure() => Fails(FailureCode.PermanentChannelFailure, Request(), Channel(Named) with { IsUsable = false, IsClosing = true });

    [Fact]
    public void Less_than_the_minimum_is_amount_below_minimum_with_the_outgoing_amount()
    {
        var failure = Fails(FailureCode.AmountBelowMinimum, Request(amount: 999, fee: 2_000), Channel(Named));
        Assert.Equal(999L.Msat(), failure.HtlcAmount);
    }

    [Fact]
    public void More_than_the_maximum_is_temporary_channel_failure() => Fails(FailureCode.TemporaryChannelFailure, Request(amount: 900_000_001), Channel(Named));

    [Theory]
    [InlineData(1_000, 1_000)]
    [InlineData(10_000_000, 2_000)]
    [InlineData(19_999, 1_001)]
    public void A_fee_one_millisatoshi_too_small_is_fee_insufficient_with_the_incoming_amount(long amount, long fee)
    {
        Assert.Equal(Named, Decide(Request(amount, fee)).Outgoing);
        var failure = Fails(FailureCode.FeeInsufficient, Request(amount, fee - 1), Channel(Named));
        Assert.Equal((amount + fee - 1).Msat(), failure.HtlcAmount);
    }

    [Fact]
    public void An_expiry_delta_one_block_too_small_is_incorrect_cltv_expiry_with_the_outgoing_expiry()
    {
        var failure = Fails(FailureCode.IncorrectCltvExpiry, Request(delta: 39), Channel(Named));
        Assert.Equal(1_200u, failure.CltvExpiry);
    }

    [Theory]
    [InlineData(1_004u, 40u, true)]
    [InlineData(1_003u, 40u, false)]
    [InlineData(1_003u, 400u, false)]
    public void An_expiry_that_is_near_is_expiry_too_soon(uint expiry, uint delta, bool isTimely)
    {
        var decision = Decide(Request(expiry: expiry, delta: delta));
        if (isTimely) Assert.Equal(Named, decision.Outgoing);
        else Assert.Equal(FailureCode.ExpiryTooSoon, decision.Failure!.Code);
    }

    [Theory]
    [InlineData(3_016u, true)]
    [InlineData(3_017u, false)]
    public void An_expiry_that_is_far_is_expiry_too_far(uint expiry, bool isTimely)
    {
        var decision = Decide(Request(expiry: expiry));
        if (isTimely) Assert.Equal(Named, decision.Outgoing);
        else Assert.Equal(FailureCode.ExpiryTooFar, decision.Failure!.Code);
    }

    [Fact]
    public void Terms_that_were_replaced_lately_are_as_good_but_the_present_ones_are_reported()
    {
        var dearer = Channel(Named) with { Terms = [Terms with { FeeBase = 5_000L.Msat(), CltvExpiryDelta = 80 }, Terms] };

        Assert.Equal(Named, ForwardRules.Decide(Request(), dearer, [], [], Height, MaxCltvDelta).Outgoing);

        // No single one of them is met: the fee of one, the delta of the other.
        var mixed = Channel(Named) with { Terms = [Terms with { FeeBase = 5_000L.Msat(), CltvExpiryDelta = 18 }, Terms with { CltvExpiryDelta = 144 }] };
        Assert.Equal(FailureCode.FeeInsufficient, ForwardRules.Decide(Request(), mixed, [], [], Height, MaxCltvDelta).Failure!.Code);
    }

    [Fact]
    public void Another_channel_with_the_peer_takes_what_the_named_one_cannot()
    {
        var offline = Channel(Named) with { IsUsable = false, IsClosing = true };
        var empty = Channel(Named) with { Available = static () => 99_999L.Msat() };
        var full = Channel(Named) with { HasRoomFor = static _ => false };
        var more = Channel(Third) with { Available = static () => 800_000_000L.Msat() };

        foreach (var named in (OutgoingChannel[])[offline, empty, full])
        {
            Assert.Equal(Other, ForwardRules.Decide(Request(), named, [Channel(Other)], [], Height, MaxCltvDelta).Outgoing);
            Assert.Equal(Third, ForwardRules.Decide(Request(), named, [Channel(Other), more], [], Height, MaxCltvDelta).Outgoing);
        }

        Assert.Equal(Named, ForwardRules.Decide(Request(), Channel(Named), [more], [], Height, MaxCltvDelta).Outgoing);
        Assert.Equal(FailureCode.TemporaryChannelFailure, ForwardRules.Decide(Request(), empty, [Channel(Other) with { IsUsable = false }], [], Height, MaxCltvDelta).Failure!.Code);
    }

    [Fact]
    public void Another_channel_is_taken_on_its_own_terms_only()
    {
        var dear = Channel(Other) with { Terms = [Terms with { FeeBase = 5_000L.Msat() }] };
        var named = Channel(Named) with { Available = static () => 0L.Msat() };

        Assert.Equal(FailureCode.TemporaryChannelFailure, ForwardRules.Decide(Request(), named, [dear], [], Height, MaxCltvDelta).Failure!.Code);
    }

    [Fact]
    public void A_channel_that_has_refused_is_not_asked_again()
    {
        Assert.Equal(Other, ForwardRules.Decide(Request(), Channel(Named), [Channel(Other)], [Named], Height, MaxCltvDelta).Outgoing);
        Assert.Equal(FailureCode.TemporaryChannelFailure, ForwardRules.Decide(Request(), Channel(Named), [Channel(Other)], [Named, Other], Height, MaxCltvDelta).Failure!.Code);
    }

    [Fact]
    public void Nothing_goes_out_by_the_channel_it_came_in_by_but_by_another_with_that_peer()
    {
        Assert.Equal(FailureCode.TemporaryChannelFailure, ForwardRules.Decide(Request(), Channel(In), [], [], Height, MaxCltvDelta).Failure!.Code);
        Assert.Equal(Other, ForwardRules.Decide(Request(), Channel(In), [Channel(Other)], [], Height, MaxCltvDelta).Outgoing);
    }

    [Fact]
    public void A_channel_keeps_room_for_what_comes_in_by_others()
    {
        LocalChannelKey? asked = null;
        var full = Channel(Named) with
        {
            HasRoomFor = request =>
            {
                asked = request.Incoming;
                return false;
            },
        };

        Fails(FailureCode.TemporaryChannelFailure, Request(), full);
        Assert.Equal(In, asked);
    }

    private static OutgoingChannel Channel(LocalChannelKey key) => new(key, IsUsable: true, IsClosing: false, IsDisabled: false, [Terms], static () => 500_000_000L.Msat(), static _ => true);

    private static ForwardRequest Request(long amount = 100_000, long? fee = null, uint expiry = 1_200, uint delta = 40) => new(
        In,
        null!,
        (amount + (fee ?? Terms.Fee(amount.Msat()).Value)).Msat(),
        expiry + delta,
        new ForwardOnion(new OnionReturnPath(default, BlindedRole.None, default), new ShortChannelId(1, 2, 3), null, amount.Msat(), expiry, null!, null));

    private static ForwardDecision Decide(ForwardRequest request) => ForwardRules.Decide(request, Channel(Named), [], [], Height, MaxCltvDelta);

    private static FailureMessage Fails(FailureCode code, ForwardRequest request, OutgoingChannel named)
    {
        var decision = ForwardRules.Decide(request, named, [], [], Height, MaxCltvDelta);
        Assert.Null(decision.Outgoing);
        Assert.Equal(code, decision.Failure!.Code);
        return decision.Failure;
    }
}
