using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Peers;

namespace Lightning.Actors.Bootstrap;

/// <summary>
/// Sees to it that a node is connected: keeps the peers that the operator named, and calls nodes that a source names while fewer peers are connected than there should be. One in the whole node.
/// Whom it finds so it calls once, and remembers for no longer than it takes.
/// </summary>
internal sealed class BootstrapActor : UntypedActor, IWithTimers
{
    /// <summary>More are not called at once.</summary>
    private const int MaxCalls = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly NodeRuntime _node;
    private readonly IPeerSource? _source;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _ended = new();
    private readonly Queue<PeerAddress> _candidates = new();
    private readonly HashSet<NodeId> _calling = [];

    /// <summary>Whom it called with success; whether they are still there shows when they are called again.</summary>
    private readonly HashSet<NodeId> _called = [];

    /// <summary>The operator's peers of whom it is not durable yet that they are to be kept. After that their own entities see to it.</summary>
    private readonly Dictionary<NodeId, PeerAddress> _toKeep;

    private TimeSpan _pause = FirstPause;
    private DateTimeOffset _askedAt = DateTimeOffset.MinValue;
    private bool _isAsking;

    public BootstrapActor(NodeRuntime node, IPeerSource? source)
    {
        (_node, _source) = (node, source);
        _toKeep = node.Options.Peers.Where(peer => peer.NodeId != node.Keys.NodeId).DistinctBy(static peer => peer.NodeId).ToDictionary(static peer => peer.NodeId);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For a node; without a source it keeps the operator's peers only.</summary>
    public static Props Props(NodeRuntime node, IPeerSource? source) => ActorProps.Of<BootstrapActor>(node, source!);

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(LookDue.Instance, LookDue.Instance, TimeSpan.Zero, Interval);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LookDue:
                foreach (var peer in _toKeep.Values) Ask(new KeepPeer(peer.NodeId, peer.Host, peer.Port), answer => new Kept(peer.NodeId, answer is Done));
                Look();
                break;
            case Found found:
                _isAsking = false;
                if (found.Problem is { } problem) _log.Warning("No nodes could be found at {0}; it will be tried again: {1}", _source!.Name, problem);
                else _log.Info("{0} nodes found at {1}", found.Peers.Count, _source!.Name);
                _pause = found.Peers.Count > 0 ? FirstPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
                foreach (var peer in found.Peers) _candidates.Enqueue(peer);
                Look();
                break;
            case Kept kept:
                if (kept.IsDurable) _toKeep.Remove(kept.Peer);
                break;
            case Called called:
                _calling.Remove(called.Peer);
                if (called.IsConnected) _called.Add(called.Peer);
                Look();
                break;
            case EntityStop:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Look()
    {
        if (_source is null) return;
        var live = _node.Connections.All.Select(static connection => connection.Peer).ToHashSet();

        // With one process what is connected is known; with several, those that were called may be connected to another one.
        if (_node.Topology.IsOneProcess(Context.System)) _called.IntersectWith(live);
        live.UnionWith(_called);
        while (live.Count + _calling.Count < _node.Options.Bootstrap.MinimumPeers && _calling.Count < MaxCalls && _candidates.TryDequeue(out var candidate))
        {
            if (candidate.NodeId == _node.Keys.NodeId || live.Contains(candidate.NodeId) || !_calling.Add(candidate.NodeId)) continue;
            Ask(
                new ConnectPeer(candidate.NodeId, candidate.Host, candidate.Port, Persistent: false),
                answer => new Called(candidate.NodeId, answer is Done or Refused { Kind: LightningErrorKind.AlreadyConnected }));
        }

        if (live.Count + _calling.Count >= _node.Options.Bootstrap.MinimumPeers || _candidates.Count > 0 || _isAsking) return;
        var now = _node.Now;
        if (now - _askedAt < _pause) return;
        (_isAsking, _askedAt) = (true, now);
        FindAsync(_source).PipeTo(Self);
    }

    private async Task<Found> FindAsync(IPeerSource source)
    {
        try
        {
            return new Found(await source.FindAsync(_node.Options.Bootstrap.MinimumPeers * 3, _ended.Token).ConfigureAwait(false), null);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return new Found([], e.Message);
        }
    }

    // No answer is one as well.
    private void Ask(PeerMessage question, Func<object?, object> told) => Asking
        .AskAsync(_node.Actors.System, _node.Actors.Peers, question, _node.Policy.ConnectTimeout + Interval, _node.Time, _node.Continuations, _ended.Token)
        .PipeTo(Self, success: answer => told(answer), failure: _ => told(null));

    private sealed record Found(IReadOnlyList<PeerAddress> Peers, string? Problem);

    private sealed record Kept(NodeId Peer, bool IsDurable);

    private sealed record Called(NodeId Peer, bool IsConnected);

    private sealed record LookDue
    {
        public static readonly LookDue Instance = new();
    }
}
