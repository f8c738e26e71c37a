using System.Collections.Immutable;
using Akka.Actor;
using Lightning.Actors.Entities;
using Akka.Event;
using Lightning.Chain;
using Lightning.Channels.Actions;

namespace Lightning.Actors.Chain;

/// <summary>
/// Finds what happened before a watch was set. First the set of unspent outputs is asked: most watches need no more. The others are searched for in blocks,
/// from the newest to the oldest, all of them together: a search that begins later joins the others where they are. Beside the monitor, so that new blocks
/// never wait for old ones. Every question is asked until it has an answer.
/// </summary>
/// <remarks>A spend is never searched for below the block that made the output.</remarks>
internal sealed class ChainHistory : UntypedActor, IWithTimers
{
    /// <summary>Questions to the backend under way at once.</summary>
    private const int Probes = 8;

    /// <summary>Recent blocks are kept up to so many transactions: some hours on a test network, a few blocks on the mainnet.</summary>
    private const int TransactionsKept = 20_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IChainBackend _chain;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<Search> _toProbe = new();
    private readonly SortedList<uint, ChainBlock> _recent = [];
    private readonly BlockSearch _search = new();
    private int _recentTransactions;
    private int _probing;
    private bool _isReading;

    public ChainHistory(IChainBackend chain) => _chain = chain;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For the monitor, its parent.</summary>
    public static Props Props(IChainBackend chain) => ActorProps.Of<ChainHistory>(chain);

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
            case Search search:
                _toProbe.Enqueue(search);
                ProbeNext();
                break;
            case Probed probed:
                _probing--;
                OnProbed(probed);
                ProbeNext();
                break;
            case ProbeFailed failed:
                _probing--;
                _log.Warning("The chain does not say whether {0} is spent, asking again: {1}", failed.Search.Watch.Subject.OutPoint, failed.Cause.Message);
                Timers.StartSingleTimer(failed.Search.Watch, failed.Search, Pause);
                ProbeNext();
                break;
            case BlockRead read:
                _isReading = false;
                Examine(read.Height, read.Block);
                break;
            case ReadFailed failed:
                _isReading = false;
                _log.Warning("Block {0} cannot be read, trying again: {1}", failed.Height, failed.Cause.Message);
                Timers.StartSingleTimer(ReadDue.Instance, ReadDue.Instance, Pause);
                break;
            case ReadDue:
                ReadNext();
                break;
            case ChainEvent.BlockConnected connected:
                Keep(connected.Block);
                break;
            case ChainEvent.BlockDisconnected gone:
                Drop(gone.Tip.Height);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void ProbeNext()
    {
        while (_probing < Probes && _toProbe.TryDequeue(out var search))
        {
            _probing++;
            ProbeAsync(_chain, search, _stopping.Token).PipeTo(Self, failure: e => new ProbeFailed(search, e));
        }
    }

    private void OnProbed(Probed probed)
    {
        if (probed.End is null && probed.Search.From <= probed.Search.To)
        {
            _search.Add(probed.Search);
            ReadNext();
        }
        else
        {
            Context.Parent.Tell(new Searched(probed.Search.Watch, probed.End ?? SearchEnd.NotFound, probed.Sighting));
        }
    }

    private void ReadNext()
    {
        if (_isReading || _search.NextHeight is not { } height || Timers.IsTimerActive(ReadDue.Instance)) return;
        _isReading = true;
        var read = _recent.TryGetValue(height, out var kept) ? Task.FromResult<ChainBlock?>(kept) : _chain.GetBlockAsync(height, _stopping.Token);
        read.PipeTo(Self, success: block => new BlockRead(height, block), failure: e => new ReadFailed(height, e));
    }

    private void Examine(uint height, ChainBlock? block)
    {
        // No block at a height below what was the tip: a reorganisation is under way, and its blocks come to the watches by themselves.
        foreach (var searched in _search.Examine(height, block)) Context.Parent.Tell(searched);
        ReadNext();
    }

    private void Keep(ChainBlock block)
    {
        Drop(block.Height);
        _recent.Add(block.Height, block);
        _recentTransactions += block.Transactions.Length;
        while (_recentTransactions > TransactionsKept && _recent.Count > 1) Drop(_recent.GetKeyAtIndex(0));
    }

