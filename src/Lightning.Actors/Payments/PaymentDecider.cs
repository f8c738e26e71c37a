using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Routing;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Commands;
using Lightning.Channels.Updates;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;
using Lightning.Routing.Payments;

namespace Lightning.Actors.Payments;

/// <summary>
/// One outgoing payment as pure functions. Never is more on its way than the payee is to get: a part counts from the event before it is first asked for
/// until the event after its channel has, durably, refused or failed it, and a rest is sent anew only to the extent that parts have failed so. After a preimage
/// nothing is sent any more.
/// </summary>
internal static class PaymentDecider
{
    /// <summary>Attempts of one run, whatever the time allows.</summary>
    public const int MaxAttempts = 100;

    /// <summary>Decides a command.</summary>
    public static PaymentDecision Decide(PaymentState state, PaymentCommand command, PaymentEnvironment environment) => command switch
    {
        PaymentCommand.Start start => Start(state, start.Terms),
        PaymentCommand.Routed routed => Routed(state, routed, environment),
        PaymentCommand.NotRouted none => NotRouted(state, none, environment),
        PaymentCommand.Report { News: HtlcAccepted accepted } => Accepted(state, NumberOf(accepted)),
        PaymentCommand.Report { News: HtlcFulfilled fulfilled } => Fulfilled(state, fulfilled, environment),
        PaymentCommand.Report { News: HtlcFailed failed } => Failed(state, failed, environment),
        PaymentCommand.Report { News: HtlcRefused refused } => Refused(state, refused, environment),
        PaymentCommand.Repeat => Repeat(state, environment),
        _ => throw new NotSupportedException($"{command} is no command of a payment."),
    };

    private static PaymentDecision Start(PaymentState state, PaymentTerms terms)
    {
        // The request that started this payment, or is starting it, sent again: it only wants to hear.
        if (state.Terms is { } known && known.RequestId == terms.RequestId) return Only(state, new PaymentAction.Tell());
        if (state.Starting?.RequestId == terms.RequestId) return Nothing(state);
        if (state.Phase == PaymentPhase.Succeeded) return Refuse(state, LightningException.AlreadyPaid());
        if (state.Phase == PaymentPhase.InFlight || state.Starting is not null) return Refuse(state, LightningException.PaymentInTransition());
        return Ask(state with { Starting = terms }, terms, PaymentState.Empty, []);
    }

    private static PaymentDecision Routed(PaymentState state, PaymentCommand.Routed routed, PaymentEnvironment environment)
    {
        if (state.Asked != routed.Question) return Nothing(state);
        state = state with { Asked = null };
        if (Begin(state) is not { } begun) return Nothing(state);
        var (terms, run, events) = begun;
        state = state with { Starting = null };
        if (environment.Now >= terms.Deadline) return End(state, run, events, PaymentFailureReason.Timeout, environment, []);

        var live = run.Live;
        foreach (var part in routed.Parts) live += part.Route.Amount;
        if (routed.Parts.IsEmpty || live > terms.Amount) throw new InvalidOperationException($"The router proposed {live} for a payment of {terms.Amount}.");

        var attempt = state.NextAttempt;
        EquatableArray<PaymentPart> parts =
        [
            .. routed.Parts.Items.Select((part, i) => new PaymentPart(
                new PartNumber(attempt, (uint)i), part.Channel, part.Route, part.SessionKey, environment.Height + RouteRequest.FinalCltvMargin)),
        ];
        events = events.Add(new PaymentEvent.PartsSent(parts, environment.Now));
        return new(state, events, [.. parts.Items.Select(static part => new PaymentAction.Send(part)), new PaymentAction.Tell()]);
    }

    private static PaymentDecision NotRouted(PaymentState state, PaymentCommand.NotRouted none, PaymentEnvironment environment)
    {
        if (state.Asked != none.Question) return Nothing(state);
        state = state with { Asked = null };
        if (Begin(state) is not { } begun) return Nothing(state);
        var (_, run, events) = begun;
        return End(state with { Starting = null }, run, events, ReasonOf(none.Reason), environment, []);
    }

    private static PaymentDecision Accepted(PaymentState state, PartNumber number) =>
        Nothing(state.Find(number) is { IsLive: true } ? state with { Accepted = state.Accepted.Add(number) } : state);

