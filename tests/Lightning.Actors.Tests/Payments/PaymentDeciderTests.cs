using Lightning.Actors.Api;
using Lightning.Actors.Payments;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Routing;
using Lightning.Channels.Commands;
using Lightning.Channels.Updates;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;
using static Lightning.Actors.Tests.Payments.PaymentSamples;

namespace Lightning.Actors.Tests.Payments;

public sealed class PaymentDeciderTests
{
    private PaymentState _state = PaymentState.Empty;

    private PaymentDecision Do(PaymentCommand command, TimeSpan after = default)
    {
        var decision = PaymentDecider.Decide(_state, command, At(after));
        _state = decision.Events.Aggregate(decision.State, static (state, happened) => state.Apply(happened));
        return decision;
    }

    private FindRoutes Start(PaymentTerms? terms = null) => Asked(Do(new PaymentCommand.Start(terms ?? Terms())));

    private PaymentDecision Route(params PlannedPart[] parts) => Do(new PaymentCommand.Routed(_state.Asked!.Value, [.. parts]));

    private static FindRoutes Asked(PaymentDecision decision) => Assert.Single(decision.Actions.OfType<PaymentAction.AskRouter>()).Question;

    private static T Event<T>(PaymentDecision decision) => Assert.Single(decision.Events.OfType<T>());

    [Fact]
    public void Request_and_first_attempt_are_one_write_and_then_the_parts_are_sent()
    {
        var question = Start();
        Assert.Equal(Terms().Amount, question.Amount);
        var sent = Route(Planned(60_000), Planned(40_000, scid: 2, session: 34, channel: 2));
        Assert.Collection(sent.Events, e => Assert.IsType<PaymentEvent.Started>(e), e => Assert.IsType<PaymentEvent.PartsSent>(e));
        Assert.Equal(2, sent.Actions.OfType<PaymentAction.Send>().Count());
        Assert.Equal(PaymentStatus.InFlight, _state.ToInfo()!.Status);
        Assert.Equal(new MilliSatoshi(2_000), _state.ToInfo()!.Fee);
    }

    [Fact]
    public void A_preimage_ends_the_payment_in_the_second_write()
    {
        Start();
        Route(Planned());
        var done = Do(Fulfilled(1));
        Assert.Equal(new PaymentEvent.Succeeded(Preimage, Noon), Assert.Single(done.Events));
        Assert.Equal(new PaymentAction.Acknowledge(Channel, Origin(1), Acknowledgement.Result), done.Actions[0]);
        Assert.Equal(Preimage, _state.ToInfo()!.Preimage);
        var again = Do(Fulfilled(1));
        Assert.Empty(again.Events);
        Assert.IsType<PaymentAction.Acknowledge>(Assert.Single(again.Actions));
    }

    [Fact]
    public void A_wrong_preimage_is_nothing()
    {
        Start();
        Route(Planned());
        var decision = Do(new PaymentCommand.Report(new HtlcFulfilled(Origin(1), Channel, new PaymentPreimage(Bytes32.Zero), null)));
        Assert.Empty(decision.Events);
        Assert.Empty(decision.Actions);
    }

    [Fact]
    public void A_payment_that_runs_or_has_succeeded_is_not_begun_again()
    {
        Start();
        Assert.Equal(LightningErrorKind.PaymentInTransition, Refusal(Do(new PaymentCommand.Start(Terms(request: 2)))));
        Route(Planned());
        Assert.Equal(LightningErrorKind.PaymentInTransition, Refusal(Do(new PaymentCommand.Start(Terms(request: 2)))));
        Do(Fulfilled(1));
        Assert.Equal(LightningErrorKind.AlreadyPaid, Refusal(Do(new PaymentCommand.Start(Terms(request: 2)))));
    }

    [Fact]
    public void The_same_request_again_is_no_second_payment_and_no_error()
    {
        Start();
        Assert.Empty(Do(new PaymentCommand.Start(Terms())).Actions);
        Route(Planned());
        var again = Do(new PaymentCommand.Start(Terms()));
        Assert.Empty(again.Events);
        Assert.IsType<PaymentAction.Tell>(Assert.Single(again.Actions));
    }

    [Fact]
    public void Without_a_route_the_payment_fails_with_the_routers_reason()
    {
        Start();
        var decision = Do(new PaymentCommand.NotRouted(_state.Asked!.Value, RouteNotFoundReason.InsufficientBalance));
        Assert.Equal(PaymentFailureReason.InsufficientBalance, Event<PaymentEvent.Failed>(decision).Reason);
        Assert.Single(decision.Events.OfType<PaymentEvent.Started>());
        Assert.Equal(PaymentStatus.Failed, _state.ToInfo()!.Status);
    }

    [Fact]
    public void A_failed_part_is_sent_another_way_without_the_channel_that_failed()
    {
        Start();
        var planned = Planned();
        Route(planned);
        var decision = Do(Failed(planned, 1, FailureMessage.TemporaryChannelFailure(), hop: 0));
        var failed = Event<PaymentEvent.PartFailed>(decision);
        Assert.Equal((FailureCode.TemporaryChannelFailure, 1), (failed.Failure.Code!.Value, failed.Failure.Source!.Value));
        Assert.Equal(new PaymentAction.Acknowledge(Channel, Origin(1), Acknowledgement.Failure), decision.Actions[0]);
        var question = Asked(decision);
        Assert.Equal(Terms().Amount, question.Amount);
        Assert.Contains(new DirectedChannel(new ShortChannelId(101), Terms().Payee), question.ExcludedChannels);
        Assert.Equal(Origin(2), Route(Planned(scid: 5, session: 40)).Actions.OfType<PaymentAction.Send>().Select(s => s.Part.Number.Origin(Hash)).Single());
    }

