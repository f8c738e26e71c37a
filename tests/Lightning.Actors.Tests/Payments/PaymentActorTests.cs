using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Payments;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Routing;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Commands;
using Lightning.Channels.Updates;
using Lightning.Routing.Paths;
using Lightning.Routing.Payments;
using Microsoft.Extensions.Time.Testing;
using static Lightning.Actors.Tests.Payments.PaymentSamples;

namespace Lightning.Actors.Tests.Payments;

public sealed class PaymentActorTests : JournalSystem
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new(Noon);
    private readonly Akka.TestKit.TestProbe _channels;
    private readonly Akka.TestKit.TestProbe _router;

    public PaymentActorTests()
    {
        _channels = CreateTestProbe();
        _router = CreateTestProbe();
    }

    private IActorRef Spawn() => Sys.ActorOf(PaymentActor.Props(Hash.ToString(), new PaymentServices(_time, () => Height, _channels, _router, ActorRefs.Nobody)));

    private static RoutesPlanned Plan(FindRoutes question, params PlannedPart[] parts) => new(question.Id, [.. parts.Select(static part => new RoutedPart(part, Onion(part)))]);

    private static Bytes Onion(PlannedPart part)
    {
        using var session = Key.FromBytes(part.SessionKey.Span);
        Assert.True(PaymentOnionBuilder.TryBuild(part.Route, Terms().Recipient, session, out var built));
        return built.Onion.Serialized;
    }

    private ChannelCommand.AddHtlc ExpectAdd() => Assert.IsType<ChannelCommand.AddHtlc>(_channels.ExpectMsg<ChannelRequest>(Wait).Command);

    private void Start(IActorRef entity)
    {
        entity.Tell(new StartPayment(Terms()), TestActor);
        entity.Tell(Plan(_router.ExpectMsg<FindRoutes>(Wait), Planned()));
        Assert.Equal(PaymentStatus.InFlight, ExpectMsg<PaymentAnswer>(Wait).Payment.Status);
    }

    private void Kill(IActorRef entity)
    {
        Watch(entity);
        entity.Tell(EntityStop.Instance);
        ExpectTerminated(entity, Wait);
    }

    [Fact]
    public void A_payment_is_asked_of_its_channel_and_its_result_kept_for_ever()
    {
        var entity = Spawn();
        Start(entity);
        var add = ExpectAdd();
        Assert.Equal((Origin(1), Planned().Route.TotalAmount, Onion(Planned())), (add.Origin, add.Amount, add.Onion));
        entity.Tell(new HtlcAccepted(Origin(1), Channel));
        entity.Tell(new HtlcFulfilled(Origin(1), Channel, Preimage, null));
        Assert.Equal(Preimage, ExpectMsg<PaymentAnswer>(Wait).Payment.Preimage);
        Assert.Equal(new ChannelCommand.AcknowledgeResult(Origin(1)), _channels.ExpectMsg<ChannelRequest>(Wait).Command);
        Kill(entity);
        var next = Spawn();
        next.Tell(new WatchPayment(Hash), TestActor);
        var paid = ExpectMsg<PaymentAnswer>(Wait).Payment;
        Assert.Equal((PaymentStatus.Succeeded, new MilliSatoshi(1_000)), (paid.Status, paid.Fee));
        next.Tell(new StartPayment(Terms(request: 2)), TestActor);
        Assert.Equal(LightningErrorKind.AlreadyPaid, ExpectMsg<Refused>(Wait).Kind);
    }

    [Fact]
    public void After_a_restart_the_same_htlc_is_asked_for_again_until_it_is_answered()
    {
        var entity = Spawn();
        Start(entity);
        var add = ExpectAdd();
        Kill(entity);
        var next = Spawn();
        Assert.Equal(add, ExpectAdd());
        Assert.Equal(add, ExpectAdd());
        next.Tell(new HtlcAccepted(Origin(1), Channel));
        next.Tell(new GetPayment(Hash), TestActor);
        ExpectMsg<PaymentAnswer>(Wait);
        _channels.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void A_payment_that_fails_says_why_and_asks_the_router_again_first()
    {
        var entity = Spawn();
        Start(entity);
        ExpectAdd();
        entity.Tell(new HtlcRefused(Origin(1), Channel, AddRefusal.Offline));
        Assert.Equal(PaymentStatus.InFlight, ExpectMsg<PaymentAnswer>(Wait).Payment.Status);
        var question = _router.ExpectMsg<FindRoutes>(Wait);
        entity.Tell(new NoRoutes(question.Id, RouteNotFoundReason.NoRoute, "none"));
        var failed = ExpectMsg<PaymentAnswer>(Wait).Payment;
        Assert.Equal((PaymentStatus.Failed, PaymentFailureReason.NoRoute), (failed.Status, failed.FailureReason));
        Assert.Contains("Offline", Assert.Single(failed.Attempts).Failure!.Message);
    }

    [Fact]
    public void A_payment_nobody_knows_is_not_found()
    {
        var entity = Spawn();
        entity.Tell(new WatchPayment(Hash), TestActor);
        Assert.Equal(LightningErrorKind.NotFound, ExpectMsg<Refused>(Wait).Kind);
    }

    [Fact]
    public void The_router_is_asked_again_when_it_does_not_answer()
    {
        var entity = Spawn();
        entity.Tell(new StartPayment(Terms()), TestActor);
        var first = _router.ExpectMsg<FindRoutes>(Wait);
        var second = _router.ExpectMsg<FindRoutes>(Wait);
        Assert.True(second.Id > first.Id);
        entity.Tell(Plan(second, Planned()));
        ExpectAdd();
    }
}