    private void Drop(uint height)
    {
        if (_recent.Remove(height, out var block)) _recentTransactions -= block.Transactions.Length;
    }

    private static Task<Probed> ProbeAsync(IChainBackend chain, Search search, CancellationToken cancellation) => search.Watch switch
    {
        WatchSpent watch => ProbeSpentAsync(chain, search, watch.Output, watch.Known, mustBeSure: watch.Known is not null, cancellation),
        CheckFunding check => ProbeSpentAsync(chain, search, check.Funding, null, mustBeSure: true, cancellation),
        WatchFunding watch => ProbeFundingAsync(chain, search, watch, cancellation),
        _ => throw new InvalidOperationException($"Nobody searches for {search.Watch.GetType().Name}."),
    };

    private static async Task<Probed> ProbeSpentAsync(IChainBackend chain, Search search, OutPoint output, KnownSpend? known, bool mustBeSure, CancellationToken cancellation)
    {
        if (await chain.GetUnspentAsync(output, cancellation).ConfigureAwait(false) is not null) return new Probed(search, SearchEnd.Unspent);
        if (known is { BlockHeight: > 0 and var height } && await chain.GetBlockAsync(height, cancellation).ConfigureAwait(false) is { } block)
        {
            for (var i = 0; i < block.Transactions.Length; i++)
            {
                if (block.Transactions[i].Inputs.Any(input => input.PreviousOutput == output))
                    return new Probed(search, SearchEnd.Found, new Sighting(block.Transactions[i], block.Height, block.Hash, (uint)i));
            }
        }

        // That it is nowhere may be said only after all blocks, those too that the monitor has not come to yet.
        if (!mustBeSure) return new Probed(search);
        var tip = await chain.GetTipAsync(cancellation).ConfigureAwait(false);
        return new Probed(search with { To = Math.Max(search.To, tip.Height) });
    }

    private static async Task<Probed> ProbeFundingAsync(IChainBackend chain, Search search, WatchFunding watch, CancellationToken cancellation) =>
        await chain.GetUnspentAsync(watch.Funding, cancellation).ConfigureAwait(false) is { } unspent
            ? await LocateAsync(chain, search, watch.Funding.TxId, unspent.Confirmations, cancellation).ConfigureAwait(false)
            : new Probed(search);

    // The block of an unspent output follows from its confirmations, give or take a block that came between the two questions.
    private static async Task<Probed> LocateAsync(IChainBackend chain, Search search, TxId txId, uint confirmations, CancellationToken cancellation)
    {
        var tip = await chain.GetTipAsync(cancellation).ConfigureAwait(false);
        var middle = (long)tip.Height + 1 - confirmations;
        foreach (var height in (long[])[middle, middle - 1, middle + 1])
        {
            if (height is < 0 or > uint.MaxValue || await chain.GetBlockAsync((uint)height, cancellation).ConfigureAwait(false) is not { } block) continue;
            for (var i = 0; i < block.Transactions.Length; i++)
                if (block.Transactions[i].TxId == txId) return new Probed(search, SearchEnd.Found, new Sighting(block.Transactions[i], block.Height, block.Hash, (uint)i));
        }

        return new Probed(search);
    }

    /// <summary>Looks for what a watch asks for in the blocks from <paramref name="From"/> to <paramref name="To"/>; answered by <see cref="Searched"/>.</summary>
    internal sealed record Search(Watch Watch, uint From, uint To);

    /// <summary>A search is over.</summary>
    /// <param name="Watch">What was searched for.</param>
    /// <param name="End">How it ended.</param>
    /// <param name="Sighting">What was found; null for nothing.</param>
    internal sealed record Searched(Watch Watch, SearchEnd End, Sighting? Sighting);

    // Without an end yet where blocks must be read.
    private sealed record Probed(Search Search, SearchEnd? End = null, Sighting? Sighting = null);

    private sealed record ProbeFailed(Search Search, Exception Cause);

    private sealed record BlockRead(uint Height, ChainBlock? Block);

    private sealed record ReadFailed(uint Height, Exception Cause);

    private sealed record ReadDue
    {
        public static readonly ReadDue Instance = new();
    }
}