    private static PaymentDecision Fulfilled(PaymentState state, HtlcFulfilled fulfilled, PaymentEnvironment environment)
    {
        if (fulfilled.Preimage.Hash != fulfilled.Payment) return Nothing(state);
        var acknowledge = new PaymentAction.Acknowledge(fulfilled.Channel, fulfilled.Origin, Acknowledgement.Result);
        if (state.Phase == PaymentPhase.Succeeded) return Only(state, acknowledge);

        // The preimage proves itself, whatever this incarnation knows of the part. Without the payment's terms a successor has them: it hears of it again.
        if (state.Terms is null) return Nothing(state);
        return new(state, [new PaymentEvent.Succeeded(fulfilled.Preimage, environment.Now)], [acknowledge, new PaymentAction.Tell()]);
    }

    private static PaymentDecision Failed(PaymentState state, HtlcFailed failed, PaymentEnvironment environment)
    {
        var number = NumberOf(failed);
        var acknowledge = new PaymentAction.Acknowledge(failed.Channel, failed.Origin, Acknowledgement.Failure);
        return state.Find(number) switch
        {
            // Of an earlier run, which ended when all its parts had failed.
            null when number.Attempt < state.NextAttempt => Only(state, acknowledge),

            // A part that this incarnation does not know: only its successor may say that the result is durable.
            null => Nothing(state),
            { IsLive: false } => Only(state, acknowledge),
            var record => Fail(state, record, Read(record.Part, failed.Failure), environment, acknowledge),
        };
    }

    private static PaymentDecision Refused(PaymentState state, HtlcRefused refused, PaymentEnvironment environment)
    {
        if (state.Find(NumberOf(refused)) is not { IsLive: true } record) return Nothing(state);
        var advice = FailureInterpreter.RefusedByOwnChannel(record.Part.Route);
        return Fail(state, record, new PartFailure(null, 0, $"our channel refused it: {refused.Reason}", false, advice.ExcludedChannels, advice.ExcludedNodes), environment);
    }

    private static PaymentDecision Repeat(PaymentState state, PaymentEnvironment environment)
    {
        var actions = ImmutableArray.CreateBuilder<PaymentAction>();
        if (state.Phase == PaymentPhase.InFlight)
        {
            foreach (var record in state.Parts)
            {
                if (record.IsLive && !state.Accepted.Contains(record.Part.Number)) actions.Add(new PaymentAction.Send(record.Part));
            }
        }

        // A question whose answer was lost, or one that a crash left unasked.
        return Begin(state) is { } begun && begun.Run.Live < begun.Terms.Amount
            ? Continue(state, begun.Terms, begun.Run, begun.Events, environment, actions.ToImmutable())
            : new(state, [], actions.ToImmutable());
    }

    /// <summary>What is being paid: a payment in flight, or one that begins with the next event.</summary>
    private static (PaymentTerms Terms, PaymentState Run, ImmutableArray<PaymentEvent> Events)? Begin(PaymentState state) =>
        state.Starting is { } starting ? (starting, PaymentState.Empty, [new PaymentEvent.Started(starting)])
        : state is { Phase: PaymentPhase.InFlight, Terms: { } terms } ? (terms, state, [])
        : null;

    private static PaymentDecision Fail(PaymentState state, PartRecord record, PartFailure failure, PaymentEnvironment environment, params PaymentAction[] first)
    {
        ImmutableArray<PaymentEvent> events = [new PaymentEvent.PartFailed(record.Part.Number, failure, environment.Now)];

        // A part that fails after the payee has taken the payment cost less than was thought: nothing more follows from it.
        if (state.Phase != PaymentPhase.InFlight) return new(state, events, [.. first, new PaymentAction.Tell()]);
        return Continue(state, state.Terms!, state.Apply(events[0]), events, environment, [.. first]);
    }

