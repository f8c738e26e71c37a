using Akka.Actor;
using Lightning.Actors.Entities;
using Akka.Event;
using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Actors.Peers;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Error = Lightning.Protocol.Messages.Error;
using Warning = Lightning.Protocol.Messages.Warning;

namespace Lightning.Actors.Connections;

/// <summary>
/// One connection to a peer, in the process that has the socket.
/// <code>
///   Opening ── handshake, init ──> Open ── adopted by the peer's entity ──> routing
///      └── failed: DialFailed, stops      └── closed, broken or replaced: ConnectionDown, stops
/// </code>
/// The link reads and writes; the actor only routes. What waits is bounded in both directions: nothing more is read when
/// <see cref="ReadAhead"/> messages are not dealt with yet, and a peer that does not read what it is sent is disconnected.
/// </summary>
internal sealed class ConnectionActor : UntypedActor, IWithTimers
{
    private const int ReadAhead = 512;

    /// <summary>So many messages wait for one channel that does not take part yet.</summary>
    private const int MaxWaiting = 64;

    private static readonly TimeSpan CloseLinger = TimeSpan.FromSeconds(5);

    private readonly NodeRuntime _node;
    private readonly ConnectionId _id;
    private readonly Dial? _dial;
    private readonly IPeerCall? _call;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<ChannelId, LocalChannelKey> _routes = [];
    private readonly Dictionary<LocalChannelKey, (long Epoch, IActorRef Entity)> _attached = [];
    private readonly List<LightningMessage> _early = [];

    /// <summary>Messages for channels that are not attached: an entity that is just starting again would never see what was sent to its name.</summary>
    private readonly Dictionary<LocalChannelKey, List<LightningMessage>> _waiting = [];
    private CancellationTokenSource? _opening;
    private IPeerLink? _link;
    private LiveConnection? _live;
    private bool _isAdopted;
    private bool _heard;
    private long _pingSentAt;
    private string? _closing;

    /// <summary>Copies of messages, beyond the first of each, that channels have not dealt with yet: they took no credit of the link's.</summary>
    private int _copies;

