using System.Collections.Immutable;
using Akka.Actor;
using Lightning.Actors.Hosting;
using Lightning.Actors.Payments;
using Lightning.Actors.Routing;
using Lightning.Actors.Tests.Payments;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;
using Microsoft.Extensions.Time.Testing;

namespace Lightning.Actors.Tests.Routing;

public sealed class RouterActorTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new(PaymentSamples.Noon);
    private readonly Channels _channels = new();
    private uint? _height = PaymentSamples.Height;

    public RouterActorTests()
        : base("akka.loglevel = WARNING")
    {
    }

    private IActorRef Spawn() => Sys.ActorOf(RouterActor.Props(new RouterServices(
        new NodeId(PaymentSamples.PeerKey.PubKey), _time, SystemRandomness.Instance, () => _height, _channels, EmptyGraph.Instance)));

    private static FindRoutes Ask(long amount, ulong id = 1) => new(
        id, PaymentSamples.Terms(amount), new MilliSatoshi(amount), new MilliSatoshi(5_000), 4, ImmutableHashSet<DirectedChannel>.Empty, ImmutableHashSet<NodeId>.Empty);

    [Fact]
    public void A_route_comes_with_an_onion_that_the_payee_can_open()
    {
        _channels.Set(1, 1_000_000);
        Spawn().Tell(Ask(100_000), TestActor);
        var part = Assert.Single(ExpectMsg<RoutesPlanned>(Wait).Parts);
        Assert.Equal(new LocalChannelKey(1, 1), part.Part.Channel);
        var hop = part.Part.Route.First;
        var opened = Assert.IsType<FinalOnion>(PaymentOnion.Open(PaymentSamples.PayeeKey, PaymentSamples.Hash, hop.Amount, hop.CltvExpiry, OnionPacket.ParsePayment(part.Onion.Span)));
        Assert.Equal((PaymentSamples.Terms().PaymentSecret, new MilliSatoshi(100_000)), (opened.PaymentSecret!.Value, opened.Total));
        Assert.InRange(hop.CltvExpiry, PaymentSamples.Height + 83, PaymentSamples.Height + 89);

        // The payment makes the same onion again from what it has kept.
        using var session = Key.FromBytes(part.Part.SessionKey.Span);
        Assert.True(Lightning.Routing.Payments.PaymentOnionBuilder.TryBuild(part.Part.Route, PaymentSamples.Terms().Recipient, session, out var again));
        Assert.Equal(part.Onion, again.Onion.Serialized);
    }

    [Fact]
    public void What_was_given_out_is_not_given_out_again_until_the_channel_has_changed_or_a_moment_has_passed()
    {
        _channels.Set(1, 150_000);
        var router = Spawn();
        router.Tell(Ask(100_000), TestActor);
        ExpectMsg<RoutesPlanned>(Wait);
        router.Tell(Ask(100_000, 2), TestActor);
        Assert.Equal(RouteNotFoundReason.InsufficientBalance, ExpectMsg<NoRoutes>(Wait).Reason);
        _channels.Set(1, 149_999);
        router.Tell(Ask(100_000, 3), TestActor);
        Assert.Equal(3UL, ExpectMsg<RoutesPlanned>(Wait).Id);
        _time.Advance(TimeSpan.FromSeconds(2));
        router.Tell(Ask(100_000, 4), TestActor);
        ExpectMsg<RoutesPlanned>(Wait);
    }

    [Fact]
    public void A_payment_is_split_over_channels()
    {
        _channels.Set(1, 60_000);
        _channels.Set(2, 60_000);
        Spawn().Tell(Ask(100_000), TestActor);
        var parts = ExpectMsg<RoutesPlanned>(Wait).Parts;
        Assert.Equal(2, parts.Length);
        Assert.Equal(100_000, parts.Sum(static p => p.Part.Route.Amount.Value));
        Assert.Equal(2, parts.Select(static p => p.Part.SessionKey).Distinct().Count());
    }

    [Fact]
    public void Without_a_block_height_the_router_waits_to_be_asked_again()
    {
        _height = null;
        _channels.Set(1, 1_000_000);
        var router = Spawn();
        router.Tell(Ask(100_000), TestActor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        _height = PaymentSamples.Height;
        router.Tell(Ask(100_000, 2), TestActor);
        Assert.Equal(2UL, ExpectMsg<RoutesPlanned>(Wait).Id);
    }

    private sealed class Channels : ILocalChannels
    {
        private volatile IReadOnlyList<UsableChannel> _usable = [];

        public void Set(uint key, long available)
        {
            var channel = new LocalChannel(new ShortChannelId(key), PaymentSamples.Terms().Payee, new MilliSatoshi(available), MilliSatoshi.Zero);
            _usable = [.. _usable.Where(c => c.Key.ShardTag != key), new UsableChannel(new LocalChannelKey(key, key), channel, channel)];
        }

        public IReadOnlyList<UsableChannel> Usable() => _usable;

        public IReadOnlyList<PrivateChannel> Private() => [];
    }
}
