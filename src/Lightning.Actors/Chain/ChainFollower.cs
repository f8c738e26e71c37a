using Akka.Actor;
using Lightning.Chain;

namespace Lightning.Actors.Chain;

/// <summary>Feeds the steps of the best chain to an actor, each when the actor asks for it: blocks never pile up in a mailbox.</summary>
internal sealed class ChainFollower(IChainBackend chain, IActorRef owner)
{
    private readonly CancellationTokenSource _stopping = new();
    private IAsyncEnumerator<ChainEvent>? _events;

    /// <summary>Finds where to begin; answered by <see cref="Started"/> or <see cref="Failed"/>.</summary>
    /// <param name="known">The last block that the owner knows; null for the best block of the moment.</param>
    /// <param name="window">If the best block is further away than this, it is begun with instead; null for never.</param>
    public void Start(ChainTip? known, uint? window) => BeginAsync(known, window).PipeTo(owner, ActorRefs.NoSender, failure: e => new Failed(this, e));

    /// <summary>Asks for the next step; answered by <see cref="Happened"/> or <see cref="Failed"/>.</summary>
    public void Next() => NextAsync().PipeTo(owner, ActorRefs.NoSender, failure: e => new Failed(this, e));

    /// <summary>Ends it.</summary>
    public void Stop() => _stopping.Cancel();

    private async Task<Started> BeginAsync(ChainTip? known, uint? window)
    {
        var best = await chain.GetTipAsync(_stopping.Token).ConfigureAwait(false);
        var from = known is { } tip && !(Math.Abs((long)best.Height - tip.Height) > window) ? tip : best;
        var block = await chain.GetBlockAsync(from.Height, _stopping.Token).ConfigureAwait(false);

        // The time of a block that is no longer there does not matter: it is about to be disconnected.
        if (block is null || block.Hash != from.Hash) block = new ChainBlock(from.Height, from.Hash, default, block?.Time ?? 0, []);
        _events = chain.FollowAsync(from, _stopping.Token).GetAsyncEnumerator(_stopping.Token);
        return new Started(this, block, best);
    }

    private async Task<Happened> NextAsync()
    {
        try
        {
            if (await _events!.MoveNextAsync().ConfigureAwait(false)) return new Happened(this, _events.Current);
            throw new InvalidOperationException("The chain's events have ended.");
        }
        catch
        {
            _stopping.Cancel();
            await _events!.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Following begins.</summary>
    /// <param name="Follower">Which one.</param>
    /// <param name="Block">The block after which it begins.</param>
    /// <param name="Best">The best block of the moment.</param>
    internal sealed record Started(ChainFollower Follower, ChainBlock Block, ChainTip Best);

    /// <summary>A step.</summary>
    internal sealed record Happened(ChainFollower Follower, ChainEvent Event);

    /// <summary>It is over.</summary>
    internal sealed record Failed(ChainFollower Follower, Exception Cause);
}