    public ConnectionActor(NodeRuntime node, Dial? dial, IPeerCall? call)
    {
        _node = node;
        _dial = dial;
        _call = call;
        _id = new ConnectionId(new Guid(node.Randomness.NextBytes32().Span[..16]));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A connection that we make.</summary>
    public static Props Outbound(NodeRuntime node, Dial dial) => ActorProps.Of<ConnectionActor>(node, dial, null);

    /// <summary>A connection that a peer made.</summary>
    public static Props Inbound(NodeRuntime node, IPeerCall call) => ActorProps.Of<ConnectionActor>(node, null, call);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _opening = new CancellationTokenSource(_node.Policy.ConnectTimeout, _node.Time);
        var init = new Init(FeatureSet.Empty, DefaultFeatures.Init) { Networks = EquatableArray.Create<BlockHash>([_node.Options.Network.GenesisHash]) };
        var link = _dial is { } dial
            ? _node.PeerNetwork.DialAsync(dial.Peer, dial.Host, dial.Port, init, _opening.Token)
            : _call!.AnswerAsync(init, _opening.Token);
        link.PipeTo(Self, success: static link => new Opened(link), failure: static e => new OpenFailed(e));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _opening?.Cancel();
        OpeningOver();
        if (_link is { } link) _ = link.DisposeAsync().AsTask();
        if (_live is { } live)
        {
            _node.Connections.Remove(live);
            _node.Actors.Peers.Tell(new ConnectionDown(live.Peer, _id, _closing ?? "the node is stopping"));
        }
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Opened opened:
                OpeningOver();
                Open(opened.Link);
                break;
            case OpenFailed failed:
                OpeningOver();
                _log.Debug("A connection to {0} did not come about: {1}", _dial?.Peer.ToString() ?? "a peer that called", ConnectionFailure.Describe(failed.Cause));
                if (_dial is { } dial) _node.Actors.Peers.Tell(new DialFailed(dial.Peer, ConnectionFailure.Describe(failed.Cause)));
                Context.Stop(Self);
                break;
            case Heard inbound:
                _heard = true;
                if (_isAdopted) Route(inbound.Message);
                else _early.Add(inbound.Message);
                break;
            case ChannelOutbound outbound:
                if (outbound.Connection == _id && IsCurrent(outbound)) Send(outbound.Message);
                break;
            case InboundHandled handled:
                if (handled.Connection == _id) Handled(handled.Count);
                break;
            case PeerOutbound outbound:
                if (outbound.Connection == _id) Send(outbound.Message);
                break;
            case AttachChannel attach:
                if (attach.Connection == _id) Attach(attach);
                break;
            case ConnectionAdopted adopted when adopted.Connection == _id:
                Adopt(adopted);
                break;
            case AddRoute added when added.Connection == _id:
                _routes[added.Route.Id] = added.Route.Channel;
                break;
            case RemoveRoute removed when removed.Connection == _id:
                RemoveRoute(removed.Id);
                break;
            case OfferConnection offer when offer.Connection == _id:
                Offer(offer);
                break;
            case CloseConnection close when close.Connection == _id:
                Close(close.Reason);
                break;
            case Ended ended:
                Stop(_closing ?? ended.Reason);
                break;
            case PingDue:
                Ping();
                break;
            case PongMissing:
                Stop("the peer does not answer a ping");
                break;
            case LingerOver:
                Stop(_closing ?? "closed");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OpeningOver()
    {
        _opening?.Dispose();
        _opening = null;
    }

    private void Open(IPeerLink link)
    {
        _link = link;
        var theirs = link.RemoteInit;
        var reason = FeatureRules.AreCompatible(DefaultFeatures.Init, theirs.AllFeatures, out var incompatible) ? OtherChain(theirs) : incompatible;
        if (reason is not null)
        {
            _log.Info("Peer {0} cannot be talked to: {1}", link.Remote, reason);
            if (_dial is { } dial) _node.Actors.Peers.Tell(new DialFailed(dial.Peer, reason));
            Context.Stop(Self);
            return;
        }

        _live = new LiveConnection(_id, link, inbound: _dial is null);
        var self = Self;
        link.Start(ReadAhead, message => self.Tell(new Heard(message), ActorRefs.NoSender), reason => self.Tell(new Ended(reason), ActorRefs.NoSender));
        Timers.StartPeriodicTimer(PingDue.Instance, PingDue.Instance, _node.Policy.PingInterval);
        Announce();
    }

    private string? OtherChain(Init theirs) => theirs.Networks is { Count: > 0 } networks && !networks.Items.Contains(_node.Options.Network.GenesisHash)
        ? $"it is not on {_node.Options.Network}"
        : null;

    private void Announce()
    {
        var live = _live!;
        _node.Actors.Peers.Tell(new ConnectionUp(live.Peer, _id, Self, live.Features, live.Address, live.Inbound));
    }

    private void Adopt(ConnectionAdopted adopted)
    {
        foreach (var route in adopted.Routes) _routes[route.Id] = route.Channel;
        if (_isAdopted) return;
        _isAdopted = true;
        if (_closing is null) _node.Connections.Add(_live!);
        foreach (var message in _early) Route(message);
        _early.Clear();
    }

    private void Offer(OfferConnection offer)
    {
        // Only this actor knows for sure whether an incarnation has used the connection: it attaches here before it sends.
        var key = offer.Route.Channel;
        _routes[offer.Route.Id] = key;
        if (_attached.TryGetValue(key, out var attached) && attached.Epoch < offer.Epoch) _node.Actors.Peers.Tell(new DropConnection(_live!.Peer, _id));
        else _node.Actors.Channels.Tell(new ChannelConnected(key, _id, Self, offer.Features));
    }

    private void Route(LightningMessage message)
    {
        switch (message)
        {
            case Ping ping:
                if (ping.PongLength < Protocol.Messages.Ping.NoPong) Send(new Pong(Bytes.Wrap(new byte[ping.PongLength])));
                Handled();
                break;
            case Pong:
                Timers.Cancel(PongMissing.Instance);
                if (_pingSentAt != 0) _live!.PingTime = _node.Time.GetElapsedTime(_pingSentAt);
                _pingSentAt = 0;
                Handled();
                break;
            case IChannelMessage about:
                ToChannel(about.ChannelId, message);
                break;
            case ITemporaryChannelMessage about and not OpenChannel:
                ToChannel(about.TemporaryChannelId, message);
                break;
            case OpenChannel:
                ToPeer(message);
                break;
            case Error error when !error.IsConnectionWide:
                ToChannel(error.ChannelId, message);
                break;
            case Warning warning when !warning.IsConnectionWide:
                ToChannel(warning.ChannelId, message);
                break;
            case Error or Warning:
                ToAllChannels(message);
                break;
            case ChannelUpdate update when FindOwn(update.ShortChannelId) is { Count: > 0 } own:
                // The terms of this peer for a channel with this node.
                _copies += own.Count - 1;
                foreach (var key in own) ToChannel(key, message);
                break;
            case UnknownMessage { MustBeUnderstood: true } unknown:
                Handled();
                Close($"the peer sent message type {unknown.Type}, which must be understood and is not");
                break;
            default:
                Handled();
                break;
        }
    }

    // The first one comes right behind channel_ready, when the place on chain may not be known here: any channel without one may be meant, and knows better.
    private List<LocalChannelKey> FindOwn(ShortChannelId id) => _node.Directory.TryGet(id, out var entry)
        ? entry.Peer == _live!.Peer && _attached.ContainsKey(entry.Key) ? [entry.Key] : []
        : [.. _attached.Keys.Where(key => !_node.Directory.TryGet(key, out var one) || one.ShortChannelId is null)];

    private void ToChannel(ChannelId id, LightningMessage message)
    {
        if (_routes.TryGetValue(id, out var key)) ToChannel(key, message);
        else ToPeer(message);
    }

    private void ToChannel(LocalChannelKey key, LightningMessage message)
    {
        if (_attached.TryGetValue(key, out var attached))
        {
            attached.Entity.Tell(new ChannelInbound(key, _id, message));
            return;
        }

        if (!_waiting.TryGetValue(key, out var waiting)) _waiting[key] = waiting = [];
        if (waiting.Count < MaxWaiting) waiting.Add(message);
        else Close("a channel does not take part in it");
    }

    private void Attach(AttachChannel attach)
    {
        if (_attached.TryGetValue(attach.Channel, out var known) && known.Epoch > attach.Epoch) return;
        _attached[attach.Channel] = (attach.Epoch, attach.Entity);
        if (!_waiting.Remove(attach.Channel, out var waiting)) return;
        foreach (var message in waiting) attach.Entity.Tell(new ChannelInbound(attach.Channel, _id, message));
    }

    private void RemoveRoute(ChannelId id)
    {
        if (_routes.Remove(id, out var key) && !_routes.ContainsValue(key) && _waiting.Remove(key, out var waiting)) Handled(waiting.Count);
    }

    // The peer's entity returns the credit.
    private void ToPeer(LightningMessage message) => _node.Actors.Peers.Tell(new PeerInbound(_live!.Peer, _id, message));

    private void ToAllChannels(LightningMessage message)
    {
        var text = message is Error error ? error.Text : ((Warning)message).Text;
        _log.Info("Peer {0} says about all channels: {1}", _live!.Peer, text);
        var channels = _routes.Values.Distinct().ToList();
        if (channels.Count == 0)
        {
            Handled();
            return;
        }

        // The link has given out one message, and each channel's handling gives one back: the others are kept here.
        _copies += channels.Count - 1;
        foreach (var key in channels) ToChannel(key, message);
    }

    private void Handled(int count = 1)
    {
        var copies = Math.Min(count, _copies);
        _copies -= copies;
        if (count > copies) _link!.Handled(count - copies);
    }

    private bool IsCurrent(ChannelOutbound outbound)
    {
        if (!_attached.TryGetValue(outbound.Channel, out var attached) || attached.Epoch <= outbound.Epoch) return true;
        _log.Warning("Channel {0}: a message of an incarnation that has been replaced (epoch {1}, now {2}) is not sent", outbound.Channel, outbound.Epoch, attached.Epoch);
        return false;
    }

    private void Send(LightningMessage message)
    {
        if (_closing is not null || _link!.TrySend(message)) return;
        Stop("the peer does not read what it is sent");
    }

    private void Ping()
    {
        Announce();
        if (_heard)
        {
            _heard = false;
            return;
        }

        if (_pingSentAt != 0) return;
        _pingSentAt = _node.Time.GetTimestamp();
        Send(new Ping(16, Bytes.Empty));
        Timers.StartSingleTimer(PongMissing.Instance, PongMissing.Instance, _node.Policy.PongTimeout);
    }

    private void Close(string reason)
    {
        if (_closing is not null) return;
        _closing = reason;
        if (_live is { } live) _node.Connections.Remove(live);

        // What was sent before still goes out; the link then ends, or the linger does.
        _link?.Complete();
        Timers.StartSingleTimer(LingerOver.Instance, LingerOver.Instance, CloseLinger);
    }

    private void Stop(string reason)
    {
        _closing ??= reason;
        _log.Info("The connection to {0} is closed: {1}", _live?.Peer.ToString() ?? "a peer", _closing);
        Context.Stop(Self);
    }

    private sealed record Opened(IPeerLink Link);

    private sealed record OpenFailed(Exception Cause);

    private sealed record Heard(LightningMessage Message);

    private sealed record Ended(string Reason);

    private sealed record PingDue
    {
        public static readonly PingDue Instance = new();
    }

    private sealed record PongMissing
    {
        public static readonly PongMissing Instance = new();
    }

    private sealed record LingerOver
    {
        public static readonly LingerOver Instance = new();
    }
}
