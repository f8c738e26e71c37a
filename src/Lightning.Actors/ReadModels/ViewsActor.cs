using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;
using Lightning.Actors.Entities;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Peers;
using Lightning.Actors.Serialization;

namespace Lightning.Actors.ReadModels;

/// <summary>Keeps the lists up to date with the journal: one in the whole node. It also wakes the payments that were in flight when their process ended, and the peers that are to be connected at all times.</summary>
internal sealed class ViewsActor : UntypedActor, IWithTimers
{
    /// <summary>The topic on which each process hears that the lists have changed.</summary>
    public const string Topic = "views";

    private const int WakeAtOnce = 200;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WakeAgain = TimeSpan.FromSeconds(60);

    private readonly Projection _projection;
    private readonly ViewDatabase _database;
    private readonly ViewQueries _queries;
    private readonly IActorRef _topics;
    private readonly IActorRef _payments;
    private readonly IActorRef _peers;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _waiting = [];
    private List<IActorRef> _served = [];
    private bool _isPrepared;
    private bool _isBusy;
    private bool _isDue;
    private ulong _woken;

    // Used by one look at a time only.
    private long? _taken;

    /// <summary>Over a database; payments and peers are woken through their shard regions.</summary>
    public ViewsActor(ViewDatabase database, TimeProvider time, IActorRef topics, IActorRef payments, IActorRef peers)
    {
        _database = database;
        _projection = new Projection(database, time);
        _queries = new ViewQueries(database, time);
        _topics = topics;
        _payments = payments;
        _peers = peers;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Over a database; payments and peers are woken through their shard regions.</summary>
    public static Props Props(ViewDatabase database, TimeProvider time, IActorRef topics, IActorRef payments, IActorRef peers) =>
        ActorProps.Of<ViewsActor>(database, time, topics, payments, peers);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(LookAgain), LookDue.Instance, TimeSpan.Zero, LookAgain);
        Timers.StartPeriodicTimer(WakeDue.Instance, WakeDue.Instance, LookAgain, WakeAgain);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ViewsChanged:
                // Whoever waits says so: for all others many changes are taken in at once.
                if (!_isDue && !Timers.IsTimerActive(LookDue.Instance)) Timers.StartSingleTimer(LookDue.Instance, LookDue.Instance, Gather);
                break;
            case LookDue:
                _isDue = true;
                Start();
                break;
            case CatchUp:
                _waiting.Add(Sender);
                _isDue = true;
                Start();
                break;
            case Advanced advanced:
                _isBusy = false;
                _isPrepared = true;
                if (advanced.HasChanged) _topics.Tell(new Publish(Topic, ViewsChanged.Instance));
                foreach (var served in _served) served.Tell(CaughtUp.Instance);
                _served = [];
                Start();
                break;
            case Status.Failure failure:
                // The database is not to be had for the moment: the next look begins where the last one that succeeded has ended.
                _isBusy = false;
                _waiting.AddRange(_served);
                _served = [];
                _log.Warning(failure.Cause, "The lists of payments and invoices could not be brought up to date; they will be.");
                break;
            case WakeDue:
                if (!_isPrepared) break;
                var after = _woken;
                _database.RunAsync(() => Unfinished(after)).PipeTo(Self, failure: static e => new Wake([], [], 0, e));
                break;
            case Wake wake:
                _woken = wake.Next;
                if (wake.Failure is not null) _log.Warning(wake.Failure, "Payments in flight, and peers to be connected, could not be looked for; they will be.");
                foreach (var payment in wake.Payments) _payments.Tell(new WakePayment(payment));
                foreach (var peer in wake.Peers) _peers.Tell(new WakePeer(peer));
                break;
            case EntityStop:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Start()
    {
        if (_isBusy || !_isDue) return;
        (_isBusy, _isDue) = (true, false);
        _served = [.. _waiting];
        _waiting.Clear();
        var prepare = !_isPrepared;
        _database.RunAsync(() => Advance(prepare)).PipeTo(Self, failure: static e => new Status.Failure(e));
    }

    private Advanced Advance(bool prepare)
    {
        var length = _database.JournalLength;
        if (prepare) _database.Prepare();
        else if (length is not null && length == _taken) return new Advanced(false);
        using var views = _database.OpenViews();
        var before = Position.Read(views, null);
        while (_projection.Advance())
        {
            // Until there is nothing more.
        }

        _taken = length;
        return new Advanced(Position.Read(views, null) != before);
    }

    private Wake Unfinished(ulong after)
    {
        var payments = _queries.UnfinishedPayments(after, WakeAtOnce, out var last);
        return new Wake(payments, KeptPeers.All(_database), payments.Count < WakeAtOnce ? 0 : last, null);
    }

    private sealed record Advanced(bool HasChanged);

    private sealed record Wake(IReadOnlyList<PaymentHash> Payments, IReadOnlyList<NodeId> Peers, ulong Next, Exception? Failure);

    private sealed record LookDue
    {
        public static readonly LookDue Instance = new();
    }

    private sealed record WakeDue
    {
        public static readonly WakeDue Instance = new();
    }
}

/// <summary>Asks that the lists hold everything that is durable now. Answered by <see cref="CaughtUp"/>.</summary>
internal sealed record CatchUp : ISerialized
{
    /// <summary>The only instance.</summary>
    public static CatchUp Instance { get; } = new();
}

/// <summary>The lists hold everything that was durable when it was asked for, unless a commit is still being waited for.</summary>
internal sealed record CaughtUp : ISerialized
{
    /// <summary>The only instance.</summary>
    public static CaughtUp Instance { get; } = new();
}
