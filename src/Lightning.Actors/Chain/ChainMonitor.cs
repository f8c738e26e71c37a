using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Entities;
using Lightning.Actors.Metrics;
using Lightning.Chain;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>
/// Follows the best chain for the whole node and tells channels what they watch, by way of the <see cref="ChainClient"/> of their process. One in the node.
/// Watches live in memory: clients ask again when a new incarnation begins, and what happened before is found by <see cref="ChainHistory"/>. Everything may be
/// told twice. Durable is only how far the chain was followed, so that a reorganisation while nobody looked is noticed.
/// </summary>
internal sealed class ChainMonitor : PersistentEntity, IWithTimers
{
    /// <summary>The height is written this often only: going on a few blocks earlier does no harm, and the journal stays small.</summary>
    private const uint WriteEvery = 12;

    /// <summary>Where its events stand.</summary>
    public const string Name = "chain-monitor";

    /// <summary>
    /// Hashes of so many blocks are kept, and after a pause at most so many blocks are read in one by one: what happened in older ones is found for each watch
    /// on its own.
    /// </summary>
    private const uint Window = 144;

    /// <summary>With each block the mempool is asked for spends of so many outputs: in turn, where more are watched.</summary>
    private const int LooksPerBlock = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IChainBackend _chain;
    private readonly Watches _watches = new();
    private readonly Dictionary<uint, BlockHash> _hashes = [];
    private readonly Dictionary<IActorRef, ClientLink> _clients = [];
    private readonly Dictionary<LocalChannelKey, IActorRef> _owners = [];
    private readonly List<WatchAnswer> _answers = [];

    /// <summary>What was found in a block that is not, or not yet, one of those followed.</summary>
    private readonly List<Watch> _searchedInVain = [];
    private IActorRef _history = ActorRefs.Nobody;
    private IActorRef _publisher = ActorRefs.Nobody;
    private ChainFollower? _follower;
    private ChainTip? _written;

    /// <summary>The block that was reported as one that cannot be read.</summary>
    private BlockHash? _unreadable;
    private NewTip? _tip;

    /// <summary>The best block when following began; until it is reached, old blocks are being read in.</summary>
    private uint _catchUpTo;
    private int _reorganised;

    public ChainMonitor(IChainBackend chain)
        : base(Name) => _chain = chain;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override bool OwnsFromStart => true;

    /// <inheritdoc/>
    protected override int? SnapshotEvery => 100;

    /// <summary>For the node.</summary>
    public static Props Props(IChainBackend chain) => ActorProps.Of<ChainMonitor>(chain);

    /// <inheritdoc/>
    protected override void Apply(object domainEvent) => _written = ((ChainFollowed)domainEvent).Tip;

    /// <inheritdoc/>
    protected override object? TakeSnapshot() => _written is { } tip ? new ChainFollowed(tip) : null;

    /// <inheritdoc/>
    protected override void RestoreSnapshot(object snapshot) => Apply(snapshot);