    [Fact]
    public void Only_what_has_failed_is_sent_again()
    {
        Start();
        var (first, second) = (Planned(60_000), Planned(40_000, scid: 2, session: 34, channel: 2));
        Route(first, second);
        var question = Asked(Do(Failed(second, 1, FailureMessage.TemporaryChannelFailure(), hop: 0, part: 1)));
        Assert.Equal(new MilliSatoshi(40_000), question.Amount);
        Assert.Equal(new MilliSatoshi(4_000), question.FeeLimit);
        Assert.Throws<InvalidOperationException>(() => PaymentDecider.Decide(_state, new PaymentCommand.Routed(_state.Asked!.Value, [Planned(40_001)]), At()));
    }

    [Fact]
    public void The_payees_final_no_ends_the_payment_once_nothing_is_on_its_way()
    {
        Start();
        var (first, second) = (Planned(60_000), Planned(40_000, scid: 2, session: 34, channel: 2));
        Route(first, second);
        var refused = FailureMessage.IncorrectOrUnknownPaymentDetails(new MilliSatoshi(60_000), Height);
        var one = Do(Failed(first, 1, refused, hop: 1));
        Assert.IsType<PaymentEvent.PartFailed>(Assert.Single(one.Events));
        Assert.DoesNotContain(one.Actions, static a => a is PaymentAction.AskRouter);
        var two = Do(Failed(second, 1, FailureMessage.TemporaryChannelFailure(), hop: 0, part: 1));
        Assert.Equal(PaymentFailureReason.IncorrectPaymentDetails, Event<PaymentEvent.Failed>(two).Reason);
    }

    [Fact]
    public void No_attempt_begins_after_the_deadline()
    {
        Start();
        var planned = Planned();
        Route(planned);
        var decision = Do(Failed(planned, 1, FailureMessage.TemporaryChannelFailure(), hop: 0), TimeSpan.FromSeconds(60));
        Assert.Equal(PaymentFailureReason.Timeout, Event<PaymentEvent.Failed>(decision).Reason);
    }

    [Fact]
    public void A_refusal_of_our_own_channel_excludes_it()
    {
        Start();
        Route(Planned());
        var question = Asked(Do(new PaymentCommand.Report(new HtlcRefused(Origin(1), Channel, AddRefusal.TooManyHtlcs))));
        Assert.Contains(Planned().Route.First.Channel, question.ExcludedChannels);
    }

    [Fact]
    public void A_failed_payment_may_be_tried_again_with_numbers_never_used_before()
    {
        Start();
        var planned = Planned();
        Route(planned);
        Do(Failed(planned, 1, FailureMessage.TemporaryChannelFailure(), hop: 0), TimeSpan.FromSeconds(60));
        Assert.Empty(Start(Terms(request: 2)).ExcludedChannels);
        Assert.Equal(2u, Event<PaymentEvent.PartsSent>(Route(Planned(session: 50))).Parts[0].Number.Attempt);
        Assert.IsType<PaymentAction.Acknowledge>(Assert.Single(Do(Failed(planned, 1, FailureMessage.TemporaryChannelFailure(), hop: 0)).Actions));
    }

    [Fact]
    public void A_part_that_this_incarnation_does_not_know_is_not_acknowledged()
    {
        Start();
        Route(Planned());
        Assert.Empty(Do(Failed(Planned(), 2, FailureMessage.TemporaryChannelFailure(), hop: 0)).Actions);
    }

    [Fact]
    public void A_preimage_counts_even_when_the_payment_had_failed()
    {
        Start();
        var planned = Planned();
        Route(planned);
        Do(Failed(planned, 1, FailureMessage.TemporaryChannelFailure(), hop: 0), TimeSpan.FromSeconds(60));
        Assert.Equal(PaymentPhase.Failed, _state.Phase);
        Event<PaymentEvent.Succeeded>(Do(Fulfilled(1)));
        Assert.Equal(PaymentStatus.Succeeded, _state.ToInfo()!.Status);
    }

    [Fact]
    public void What_is_not_answered_is_asked_for_again_and_what_is_accepted_is_not()
    {
        Start();
        Assert.Single(Do(new PaymentCommand.Repeat()).Actions.OfType<PaymentAction.AskRouter>());
        Route(Planned());
        Assert.Single(Do(new PaymentCommand.Repeat()).Actions.OfType<PaymentAction.Send>());
        Do(new PaymentCommand.Report(new HtlcAccepted(Origin(1), Channel)));
        Assert.Empty(Do(new PaymentCommand.Repeat()).Actions);
    }

    [Fact]
    public void A_late_answer_of_the_router_is_ignored()
    {
        Start();
        var late = _state.Asked!.Value;
        Do(new PaymentCommand.Repeat());
        Assert.Empty(Do(new PaymentCommand.Routed(late, [Planned()])).Events);
        Route(Planned());
        Assert.Empty(Do(new PaymentCommand.Routed(late + 1, [Planned()])).Events);
    }

    [Fact]
    public void An_unreadable_failure_is_not_repeated_over_the_same_channels()
    {
        Start();
        Route(Planned());
        var question = Asked(Do(new PaymentCommand.Report(new HtlcFailed(Origin(1), Channel, new HtlcFailure.Remote(new Bytes(new byte[292]), null)))));
        Assert.NotEmpty(question.ExcludedChannels);
    }

    private static LightningErrorKind Refusal(PaymentDecision decision)
    {
        Assert.Empty(decision.Events);
        return Assert.IsType<PaymentAction.Refuse>(Assert.Single(decision.Actions)).Kind;
    }
}