    /// <summary>Looks for routes for what is neither paid nor on its way, or ends the payment where there is no sense in that.</summary>
    /// <param name="state">The state.</param>
    /// <param name="terms">The payment.</param>
    /// <param name="run">The state after <paramref name="events"/>.</param>
    /// <param name="events">What has happened.</param>
    /// <param name="environment">Time and height.</param>
    /// <param name="first">What is done in any case.</param>
    private static PaymentDecision Continue(
        PaymentState state, PaymentTerms terms, PaymentState run, ImmutableArray<PaymentEvent> events, PaymentEnvironment environment, ImmutableArray<PaymentAction> first)
    {
        if (run.FinalRefusal is { } refusal)
        {
            var reason = refusal.Code == FailureCode.IncorrectOrUnknownPaymentDetails ? PaymentFailureReason.IncorrectPaymentDetails : PaymentFailureReason.Error;
            return End(state, run, events, reason, environment, first);
        }

        if (environment.Now >= terms.Deadline) return End(state, run, events, PaymentFailureReason.Timeout, environment, first);
        if (run.Attempts >= MaxAttempts) return End(state, run, events, PaymentFailureReason.NoRoute, environment, first);
        if (state.Starting is not null) return Ask(state, terms, run, first);
        return Ask(state, terms, run, events.IsEmpty ? first : first.Add(new PaymentAction.Tell())) with { Events = events };
    }

    /// <summary>Ends the payment, unless parts are still on their way: then the last of them ends it.</summary>
    private static PaymentDecision End(
        PaymentState state, PaymentState after, ImmutableArray<PaymentEvent> events, PaymentFailureReason reason, PaymentEnvironment environment, ImmutableArray<PaymentAction> first)
    {
        if (after.LiveCount > 0) return new(state, events, events.IsEmpty ? first : first.Add(new PaymentAction.Tell()));
        return new(state with { Starting = null, Asked = null }, events.Add(new PaymentEvent.Failed(reason, environment.Now)), first.Add(new PaymentAction.Tell()));
    }

    private static PaymentDecision Ask(PaymentState state, PaymentTerms terms, PaymentState run, ImmutableArray<PaymentAction> first)
    {
        var id = state.Questions + 1;
        var question = new FindRoutes(
            id, terms, terms.Amount - run.Live, terms.FeeLimit - run.Fee, terms.MaxParts - run.LiveCount, run.ExcludedChannels, run.ExcludedNodes);
        return new(state with { Asked = id, Questions = id }, [], first.Add(new PaymentAction.AskRouter(question)));
    }

    private static PartFailure Read(PaymentPart part, HtlcFailure failure)
    {
        switch (failure)
        {
            case HtlcFailure.Remote remote:
                using (var session = Key.FromBytes(part.SessionKey.Span))
                {
                    var secrets = PaymentOnionBuilder.SharedSecrets(part.Route, session);
                    var read = FailureOnion.Decrypt(secrets.Span, remote.Reason.Span, remote.AttributionData is { } data ? data.Value.Span : default);
                    return Of(FailureInterpreter.Interpret(part.Route, read));
                }

            case HtlcFailure.Malformed malformed:
                return Of(FailureInterpreter.MalformedByFirstPeer(part.Route, (FailureCode)malformed.FailureCode));
            default:
                var advice = FailureInterpreter.RefusedByOwnChannel(part.Route);
                return new PartFailure(null, 0, "our channel was closed and the HTLC ended on chain", false, advice.ExcludedChannels, advice.ExcludedNodes);
        }
    }

    private static PartFailure Of(FailureAdvice advice) => new(
        advice.Message?.Code,
        advice.Source is { } hop ? hop + 1 : null,
        advice.Message?.ToString() ?? "unreadable failure",
        advice.IsFinal,
        advice.ExcludedChannels,
        advice.ExcludedNodes);

    private static PaymentFailureReason ReasonOf(RouteNotFoundReason reason) => reason switch
    {
        RouteNotFoundReason.InsufficientBalance => PaymentFailureReason.InsufficientBalance,
        RouteNotFoundReason.InvalidRequest => PaymentFailureReason.Error,
        _ => PaymentFailureReason.NoRoute,
    };

    private static PartNumber NumberOf(HtlcReport report) => new(report.Origin.Attempt, report.Origin.Part);

    private static PaymentDecision Nothing(PaymentState state) => new(state, [], []);

    private static PaymentDecision Only(PaymentState state, PaymentAction action) => new(state, [], [action]);

    private static PaymentDecision Refuse(PaymentState state, LightningException error) => Only(state, new PaymentAction.Refuse(error.Kind, error.Message));
}
