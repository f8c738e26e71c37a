using Lightning.Actors.Api;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>Forwards that somebody else decides about: mallory pays eve over alice.</summary>
public sealed class InterceptionTests
{
    [Fact]
    public async Task A_forward_is_held_until_somebody_lets_it_go_on()
    {
        await using var way = await Way.Make();
        await using var listener = way.Alice.Api.InterceptForwardsAsync().GetAsyncEnumerator();
        var forward = await Intercept(way, listener);

        Assert.Equal((way.Invoice.PaymentHash, Way.Amount + Way.Fee, Way.Amount), (forward.PaymentHash, forward.IncomingAmount, forward.OutgoingAmount));
        Assert.Equal((way.IncomingExpiry, way.OutgoingExpiry, way.To.ShortChannelId), (forward.IncomingExpiry, forward.OutgoingExpiry, forward.OutgoingChannel));
        await way.Eve.ExpectNothing(TimeSpan.FromMinutes(5));

        await way.Alice.Api.ResolveForwardAsync(new ForwardResolution.Resume(forward.IncomingChannel, forward.HtlcId));
        await way.RunBoth();
        Assert.Single(way.To.Incoming);
    }

    [Fact]
    public async Task A_held_forward_is_failed_as_somebody_says()
    {
        await using var way = await Way.Make();
        await using var listener = way.Alice.Api.InterceptForwardsAsync().GetAsyncEnumerator();
        var forward = await Intercept(way, listener);

        await way.Alice.Api.ResolveForwardAsync(new ForwardResolution.Fail(forward.IncomingChannel, forward.HtlcId, new FailureMessage(FailureCode.PermanentChannelFailure)));
        await way.RunBoth();

        Assert.Equal(FailureCode.PermanentChannelFailure, way.Onion.Read(((HtlcFailure.Remote)way.From.Failures.Single()).Reason).Message!.Code);
        await way.Eve.ExpectNothing();
    }

    [Fact]
    public async Task A_held_forward_is_taken_with_its_preimage_and_with_no_other()
    {
        await using var way = await Way.Make();
        await using var listener = way.Alice.Api.InterceptForwardsAsync().GetAsyncEnumerator();
        var forward = await Intercept(way, listener);

        await Assert.ThrowsAsync<LightningException>(() => way.Alice.Api.ResolveForwardAsync(new ForwardResolution.Settle(forward.IncomingChannel, forward.HtlcId, default)));
        await way.Alice.Api.ResolveForwardAsync(new ForwardResolution.Settle(forward.IncomingChannel, forward.HtlcId, way.Preimage));
        await way.RunBoth();

        Assert.Equal(way.Preimage, way.From.Preimages.Single());
        await way.Eve.ExpectNothing();
        await Assert.ThrowsAsync<LightningException>(() => way.Alice.Api.ResolveForwardAsync(new ForwardResolution.Resume(forward.IncomingChannel, forward.HtlcId)));
    }

    [Fact]
    public async Task What_is_held_goes_on_when_nobody_listens_any_more()
    {
        await using var way = await Way.Make();
        var listener = way.Alice.Api.InterceptForwardsAsync().GetAsyncEnumerator();
        await Intercept(way, listener);

        await listener.DisposeAsync();
        await way.RunBoth();

        Assert.Single(way.To.Incoming);
    }

    [Fact]
    public async Task What_is_held_too_long_is_failed_before_the_peer_closes_the_channel_for_it()
    {
        await using var way = await Way.Make();
        await using var listener = way.Alice.Api.InterceptForwardsAsync().GetAsyncEnumerator();
        var forward = await Intercept(way, listener);

        await way.Net.Mine((int)(forward.AutoFailHeight - way.Net.Chain.Height));
        await way.RunBoth();

        Assert.Equal(FailureCode.TemporaryChannelFailure, way.Onion.Read(((HtlcFailure.Remote)way.From.Failures.Single()).Reason).Message!.Code);
        await way.Eve.ExpectNothing();
    }

    private static async Task<InterceptedForward> Intercept(Way way, IAsyncEnumerator<InterceptedForward> listener)
    {
        var next = listener.MoveNextAsync();
        way.Pay();
        await way.From.Run();
        Assert.True(await next);
        return listener.Current;
    }
}
