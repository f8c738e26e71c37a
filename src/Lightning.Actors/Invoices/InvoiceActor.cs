using Akka.Actor;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Invoices.Messages;
using Lightning.Actors.ReadModels;

namespace Lightning.Actors.Invoices;

/// <summary>
/// The entity of one invoice: a shell around <see cref="InvoiceDecider"/>. Takes ownership with its first event, so that looking at an invoice, or asking for
/// one that does not exist, writes nothing.
/// </summary>
internal sealed class InvoiceActor : PersistentEntity, IWithTimers
{
    /// <summary>What the persistence ids of invoices begin with; the payment hash follows.</summary>
    public const string PersistencePrefix = "invoice-";

    private static readonly TimeSpan LookAtBlocks = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    private readonly InvoiceServices _services;
    private readonly HashSet<IActorRef> _watchers = [];
    private InvoiceState _state = InvoiceState.Empty;

    /// <summary>For one payment hash.</summary>
    public InvoiceActor(string paymentHash, InvoiceServices services)
        : base(PersistencePrefix + paymentHash) => _services = services;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For one payment hash.</summary>
    public static Props Props(string paymentHash, InvoiceServices services) => ActorProps.Of<InvoiceActor>(paymentHash, services);

    /// <inheritdoc/>
    protected override void Apply(object domainEvent) => _state = _state.Apply((InvoiceEvent)domainEvent);

    /// <inheritdoc/>
    protected override void Recovered() => SetTimers();

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case OfferPart offer when _services.Height() is { } height:
                Decide(offer.IsLost ? new InvoiceCommand.Lose(InvoicePart.Of(offer, height)) : new InvoiceCommand.Offer(InvoicePart.Of(offer, height), offer.Keysend), height);
                break;
            case OfferPart:
                // Without a block height nobody can say whether there is time enough: the channel offers it again.
                break;
            case AddInvoice add:
                Decide(new InvoiceCommand.Add(add.Terms), _services.Height() ?? 0);
                break;
            case SettleInvoice settle:
                DecideAtKnownHeight(new InvoiceCommand.Settle(settle.Preimage));
                break;
            case CancelInvoice:
                Decide(new InvoiceCommand.Cancel(), _services.Height() ?? 0);
                break;
            case GetInvoice:
                Answer(Sender);
                break;
            case WatchInvoice:
                if (_watchers.Add(Sender)) Context.Watch(Sender);
                Answer(Sender);
                SetExpiry();
                break;
            case UnwatchInvoice:
                Forget(Sender);
                break;
            case Terminated gone:
                Forget(gone.ActorRef);
                break;
            case Due due:
                On(due);
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    private void On(Due due)
    {
        if (due == Due.Idle)
        {
            PassivateIfIdle();
        }
        else if (due == Due.Expiry)
        {
            Tell(_watchers);
            SetTimers();
        }
        else if (_services.Height() is { } height)
        {
            Decide(new InvoiceCommand.Tick(), height);
        }
    }

    private void DecideAtKnownHeight(InvoiceCommand command)
    {
        if (_services.Height() is { } height) Decide(command, height);
        else Sender.Tell(new Refused(Api.LightningErrorKind.Unavailable, "the block height is not known yet"));
    }

    private void Decide(InvoiceCommand command, uint height)
    {
        var environment = new InvoiceEnvironment(_services.Time.GetUtcNow(), Elapsed, height, _services.Policy.MultiPartTimeout, _services.Policy.InvoiceSafetyMargin);
        var decision = InvoiceDecider.Decide(_state, command, environment);
        _state = decision.State;
        Write(decision.Events, () =>
        {
            foreach (var action in decision.Actions) Perform(action);
            if (!decision.Events.IsEmpty)
            {
                _services.Views.Tell(ViewsChanged.Instance);
                Tell(_watchers);
            }

            SetTimers();
        });
    }

    private void Perform(InvoiceAction action)
    {
        switch (action)
        {
            case InvoiceAction.Settle settle:
                _services.Channels.Tell(new SettlePart(settle.Part.Channel, settle.Part.HtlcId, settle.Preimage));
                break;
            case InvoiceAction.Fail fail:
                _services.Channels.Tell(new FailPart(fail.Part.Channel, fail.Part.HtlcId, fail.Failure));
                break;
            case InvoiceAction.Confirm:
                Answer(Sender);
                break;
            case InvoiceAction.Refuse refuse:
                Sender.Tell(new Refused(refuse.Kind, refuse.Message));
                break;
        }
    }

    private void Answer(IActorRef to)
    {
        if (!Tell([to])) to.Tell(new Refused(Api.LightningErrorKind.NotFound, Api.LightningException.UnknownInvoice().Message));
    }

    private bool Tell(IReadOnlyCollection<IActorRef> listeners)
    {
        if (_state.ToInfo(_services.Time.GetUtcNow()) is not { } info) return false;
        if (listeners.Count == 0) return true;
        var answer = new InvoiceAnswer(info);
        _services.Answering?.Invoke(answer);
        foreach (var listener in listeners) listener.Tell(answer);
        return true;
    }

    private void Forget(IActorRef watcher)
    {
        if (_watchers.Remove(watcher)) Context.Unwatch(watcher);
    }

    private void SetTimers()
    {
        if (_state.Collecting.IsEmpty) Timers.Cancel(Due.Timeout);
        else Once(Due.Timeout, Due.Decide, _state.CollectingSince + _services.Policy.MultiPartTimeout - Elapsed);
        if (_state.Collecting.IsEmpty && _state.Status != InvoiceStatus.Held) Timers.Cancel(Due.Blocks);
        else if (!Timers.IsTimerActive(Due.Blocks)) Timers.StartPeriodicTimer(Due.Blocks, Due.Decide, LookAtBlocks);
        SetExpiry();
        Timers.StartSingleTimer(Due.Idle, Due.Idle, IdleLimit);
    }

    private void SetExpiry()
    {
        if (_state is { Status: InvoiceStatus.Open, Terms: { } terms } && _watchers.Count > 0 && terms.ExpiresAt > _services.Time.GetUtcNow()) Once(Due.Expiry, Due.Expiry, terms.ExpiresAt - _services.Time.GetUtcNow());
        else Timers.Cancel(Due.Expiry);
    }

    private TimeSpan Elapsed => _services.Time.GetElapsedTime(0);

    private void Once(Due key, Due message, TimeSpan after)
    {
        // A moment later, so that the time has really passed when the timer fires; a far one is set again when it fires.
        var delay = after + TimeSpan.FromMilliseconds(1);
        Timers.StartSingleTimer(key, message, TimeSpan.FromTicks(Math.Clamp(delay.Ticks, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerDay)));
    }

    // Also while somebody listens: he asks again from time to time, and the next incarnation tells him what another process may have written.
    private void PassivateIfIdle()
    {
        if (_state.Collecting.IsEmpty && _state.Status != InvoiceStatus.Held) Passivate();
        else Timers.StartSingleTimer(Due.Idle, Due.Idle, IdleLimit);
    }

    private sealed record Due(string What)
    {
        public static readonly Due Decide = new("decide");
        public static readonly Due Timeout = new("timeout");
        public static readonly Due Blocks = new("blocks");
        public static readonly Due Expiry = new("expiry");
        public static readonly Due Idle = new("idle");
    }
}
