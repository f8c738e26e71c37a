using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>
/// Follows the best chain for the whole node and tells channels what they watch. Watches live in memory: a channel asks again when it
/// starts, and what happened before it asked is found by searching blocks from the height that it names. Everything may be told twice.
/// </summary>
internal sealed partial class ChainMonitor : PersistentEntity, IWithTimers
{
    /// <summary>Where new tips are published.</summary>
    public const string TipTopic = "chain-tip";

    /// <summary>The height is written this often only: it is where following goes on, and going a few blocks back does no harm.</summary>
    private const uint WriteEvery = 6;

    /// <summary>So many blocks wait at most: the mailbox is not filled with a whole chain.</summary>
    private const int BlocksAhead = 16;

    private readonly NodeRuntime _node;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _room = new(BlocksAhead);
    private ChainTip? _written;
    private NewTip? _tip;

    public ChainMonitor(NodeRuntime node)
        : base("chain-monitor") => _node = node;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For the node.</summary>
    public static Props Props(NodeRuntime node) => Akka.Actor.Props.Create(() => new ChainMonitor(node));

    /// <inheritdoc/>
    protected override void Apply(object domainEvent) => _written = ((ChainFollowed)domainEvent).Tip;

    /// <inheritdoc/>
    protected override void Recovered() => _ = FollowAsync(_node.Chain, _written, Self, _room, _stopping.Token);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case Followed followed:
                if (followed.TookRoom) _room.Release();
                OnEvent(followed.Event, followed.IsCaughtUp);
                break;
            case FollowFailed failed:
                Log.Warning("The chain cannot be followed, trying again: {0}", failed.Cause.Message);
                Timers.StartSingleTimer(FollowDue.Instance, FollowDue.Instance, TimeSpan.FromSeconds(2));
                break;
            case FollowDue:
                _ = FollowAsync(_node.Chain, _tip?.Tip ?? _written, Self, _room, _stopping.Token);
                break;
            case GetTip:
                if (_tip is not null) Sender.Tell(_tip);
                break;
            case Watch watch:
                Add(watch);
                break;
            case Unwatch unwatch:
                Remove(unwatch.Channel);
                break;
            case Searched searched:
                OnSearched(searched);
                break;
            case SearchFailed failed:
                Log.Warning("Blocks cannot be searched, trying again: {0}", failed.Cause.Message);
                Timers.StartSingleTimer(failed.Watch, new SearchAgain(failed.Watch), TimeSpan.FromSeconds(2));
                break;
            case SearchAgain again:
                Search(again.Watch);
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    private void OnEvent(ChainEvent happened, bool isCaughtUp)
    {
        switch (happened)
        {
            case ChainEvent.BlockConnected { Block: var block }:
                Scan(block);
                _tip = new NewTip(block.Tip, block.Time);
                Deepen(block.Height);
                break;
            case ChainEvent.BlockDisconnected gone:
                _tip = new NewTip(new ChainTip(gone.Tip.Height - 1, gone.PreviousHash), 0);
                Undo(gone.Tip.Height);
                break;
        }

        // While old blocks are read in, nobody needs to hear of each.
        if (!isCaughtUp || _tip is not { } tip) return;
        DistributedPubSub.Get(Context.System).Mediator.Tell(new Publish(TipTopic, tip));
        if (_written is not { } written || tip.Tip.Height >= written.Height + WriteEvery || tip.Tip.Height < written.Height)
            Write([new ChainFollowed(tip.Tip)], static () => { });
    }

    // Follows until the token is cancelled.
    private static async Task FollowAsync(IChainBackend chain, ChainTip? from, IActorRef self, SemaphoreSlim room, CancellationToken cancellation)
    {
        try
        {
            var best = await chain.GetTipAsync(cancellation).ConfigureAwait(false);
            if (from is null)
            {
                // A new node: nothing before this block concerns it.
                var block = await chain.GetBlockAsync(best.Height, cancellation).ConfigureAwait(false);
                if (block is not null)
                {
                    from = block.Tip;
                    self.Tell(new Followed(new ChainEvent.BlockConnected(block), IsCaughtUp: true), ActorRefs.NoSender);
                }
            }
            else if (from.Value == best)
            {
                var block = await chain.GetBlockAsync(best.Height, cancellation).ConfigureAwait(false);
                if (block is not null) self.Tell(new Followed(new ChainEvent.BlockConnected(block), IsCaughtUp: true), ActorRefs.NoSender);
            }

            await foreach (var happened in chain.FollowAsync(from, cancellation).ConfigureAwait(false))
            {
                await room.WaitAsync(cancellation).ConfigureAwait(false);
                var isCaughtUp = happened is not ChainEvent.BlockConnected connected || connected.Block.Height >= best.Height;
                self.Tell(new Followed(happened, isCaughtUp, TookRoom: true), ActorRefs.NoSender);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The monitor has stopped.
        }
#pragma warning disable CA1031 // Whatever is wrong with the chain, it is followed again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            self.Tell(new FollowFailed(e), ActorRefs.NoSender);
        }
    }

    private sealed record Followed(ChainEvent Event, bool IsCaughtUp, bool TookRoom = false);

    private sealed record FollowFailed(Exception Cause);

    private sealed record FollowDue
    {
        public static readonly FollowDue Instance = new();
    }
}