    // A helper that fails may have lost a question: the whole incarnation starts again, and everything is asked for anew.
    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Escalate);

    /// <inheritdoc/>
    protected override void Owned()
    {
        _history = Context.ActorOf(ChainHistory.Props(_chain), "history");
        _publisher = Context.ActorOf(TxPublisher.Props(_chain), "publisher");
        Follow();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _follower?.Stop();
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case ChainFollower.Started started:
                Start(started);
                break;
            case ChainFollower.Happened happened when happened.Follower == _follower:
                OnEvent(happened.Event);
                break;
            case ChainFollower.Failed failed when failed.Follower == _follower:
                Report(failed.Cause);
                _follower = null;
                Timers.StartSingleTimer(FollowDue.Instance, FollowDue.Instance, Pause);
                break;
            case FollowDue:
                Follow();
                break;
            case ChainPoll poll:
                OnPoll(poll);
                break;
            case ChainRequest request when _tip is not null && request.Epoch == Epoch:
                OnRequest(request);
                break;
            case ChainHistory.Searched searched:
                OnSearched(searched);
                break;
            case WatchAnswer answer:
                _answers.Add(answer);
                Tell();
                break;
            case TxPublisher.SpenderSeen seen:
                _watches.SeeInMempool(seen.Spender, _answers);
                Tell();
                break;
            case SearchDue:
                foreach (var watch in _searchedInVain) Search(watch);
                _searchedInVain.Clear();
                break;
            case Terminated terminated:
                _clients.Remove(terminated.ActorRef);
                break;
            case ChainRequest or ChainFollower.Happened or ChainFollower.Failed:
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    // What the backend says again another time is no news; that nothing is seen beyond a block the operator must know, for no HTLC's deadline is met from then on.
    private void Report(Exception cause)
    {
        NodeMetrics.FollowFailed();
        if (cause is UnreadableBlockException { Hash: var hash } && _unreadable != hash)
        {
            _unreadable = hash;
            Log.Error("{0}. Until it can be read, or is reorganised away, nothing that happens on the chain is seen, and no deadline is met", cause.Message);
        }
        else
        {
            Log.Warning("The chain cannot be followed, trying again: {0}", cause.Message);
        }
    }

    private void Follow()
    {
        _follower = new ChainFollower(_chain, Self);
        // Once watches are live, no block may be left out.
        if (_tip is { } tip) _follower.Start(tip.Tip, window: null);
        else _follower.Start(_written, Window);
    }

    // Where the following begins, with the block there: nothing of it is told, watches that come now search what lies before.
    private void Start(ChainFollower.Started started)
    {
        if (started.Follower != _follower) return;
        _catchUpTo = _tip is null && started.Best.Height > started.Block.Height ? started.Best.Height : 0;
        if (_tip is null)
        {
            _tip = new NewTip(started.Block.Tip, started.Block.Time);
            _hashes[started.Block.Height] = started.Block.Hash;
            Log.Info("Following the chain from block {0} {1}; the best block is {2}", started.Block.Height, started.Block.Hash, started.Best.Height);
            Announce();
        }

        _follower.Next();
    }

    private void OnEvent(ChainEvent happened)
    {
        switch (happened)
        {
            case ChainEvent.BlockConnected { Block: var block }:
                _history.Tell(happened);
                _publisher.Tell(happened);
                if (_reorganised > 0) NodeMetrics.Reorganised(_reorganised);
                _reorganised = 0;
                _hashes[block.Height] = block.Hash;
                if (block.Height >= Window) _hashes.Remove(block.Height - Window);
                _tip = new NewTip(block.Tip, block.Time);
                _watches.Connect(block, _answers);
                break;
            case ChainEvent.BlockDisconnected gone:
                _reorganised++;
                Log.Info("Block {0} {1} was reorganised away", gone.Tip.Height, gone.Tip.Hash);
                _history.Tell(happened);
                _publisher.Tell(happened);
                _hashes.Remove(gone.Tip.Height);
                _tip = new NewTip(new ChainTip(gone.Tip.Height - 1, gone.PreviousHash), _tip!.Time);
                _watches.Disconnect(gone.Tip.Height, _answers);
                break;
        }

        if (_tip!.Tip.Height >= _catchUpTo) _catchUpTo = 0;
        var told = _answers.Count > 0;
        Tell();

        // A tip that only lost a block is announced too: nothing may be built on a height that is no more.
        Announce();
        var tip = _tip.Tip;
        var mustWrite = IsCurrent && (told || _written is not { } written || tip.Height < written.Height || tip.Height >= written.Height + WriteEvery);
        Write(mustWrite ? [new ChainFollowed(tip)] : [], () => _follower?.Next());
    }

    private bool IsCurrent => _tip is { } tip && tip.Tip.Height >= _catchUpTo;

    private void OnPoll(ChainPoll poll)
    {
        var link = LinkOf(Sender);
        if (poll.Epoch == Epoch) link.Repeat(poll.NoticesTaken);

        // Before the following has begun no request could be handled: the answer comes then.
        if (_tip is not null) SendStatus(link);
    }

    private void OnRequest(ChainRequest request)
    {
        var link = LinkOf(Sender);

        // In order and without gaps; what is missing is sent again.
        if (request.Number != link.RequestsTaken + 1) return;
        link.RequestsTaken++;
        _owners[request.Command.Channel] = Sender;
        switch (request.Command)
        {
            case CheckFunding check:
                Search(check);
                break;
            case Watch watch:
                if (_watches.Add(watch, _tip!.Tip.Height, _answers)) Search(watch);
                Tell();
                break;
            case Unwatch unwatch:
                _watches.Remove(unwatch.Channel);
                _owners.Remove(unwatch.Channel);
                _publisher.Tell(unwatch);
                break;
            default:
                _publisher.Tell(request.Command);
                break;
        }
    }

    private void Search(Watch watch) => _history.Tell(new ChainHistory.Search(watch, watch.Since, _tip!.Tip.Height));

    private void OnSearched(ChainHistory.Searched searched)
    {
        var tip = _tip!.Tip;
        if (searched.Sighting is { } seen && (seen.Height > tip.Height || (_hashes.TryGetValue(seen.Height, out var hash) && hash != seen.Block)))
        {
            // A block that is not, or not yet, or no longer one of ours. Whatever takes its place comes as an event, for watches are live since before the
            // search; but that there is nothing in its place is not told by any event.
            if (searched.Watch is not (CheckFunding or WatchSpent { Known: not null })) return;
            _searchedInVain.Add(searched.Watch);
            if (!Timers.IsTimerActive(SearchDue.Instance)) Timers.StartSingleTimer(SearchDue.Instance, SearchDue.Instance, Pause);
            return;
        }

        if (searched.Watch is CheckFunding check)
        {
            var status = searched.End switch
            {
                SearchEnd.Found => FundingStatus.Spent,
                SearchEnd.Unspent => FundingStatus.Unspent,
                _ => FundingStatus.Missing,
            };
            _answers.Add(new WatchAnswer(check.Channel, new ChannelCommand.FundingChecked(check.Funding, status, tip.Height)));
        }
        else
        {
            _watches.Found(searched.Watch, searched.Sighting, tip.Height, _answers);
        }

        Tell();
    }

    private void Tell()
    {
        foreach (var answer in _answers)
        {
            // Without a client the channel's process is gone; the channel asks again wherever it starts.
            if (_owners.TryGetValue(answer.Channel, out var owner) && _clients.TryGetValue(owner, out var link)) link.Notify(Epoch, answer);
        }

        _answers.Clear();
    }

    private void Announce()
    {
        foreach (var link in _clients.Values) SendStatus(link);
        if (!IsCurrent) return;
        _publisher.Tell(_tip);
        if (_watches.NextUnspent(LooksPerBlock) is { IsEmpty: false } outputs) _publisher.Tell(new TxPublisher.Look(outputs));
    }

    // While old blocks are read in, nobody needs to hear of each.
    private void SendStatus(ClientLink link) => link.Client.Tell(new ChainStatus(Epoch, link.RequestsTaken, link.NoticesSent, IsCurrent ? _tip : null));

    private ClientLink LinkOf(IActorRef client)
    {
        if (_clients.TryGetValue(client, out var link)) return link;
        _clients.Add(client, link = new ClientLink(client));
        Context.Watch(client);
        return link;
    }

    private sealed record SearchDue
    {
        public static readonly SearchDue Instance = new();
    }

    private sealed record FollowDue
    {
        public static readonly FollowDue Instance = new();
    }
}
