using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Chain;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Forwarding;
using Lightning.Actors.Hosting;
using Lightning.Actors.Metrics;
using Lightning.Actors.Node;
using Lightning.Actors.Registry;
using Lightning.Actors.Wallet;
using Lightning.Channels;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Channels;

/// <summary>
/// The shell around one channel: gathers what arrives, lets the pure half decide it in one go, writes the events as one atomic write, and
/// performs the actions in its callback. Nothing is decided here that a peer or the chain could see.
/// </summary>
/// <remarks>
/// Everything that was waiting when a write ended is decided together: under load one write and one signature serve many HTLCs.
/// </remarks>
internal sealed partial class ChannelActor : PersistentEntity, IWithTimers
{
    /// <summary>What the persistence ids of channels begin with.</summary>
    public const string PersistencePrefix = "channel-";

    /// <summary>Messages of a connection that the peer's entity has not told of yet; more are not waited with.</summary>
    private const int MaxEarly = 64;

    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(5);

    private readonly NodeRuntime _node;
    private readonly LocalChannelKey _key;
    private readonly List<ChannelCommand> _commands = [];
    private readonly List<LightningMessage> _messages = [];
    private readonly List<ChannelInbound> _early = [];
    private readonly Dictionary<ChannelCommand, IActorRef> _operators = new(ReferenceEqualityComparer.Instance);
    private ChannelState _state = ChannelState.Empty;
    private LocalChannelSigner? _signer;
    private Link? _link;
    private NodeId? _peer;
    private ConnectionId? _gone;
    private bool _hasRevocation;
    private bool _isFlushDue;
    private bool _isBlockDue;
    private bool _isDeciding;
    private int _credits;
    private uint _bornAt;

    /// <summary>Whether the state may be an old copy: it ends with the first channel_reestablish that fits.</summary>
    private bool _isGuarded;

