using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Routing;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Commands;
using Lightning.Routing.Payments;

namespace Lightning.Actors.Payments;

/// <summary>
/// The entity of one outgoing payment: a shell around <see cref="PaymentDecider"/>. Two writes make a payment: the first holds the request and its first
/// attempt, the second the result.
/// </summary>
internal sealed class PaymentActor : PersistentEntity, IWithTimers
{
    /// <summary>What the persistence ids of payments begin with; the payment hash follows.</summary>
    public const string PersistencePrefix = "payment-";

    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    private readonly PaymentServices _services;
    private readonly HashSet<IActorRef> _watchers = [];
    private readonly Dictionary<PartNumber, Bytes> _onions = [];
    private PaymentState _state = PaymentState.Empty;

    /// <summary>For one payment hash.</summary>
    public PaymentActor(string paymentHash, PaymentServices services)
        : base(PersistencePrefix + paymentHash) => _services = services;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For one payment hash.</summary>
    public static Props Props(string paymentHash, PaymentServices services) => ActorProps.Of<PaymentActor>(paymentHash, services);

    /// <inheritdoc/>
    protected override void Apply(object domainEvent) => _state = _state.Apply((PaymentEvent)domainEvent);

    /// <inheritdoc/>
    protected override void Recovered()
    {
        if (_state.Phase == PaymentPhase.InFlight) Self.Tell(Due.Repeat);
        SetTimers();
    }

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case HtlcReport report:
                _onions.Remove(new PartNumber(report.Origin.Attempt, report.Origin.Part));
                Decide(new PaymentCommand.Report(report));
                break;
            case RoutesPlanned planned:
                if (planned.Id == _state.Asked)
                {
                    for (var i = 0; i < planned.Parts.Length; i++) _onions[new PartNumber(_state.NextAttempt, (uint)i)] = planned.Parts[i].Onion;
                }

                Decide(new PaymentCommand.Routed(planned.Id, [.. planned.Parts.Select(static part => part.Part)]));
                break;
            case NoRoutes none:
                Log.Info("No route for {0}: {1}", PersistenceId, none.Message);
                Decide(new PaymentCommand.NotRouted(none.Id, none.Reason));
                break;
            case StartPayment when _services.Height() is null:
                Sender.Tell(new Refused(LightningErrorKind.Unavailable, "the block height is not known yet"));
                break;
            case StartPayment start:
                Remember(Sender);
                Decide(new PaymentCommand.Start(start.Terms));
                break;
            case GetPayment:
                Answer(Sender);
                break;
            case WatchPayment:
                if (Answer(Sender)) Remember(Sender);
                break;
            case UnwatchPayment:
                Forget(Sender);
                break;
            case Terminated gone:
                Forget(gone.ActorRef);
                break;
            case WakePayment:
                // Being awake is enough: recovery asks again.
                break;
            case Due due when due == Due.Repeat:
                Decide(new PaymentCommand.Repeat());
                break;
            case Due:
                PassivateIfIdle();
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    private void Decide(PaymentCommand command)
    {
        // A new attempt needs the height; results do not, and must not wait for it.
        if (_services.Height() is not { } height)
        {
            if (command is PaymentCommand.Routed or PaymentCommand.Repeat)
            {
                // Asked again: nobody else would.
                SetTimers();
                return;
            }

            height = 0;
        }

        var decision = PaymentDecider.Decide(_state, command, new PaymentEnvironment(_services.Time.GetUtcNow(), height));
        _state = decision.State;
        Write(decision.Events, () =>
        {
            foreach (var action in decision.Actions) Perform(action);
            if (!decision.Events.IsEmpty) _services.Views.Tell(ViewsChanged.Instance);
            SetTimers();
        });
    }

    private void Perform(PaymentAction action)
    {
        switch (action)
        {
            case PaymentAction.Send send:
                Send(send.Part);
                break;
            case PaymentAction.Acknowledge acknowledge:
                _services.Channels.Tell(new ChannelRequest(acknowledge.Channel, new ChannelCommand.AcknowledgeResult(acknowledge.Origin, acknowledge.What)));
                break;
            case PaymentAction.AskRouter ask:
                _services.Router.Tell(ask.Question);
                break;
            case PaymentAction.Tell:
                foreach (var watcher in _watchers) Answer(watcher);
                break;
            case PaymentAction.Refuse refuse:
                Forget(Sender);
                Sender.Tell(new Refused(refuse.Kind, refuse.Message));
                break;
        }
    }

    private void Send(PaymentPart part)
    {
        var terms = _state.Terms!;
        var hop = part.Route.First;
        _services.Channels.Tell(new ChannelRequest(
            part.Channel,
            new ChannelCommand.AddHtlc(part.Number.Origin(terms.PaymentHash), hop.Amount, terms.PaymentHash, hop.CltvExpiry, OnionOf(part, terms), null, part.RefuseFrom)));
    }

    /// <summary>The part's onion: the router's, or after a restart the same one made again.</summary>
    private Bytes OnionOf(PaymentPart part, PaymentTerms terms)
    {
        if (_onions.TryGetValue(part.Number, out var known)) return known;
        using var session = Key.FromBytes(part.SessionKey.Span);
        if (!PaymentOnionBuilder.TryBuild(part.Route, terms.Recipient, session, out var built))
            throw new InvalidOperationException($"The onion of {part} was made once but cannot be made again.");
        return _onions[part.Number] = built.Onion.Serialized;
    }

    private bool Answer(IActorRef to)
    {
        if (_state.ToInfo() is { } info)
        {
            var answer = new PaymentAnswer(info);
            _services.Answering?.Invoke(answer);
            to.Tell(answer);
            return true;
        }

        // While a first route is looked for there is a payment, though nothing durable yet: who asks hears of it soon.
        if (_state.Starting is not null) return true;
        to.Tell(new Refused(LightningErrorKind.NotFound, LightningException.UnknownPayment().Message));
        return false;
    }

    private void Remember(IActorRef watcher)
    {
        if (_watchers.Add(watcher)) Context.Watch(watcher);
    }

    private void Forget(IActorRef watcher)
    {
        if (_watchers.Remove(watcher)) Context.Unwatch(watcher);
    }

    private bool IsWaiting => _state.Starting is not null
        || (_state.Phase == PaymentPhase.InFlight
            && (_state.Asked is not null || _state.Live < _state.Terms!.Amount || _state.Parts.Any(r => r.IsLive && !_state.Accepted.Contains(r.Part.Number))));

    private void SetTimers()
    {
        if (IsWaiting) Timers.StartSingleTimer(Due.Repeat, Due.Repeat, RepeatAfter);
        else Timers.Cancel(Due.Repeat);
        Timers.StartSingleTimer(Due.Idle, Due.Idle, IdleLimit);
    }

    // Also while somebody listens: he asks again from time to time, and the next incarnation tells him. Another process may have written the result without this
    // one knowing, and nothing would ever make it look.
    private void PassivateIfIdle()
    {
        if (!IsWaiting) Passivate();
        else Timers.StartSingleTimer(Due.Idle, Due.Idle, IdleLimit);
    }

    private sealed record Due(string What)
    {
        public static readonly Due Repeat = new("repeat");
        public static readonly Due Idle = new("idle");
    }
}
