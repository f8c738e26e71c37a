using System.Buffers.Binary;
using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Registry;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Peers;

/// <summary>
/// One peer: where it is, which connection is the current one, and which channels it has. Durable are its address, whether it is kept
/// connected, and the ids of its channels; connections and openings in progress are not.
/// </summary>
internal sealed partial class PeerActor : PersistentEntity, IWithTimers
{
    /// <summary>What the persistence ids of peers begin with.</summary>
    public const string PersistencePrefix = "peer-";

    /// <summary>A second connection that comes so soon is one that both sides made at once.</summary>
    private static readonly TimeSpan Crossing = TimeSpan.FromSeconds(10);

    private readonly NodeRuntime _node;
    private readonly NodeId _peer;
    private readonly List<IActorRef> _waiting = [];
    private PeerState _state = PeerState.Empty;
    private ConnectionUp? _connection;
    private DateTimeOffset _connectedAt;
    private int _failures;
    private bool _isDialing;

    public PeerActor(NodeRuntime node, NodeId peer)
        : base($"{PersistencePrefix}{peer}")
    {
        _node = node;
        _peer = peer;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For the peer of this name.</summary>
    public static Props Props(NodeRuntime node, string entityId)
    {
        var peer = NodeId.FromHex(entityId);
        return ActorProps.Of<PeerActor>(node, peer);
    }

    /// <inheritdoc/>
    protected override void Apply(object domainEvent) => _state = _state.Apply(domainEvent);

    /// <inheritdoc/>
    protected override void Recovered()
    {
        if (_state.WantsConnection) ScheduleDial();
        NoteAddress();
    }

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case ConnectPeer connect:
                Connect(connect);
                break;
            case KeepPeer keep:
                Keep(keep);
                break;
            case LearnAddress learn when _state.Host.Length == 0:
                Write([new PeerAddressLearned(learn.Host, learn.Port)], () =>
                {
                    // Its channel may not be known here yet, and comes soon.
                    if (_connection is null && _state.WantsConnection) ScheduleDial();
                });
                break;
            case DisconnectPeer:
                Disconnect();
                break;
            case ConnectionUp up:
                Adopt(up);
                break;
            case ConnectionDown down:
                Lose(down);
                break;
            case DialFailed failed:
                _isDialing = false;
                AnswerWaiting(new Refused(LightningErrorKind.Unavailable, failed.Reason));
                if (_connection is null && _state.WantsConnection) ScheduleDial();
                PassivateIfIdle();
                break;
            case DialDue:
                if (_connection is null && _state.WantsConnection) Dial(_state.Host, _state.Port);
                break;
            case PeerInbound inbound:
                Receive(inbound);
                break;
            case OpenChannelTo open:
                Open(open);
                break;
            case ScriptFound found:
                Continue(found);
                break;
            case AssignChannelId assign:
                Assign(assign);
                break;
            case ChannelIsReady ready:
                _openings.Remove(ready.Channel);
                break;
            case ChannelIsGone gone:
                Forget(gone);
                break;
            case ChannelRecovered recovered:
                Reattach(recovered);
                break;
            case DropConnection drop when drop.Connection == _connection?.Connection:
                ScheduleDrop();
                break;
            case DropDue:
                Drop("one of its channels has started again");
                break;
            case NewTip:
                GoOn();
                break;
            case PeerMessage:
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    private void Connect(ConnectPeer connect)
    {
        if (_connection is not null)
        {
            Sender.Tell(new Refused(
                LightningErrorKind.AlreadyConnected,
                LightningException.AlreadyConnected(new PeerAddress(_peer, connect.Host, connect.Port)).Message));
            return;
        }

        _waiting.Add(Sender);
        List<object> events = [];
        if (connect.Persistent && !_state.IsKept) events.Add(new PeerKept(true));
        if (connect.Host != _state.Host || connect.Port != _state.Port) events.Add(new PeerAddressLearned(connect.Host, connect.Port));
        Write(events, () =>
        {
            NoteAddress();
            Dial(connect.Host, connect.Port);
        });
    }

    // Where it is connected now is as good as where the operator knows it.
    private void Keep(KeepPeer keep)
    {
        List<object> events = [];
        if (!_state.IsKept) events.Add(new PeerKept(true));
        if (_state.Host.Length == 0 || (_connection is null && (keep.Host != _state.Host || keep.Port != _state.Port))) events.Add(new PeerAddressLearned(keep.Host, keep.Port));
        var sender = Sender;
        Write(events, () =>
        {
            NoteAddress();
            sender.Tell(Done.Instance);
            if (_connection is null && !_isDialing && !Timers.IsTimerActive(DialDue.Instance)) ScheduleDial();
        });
    }

    // The backup tells where the peers of channels are.
    private void NoteAddress()
    {
        if (_state is { Host.Length: > 0, Channels.IsEmpty: false })
            _node.Actors.Registry.Tell(new NotePeerAddress(_peer, new PeerAddress(_peer, _state.Host, _state.Port).Location));
    }

    private void Disconnect()
    {
        if (_connection is null)
        {
            Sender.Tell(new Refused(LightningErrorKind.PeerNotConnected, LightningException.PeerNotConnected(_peer).Message));
            return;
        }

        if (!_state.Channels.IsEmpty)
        {
            Sender.Tell(new Refused(
                LightningErrorKind.FailedPrecondition,
                string.Create(CultureInfo.InvariantCulture, $"cannot disconnect from peer({_peer}), still has {_state.Channels.Count} open channel(s)")));
            return;
        }

        var sender = Sender;
        Write(_state.IsKept ? [new PeerKept(false)] : [], () =>
        {
            Drop("the operator asked for it");
            sender.Tell(Done.Instance);
        });
    }

    private void Dial(string host, int port)
    {
        if (_isDialing) return;
        _isDialing = true;
        Timers.Cancel(DialDue.Instance);
        _node.Actors.Connections.Tell(new Dial(_peer, host, port));
    }

    private void ScheduleDial()
    {
        var pause = _node.Policy.ReconnectDelay * Math.Pow(2, Math.Min(_failures++, 20));
        if (pause > _node.Policy.MaxReconnectDelay) pause = _node.Policy.MaxReconnectDelay;
        Timers.StartSingleTimer(DialDue.Instance, DialDue.Instance, _node.Randomness.Jitter(pause));
    }

    private void Adopt(ConnectionUp up)
    {
        if (!up.Inbound) _isDialing = false;
        if (_connection is { } current)
        {
            if (current.Connection == up.Connection) return;
            if (IsCrossing(current, up) && KeepsOf(current))
            {
                up.Actor.Tell(new CloseConnection(up.Connection, "both sides connected at once; the other connection is kept"));
                return;
            }

            Drop("replaced by a new connection", current);
        }

        _connection = up;
        _connectedAt = _node.Now;
        _failures = 0;
        _attached.Clear();
        _unknown = 0;
        Timers.Cancel(DialDue.Instance);
        Log.Info("Peer {0} is connected at {1}", _peer, up.Address);
        up.Actor.Tell(new ConnectionAdopted(up.Connection, [.. _state.Channels.Select(channel => new ChannelRoute(channel.Value, channel.Key))]));
        foreach (var channel in _state.Channels.Keys) AttachChannel(channel);
        AnswerWaiting(Done.Instance);
    }

    private bool IsCrossing(ConnectionUp current, ConnectionUp next) => current.Inbound != next.Inbound && _node.Now - _connectedAt < Crossing;

    // Both sides must keep the same one: that of the node with the lesser id.
    private bool KeepsOf(ConnectionUp current) => current.Inbound == (_peer.CompareTo(_node.Keys.NodeId) < 0);

    private void AttachChannel(LocalChannelKey channel)
    {
        var up = _connection!;
        _attached.Add(channel);
        _node.Actors.Channels.Tell(new ChannelConnected(channel, up.Connection, up.Actor, FeatureTranslation.Common(DefaultFeatures.Init, up.Features)));
    }

    private void Lose(ConnectionDown down)
    {
        if (_connection?.Connection != down.Connection) return;
        _connection = null;
        Log.Info("Peer {0} is not connected any more: {1}", _peer, down.Reason);
        Detach(down.Connection);
        if (_state.WantsConnection) ScheduleDial();
        PassivateIfIdle();
    }

    // Whoever calls this node has an entity for as long as he is here, and not for ever: node ids cost nothing.
    private void PassivateIfIdle()
    {
        if (_connection is null && !_isDialing && _waiting.Count == 0 && _openings.Count == 0 && _state is { Channels.IsEmpty: true, WantsConnection: false }) Passivate();
    }

    private void Detach(ConnectionId connection)
    {
        foreach (var channel in _attached) _node.Actors.Channels.Tell(new ChannelDisconnected(channel, connection));
        foreach (var opening in _openings.Where(o => !_state.Channels.ContainsKey(o.Key)).ToArray())
        {
            _node.Actors.Channels.Tell(new ChannelDisconnected(opening.Key, connection));
            _openings.Remove(opening.Key);
        }

        _toAccept.Clear();
        _attached.Clear();
        Timers.Cancel(DropDue.Instance);
    }

    private void Drop(string reason)
    {
        if (_connection is { } current) Drop(reason, current);
        _connection = null;
        if (_state.WantsConnection) ScheduleDial();
    }

    private void Drop(string reason, ConnectionUp current)
    {
        Detach(current.Connection);
        current.Actor.Tell(new CloseConnection(current.Connection, reason));
    }

    private void AnswerWaiting(object answer)
    {
        foreach (var waiting in _waiting) waiting.Tell(answer);
        _waiting.Clear();
    }

    private sealed record DialDue
    {
        public static readonly DialDue Instance = new();
    }

    private sealed record DropDue
    {
        public static readonly DropDue Instance = new();
    }

    private sealed record ScriptFound(object Request, IActorRef Sender, Script Script, string? Problem);
}
