using Akka.Actor;
using Lightning.Actors.Entities;
using Akka.Event;
using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>
/// The chain monitor's counterpart in each process. It keeps the process's view of the tip and of feerates, and what the channels of this process watch and
/// publish: it passes that on to the monitor, all of it again to each new incarnation, and passes the monitor's notices on to the channels. Between the two
/// everything is counted, so that what is lost on the way is sent again, and the process hears of a block only after its channels have heard what was in it.
/// </summary>
/// <remarks>A channel that is started again, here or elsewhere, asks for everything anew: so nothing is durable here.</remarks>
internal sealed class ChainClient : UntypedActor, IWithTimers
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EstimateEvery = TimeSpan.FromSeconds(60);

    private readonly NodeRuntime _node;
    private readonly IActorRef _monitor;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<LocalChannelKey, Registration> _channels = [];
    private readonly Dictionary<IActorRef, LocalChannelKey> _actors = [];

    /// <summary>What the monitor has not confirmed yet, in order.</summary>
    private readonly Queue<ChainRequest> _unconfirmed = new();
    private long _epoch;
    private long _sent;
    private long _sentAtLastPoll;
    private long _noticesTaken;
    private ChainStatus? _ahead;
    private bool _isEstimating;

    /// <summary>Channels that asked how their funding outputs stand, once for each; true once they were answered.</summary>
    private readonly Dictionary<LocalChannelKey, bool> _audits = [];
    private int _unspent;
    private int _spent;
    private int _missing;

    public ChainClient(NodeRuntime node, IActorRef monitor)
    {
        _node = node;
        _monitor = monitor;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For one process.</summary>
    /// <param name="node">The node.</param>
    /// <param name="monitor">The monitor, or the proxy of its singleton.</param>
    public static Props Props(NodeRuntime node, IActorRef monitor) => ActorProps.Of<ChainClient>(node, monitor);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(PollDue.Instance, PollDue.Instance, TimeSpan.Zero, PollEvery);
        Timers.StartPeriodicTimer(EstimateDue.Instance, EstimateDue.Instance, TimeSpan.Zero, EstimateEvery);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChainCommand command:
                Register(command);
                if (_epoch != 0) Send(command);
                break;
            case ChainNotice notice:
                OnNotice(notice);
                break;
            case ChainStatus status:
                OnStatus(status);
                break;
            case PollDue:
                Poll();
                break;
            case EstimateDue:
                _node.FeeView.Age();
                Estimate();
                break;
            case FeeView.FeeAnswer answer:
                _isEstimating = false;
                _node.FeeView.Take(answer);
                break;
            case EstimateFailed failed:
                _isEstimating = false;
                _log.Warning("No feerates from the chain; the last ones stay in force for a while: {0}", failed.Cause.Message);
                break;
            case Terminated terminated:
                // Its next incarnation, wherever that is, asks again. The monitor keeps the watches until then, and its notices wake the channel.
                if (_actors.Remove(terminated.ActorRef, out var channel) && _channels.TryGetValue(channel, out var registration)
                    && registration.Actor.Equals(terminated.ActorRef)) _channels.Remove(channel);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Register(ChainCommand command)
    {
        if (command is Unwatch)
        {
            _audits.Remove(command.Channel);
            if (_channels.Remove(command.Channel, out var over) && _actors.Remove(over.Actor)) Context.Unwatch(over.Actor);
            return;
        }

        if (!_channels.TryGetValue(command.Channel, out var registration) || !registration.Actor.Equals(Sender))
        {
            // A new incarnation: what the one before it asked for is asked for again, or not wanted any more.
            if (registration is not null && _actors.Remove(registration.Actor)) Context.Unwatch(registration.Actor);
            _channels[command.Channel] = registration = new Registration(Sender);
            if (!Sender.IsNobody())
            {
                _actors[Sender] = command.Channel;
                Context.Watch(Sender);
            }
        }

        switch (command)
        {
            case Watch watch:
                registration.Watches[watch.Subject] = watch;
                if (watch is CheckFunding) _audits.TryAdd(watch.Channel, false);
                break;
            case PublishTransaction publish:
                registration.Transactions[publish.Transaction.TxId] = publish;
                break;
            case StopPublishing stop:
                registration.Transactions.Remove(stop.TxId);
                break;
        }
    }

    private void Send(ChainCommand command)
    {
        var request = new ChainRequest(_epoch, ++_sent, command);
        _unconfirmed.Enqueue(request);
        _monitor.Tell(request);
    }

    private void Poll()
    {
        _monitor.Tell(new ChainPoll(_epoch, _noticesTaken));

        // Those that were sent before the last poll and are not confirmed since are lost, or behind one that is.
        foreach (var request in _unconfirmed)
        {
            if (request.Number > _sentAtLastPoll) break;
            _monitor.Tell(request);
        }

        _sentAtLastPoll = _sent;
        Summarise();
    }

    private void Count(LocalChannelKey channel, FundingStatus status)
    {
        if (!_audits.TryGetValue(channel, out var isCounted) || isCounted) return;
        _audits[channel] = true;
        _ = status switch
        {
            FundingStatus.Unspent => _unspent++,
            FundingStatus.Spent => _spent++,
            _ => _missing++,
        };
    }

    // One line for all channels of this process: after a start the operator sees that the books agree with the chain.
    private void Summarise()
    {
        if (_unspent + _spent + _missing == 0 || _audits.ContainsValue(false)) return;
        const string Text = "The funding outputs of {0} channels were compared with the chain: {1} unspent, {2} spent, {3} missing";
        var all = _unspent + _spent + _missing;
        if (all == _unspent) _log.Info(Text, all, _unspent, _spent, _missing);
        else _log.Warning(Text, all, _unspent, _spent, _missing);
        _unspent = _spent = _missing = 0;
    }

    private void OnStatus(ChainStatus status)
    {
        if (status.Epoch < _epoch) return;
        if (status.Epoch > _epoch) Begin(status.Epoch);
        while (_unconfirmed.TryPeek(out var request) && request.Number <= status.RequestsTaken) _unconfirmed.Dequeue();
        if (status.NoticesSent > _noticesTaken) _ahead = status;
        else Adopt(status);
    }

    // An incarnation of the monitor that knows nothing of this process.
    private void Begin(long epoch)
    {
        _epoch = epoch;
        _sent = _sentAtLastPoll = _noticesTaken = 0;
        _ahead = null;
        _unconfirmed.Clear();
        foreach (var registration in _channels.Values)
        {
            foreach (var watch in registration.Watches.Values) Send(watch);
            foreach (var publish in registration.Transactions.Values) Send(publish);
        }
    }

    private void OnNotice(ChainNotice notice)
    {
        // One that comes too early is sent again after the one that is missing.
        if (notice.Epoch != _epoch || notice.Number != _noticesTaken + 1) return;
        _noticesTaken++;
        var request = new ChannelRequest(notice.Channel, notice.Command);

        // Straight to the channel where it is known, so that it is there before the block is; by its shard otherwise, which wakes it.
        if (_channels.TryGetValue(notice.Channel, out var registration) && !registration.Actor.IsNobody()) registration.Actor.Tell(request);
        else _node.Actors.Channels.Tell(request);
        registration?.Tell(notice.Command);
        if (notice.Command is ChannelCommand.FundingChecked check) Count(notice.Channel, check.Status);
        if (_ahead is not { } status || status.NoticesSent > _noticesTaken) return;
        _ahead = null;
        Adopt(status);
    }

    private void Adopt(ChainStatus status)
    {
        if (status.Tip is not { } tip || tip.Tip == _node.Tip.Tip) return;
        _node.Tip.Set(tip);
        Context.System.EventStream.Publish(tip);
        Estimate();
    }

    private void Estimate()
    {
        if (_isEstimating) return;
        _isEstimating = true;
        FeeView.AskAsync(_node.Chain, _stopping.Token).PipeTo(Self, failure: e => new EstimateFailed(e));
    }

    private sealed class Registration(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        public Dictionary<WatchSubject, Watch> Watches { get; } = [];

        public Dictionary<TxId, PublishTransaction> Transactions { get; } = [];

        /// <summary>The channel hears this: a later incarnation of the monitor is asked for what it has not heard yet, and for what has become of what it has.</summary>
        public void Tell(ChannelCommand command)
        {
            switch (command)
            {
                case ChannelCommand.FundingSpent { BlockHeight: > 0 } spent:
                    Know(spent.Transaction, spent.BlockHeight, isFunding: true);
                    break;
                case ChannelCommand.OutputSpent { BlockHeight: > 0 } spent:
                    Know(spent.Transaction, spent.BlockHeight, isFunding: false);
                    break;
                case ChannelCommand.SpendUndone undone:
                    Know(undone.Output, isFunding: true, null);
                    Know(undone.Output, isFunding: false, null);
                    break;
                case ChannelCommand.FundingChecked check:
                    Watches.Remove(CheckFunding.SubjectOf(check.Funding));
                    break;
            }
        }

        private void Know(Transaction spender, uint height, bool isFunding)
        {
            var known = new KnownSpend(spender.TxId, height);
            foreach (var input in spender.Inputs) Know(input.PreviousOutput, isFunding, known);
        }

        private void Know(OutPoint output, bool isFunding, KnownSpend? known)
        {
            var subject = WatchSpent.SubjectOf(output, isFunding);
            if (Watches.TryGetValue(subject, out var watch)) Watches[subject] = (WatchSpent)watch with { Known = known };
        }
    }

    private sealed record EstimateFailed(Exception Cause);

    private sealed record PollDue
    {
        public static readonly PollDue Instance = new();
    }

    private sealed record EstimateDue
    {
        public static readonly EstimateDue Instance = new();
    }
}