    public ChannelActor(NodeRuntime node, LocalChannelKey key)
        : base(PersistenceIdOf(key))
    {
        _node = node;
        _key = key;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    /// <remarks>A channel that is only being negotiated writes nothing: a peer could otherwise fill the journal with openings.</remarks>
    protected override bool OwnsFromStart => _state != ChannelState.Empty;

    /// <summary>Where the channel's events stand.</summary>
    public static string PersistenceIdOf(LocalChannelKey key) => PersistencePrefix + key;

    /// <summary>For the channel of this name.</summary>
    public static Props Props(NodeRuntime node, string entityId)
    {
        var key = LocalChannelKey.Parse(entityId);
        return ActorProps.Of<ChannelActor>(node, key);
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        Context.System.EventStream.Subscribe(Self, typeof(NewTip));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _signer?.Dispose();
        NodeMetrics.Gone(_key);
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void Apply(object domainEvent)
    {
        // After a write the whole decision's state is taken over, with what is not durable of it.
        if (_isDeciding) return;
        var happened = (DurableEvent)domainEvent;
        _bornAt = BirthOf(happened) ?? _bornAt;
        _state = _state.Apply(happened);

        // A channel that ends has it too, and says so no more.
        _shortChannelId = _state switch
        {
            WaitForChannelReady waiting => waiting.ShortChannelId,
            Normal normal => normal.ShortChannelId,
            _ => _shortChannelId,
        };
        Book(happened);
    }

    /// <inheritdoc/>
    protected override void OwnershipApplied()
    {
        if (!_isDeciding && _state != ChannelState.Empty) _state = _state.Apply(new DurableEvent.OwnershipTaken());
    }

    /// <inheritdoc/>
    protected override void Owned()
    {
        _signer = new LocalChannelSigner(_node.Keys.Seed, _state.Parameters!.KeyIndex, _node.Keys.NodeKey);
        _isGuarded = _node.Restored?.IsGuarded(_key) ?? false;
        Timers.StartPeriodicTimer(RepeatDue.Instance, RepeatDue.Instance, RepeatInterval);
        Publish();
        Perform(Channel.Resume(_state, _signer, Environment()));
        KeepReserve();
        if (_state.IsFinal)
        {
            EndIfDone();
            return;
        }

        Register();
        AskForConnection();

        // The next block may be far, and a deadline near.
        if (_state is FundedState && _node.HeightIfKnown() is not null) LookAtBlock();
    }

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case FlushDue:
                Flush();
                break;
            case ChannelInbound inbound:
                Receive(inbound);
                break;
            case ChannelRequest { Command: ChannelCommand.AddHtlc } when _node.HeightIfKnown() is null:
                // Nobody can say whether it comes too late: it is repeated.
                break;
            case ChannelRequest { Command: ChannelCommand.FundingChecked check }:
                Report(check);
                Enqueue(check);
                break;
            case ChannelRequest { Command: ChannelCommand.PublishAnswered answered }:
                NodeMetrics.Answered(answered.Outcome);
                Enqueue(answered);
                break;
            case ChannelRequest request:
                if (request.Command is ChannelCommand.CloseMutual or ChannelCommand.ForceClose or ChannelCommand.UpdateFee or ChannelCommand.SetPolicy) _operators[request.Command] = Sender;
                Enqueue(request.Command);
                break;
            case ForwardNews news:
                OnForwardNews(news);
                break;
            case ForwardResolved resolved:
                OnForwardResolved(resolved.Resolution);
                break;
            case SettlePart settle:
                Fulfill(settle.HtlcId, settle.Preimage, downstream: null);
                break;
            case FailPart fail:
                Refuse(fail.HtlcId, fail.Failure);
                break;
            case NewTip:
                BeginForwards();
                KeepReserve();
                WatchDeadlines();
                if (_state is FundedState) LookAtBlock();
                break;
            case RepeatDue:
                Repeat();
                break;
            case ChannelConnected connected:
                Connect(connected);
                break;
            case ChannelDisconnected disconnected:
                Disconnect(disconnected.Connection);
                break;
            case BeginOpening open:
                _operators[open.Command] = Sender;
                Begin(open.Actor, open.Command.Connection, open.Command.Peer, open.Command.KeyIndex, open.Command);
                break;
            case BeginAccepting accept:
                Begin(accept.Actor, accept.Command.Connection, accept.Command.Peer, accept.Command.KeyIndex, accept.Command);
                break;
            case ChannelIdAssigned:
                OnAssigned(ofPeer: true);
                break;
            case ChannelRegistered:
                OnAssigned(ofPeer: false);
                break;
            case WakeChannel:
                if (_isSettled && !_hasEnded) _node.Actors.Registry.Tell(new SettleChannel(_key, Summary()!));
                Sender.Tell(new ChannelAwake(_key));
                break;
            case CoinsHeld when _signer is null:
                // Its process ended before the funding was durable here. Said after a write only: another incarnation might be about to make it durable.
                Fence(() =>
                {
                    _node.Actors.Wallet.Tell(new ReleaseCoins(_key));
                    Passivate();
                });
                break;
            case CoinsHeld when _state is FundedState:
                // It is in the journal: said after the write that woke this channel, or a later one.
                _node.Actors.Wallet.Tell(_state is Closed { Reason: CloseReason.FundingFailed } ? new ReleaseCoins(_key) : new FundingIsDurable(_key));
                break;
            case CoinsHeld:
                // It is being opened, and will say what became of it.
                break;
            case AssignDue:
                SendAssignments();
                break;
            case AssignLate:
                GiveOpeningUp();
                break;
            case RestoreChannel restore:
                Restore(restore);
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    // That a channel which was open is not what it was the operator must know, before anything else of it shows.
    private void Report(ChannelCommand.FundingChecked check)
    {
        if (_state is not FundedState { Transient: { IsRecovered: true } transient } funded || transient.Audit == check.Status || _shortChannelId is not { } id) return;
        if (_state is not (OperatingState or WaitForChannelReady or WaitForRemoteClose)) return;
        switch (check.Status)
        {
            case FundingStatus.Spent:
                Log.Error("Channel {0}: its funding output {1} was spent while this node was away; it serves no payments and is settled on chain.", _key, funded.Commitments.Latest.Funding.OutPoint);
                break;
            case FundingStatus.Missing:
                NodeMetrics.FundingMissing();
                Log.Error(
                    "Channel {0}: its funding output {1}, once {2}, is on the chain no more: this is another chain, or a deep reorganisation took it away. It serves no payments until it is there again.",
                    _key,
                    funded.Commitments.Latest.Funding.OutPoint,
                    id);
                break;
            case FundingStatus.Unspent when transient.Audit is not null:
                Log.Warning("Channel {0}: its funding output is on the chain again", _key);
                break;
        }
    }

    private void Begin(IActorRef connection, ConnectionId id, NodeId peer, ulong keyIndex, ChannelCommand command)
    {
        // Repeated, or for a channel that is there already: the pure half would refuse it, but its keys must not change.
        if (_signer is not null) return;
        _signer = new LocalChannelSigner(_node.Keys.Seed, keyIndex, _node.Keys.NodeKey);
        _peer = peer;
        _link = new Link(id, connection);
        Timers.StartPeriodicTimer(RepeatDue.Instance, RepeatDue.Instance, RepeatInterval);
        Attach();
        Enqueue(command);
        TakeEarly();
    }

    private void Enqueue(ChannelCommand command)
    {
        GatherMessages();
        _commands.Add(command);
        ScheduleFlush();
    }

    // Once for all blocks that have come by then, for the last one's height alone counts; and after what they hold and the peer has said.
    private void LookAtBlock()
    {
        _isBlockDue = true;
        ScheduleFlush();
    }

    private void GatherMessages()
    {
        if (_messages.Count == 0) return;
        _commands.Add(new ChannelCommand.PeerMessages(_link?.Id ?? default, EquatableArray.Create<LightningMessage>([.. _messages])));
        _credits += _messages.Count;
        _messages.Clear();
    }

    // Behind everything that is in the mailbox already.
    private void ScheduleFlush()
    {
        if (_isFlushDue) return;
        _isFlushDue = true;
        Self.Tell(FlushDue.Instance);
    }

    private void Flush()
    {
        _isFlushDue = false;
        FixForwards();
        GatherMessages();
        if (_isBlockDue) _commands.Add(new ChannelCommand.NewBlock());
        _isBlockDue = false;
        _hasRevocation = false;
        if (_commands.Count == 0) return;
        if (_signer is null)
        {
            // A command for a channel that is not there (any more): who sent it repeats it or has given up; only operators are told.
            foreach (var command in _commands) Answer(command, new Refused(LightningErrorKind.NotFound, $"There is no channel {_key}."));
            _commands.Clear();
            ReturnCredits();
            Passivate();
            return;
        }

        var commands = _commands.ToArray();
        _commands.Clear();
        var decision = Channel.Decide(_state, commands, _signer, Environment());
        PerformAtOnce(decision.AtOnce);
        List<object> durable = [];
        var isRestored = false;
        foreach (var happened in decision.Events)
        {
            if (happened is TransientEvent.Reestablished || (happened is DurableEvent first && BirthOf(first) is not null))
            {
                _isGuarded = false;
                _node.Restored?.IsCurrent(_key);
            }

            if (!happened.IsDurable) continue;
            durable.Add(happened);
            _bornAt = BirthOf((DurableEvent)happened) ?? _bornAt;
            isRestored |= happened is DurableEvent.RestoredFromBackup;
        }

        _isDeciding = true;
        var epoch = Epoch;
        Write(durable, () =>
        {
            _isDeciding = false;
            var before = _state;
            _state = decision.State;
            foreach (var happened in decision.Durable) Book(happened);
            TellNews(decision, before);
            if (Epoch != epoch) Attach();
            Publish();
            AfterDecision();
            Perform(decision.Actions);
            if (isRestored) Restored();
            _fixing.Clear();
            ReturnCredits();
            if (_state.IsFinal) EndIfDone();
        });
    }

    // The height that its first event tells; null for any other.
    private static uint? BirthOf(DurableEvent happened) => happened switch
    {
        DurableEvent.FundingCreated created => created.BlockHeight,
        DurableEvent.FundingAccepted accepted => accepted.BlockHeight,
        DurableEvent.RestoredFromBackup restored => restored.BlockHeight,
        _ => null,
    };

    private void ReturnCredits()
    {
        if (_credits > 0 && _link is { } link) link.Actor.Tell(new InboundHandled(link.Id, _credits));
        _credits = 0;
    }

    private ChannelEnvironment Environment() => new(_node.Tip.Height, _node.Now, _node.FeeView.Estimates, _node.ChannelConfig, _isGuarded);

    private sealed record Link(ConnectionId Id, IActorRef Actor);

    private sealed record FlushDue
    {
        public static readonly FlushDue Instance = new();
    }

    private sealed record RepeatDue
    {
        public static readonly RepeatDue Instance = new();
    }

    private sealed record AssignDue
    {
        public static readonly AssignDue Instance = new();
    }

    private sealed record AssignLate
    {
        public static readonly AssignLate Instance = new();
    }
}
