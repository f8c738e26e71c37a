using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;

namespace Lightning.Chain.Simulated;

/// <summary>
/// A Bitcoin network in memory, for tests, scenarios and the sandbox: real scripts, amounts, locks, double spends, mempool policy and
/// reorganisations, no proof of work, no peers. One instance serves any number of nodes, from any thread. Deterministic: the same calls
/// at the same times give the same hashes.
/// </summary>
/// <remarks>
/// Simplified against Bitcoin Core: one mempool for all; one minimum feerate; replacement whether or not it is signalled; packages of one
/// parent and one child; up to 25 unconfirmed relatives; no signature operation limits. Blocks halve their subsidy as on the mainnet.
/// Disposing it does nothing, because nodes share it.
/// </remarks>
public sealed partial class SimulatedChain : IChainBackend
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly BestChain _chain = new();
    private readonly Mempool _mempool = new();
    private readonly MempoolPolicy _policy;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Starts with the regression test network's first block.</summary>
    /// <param name="time">What blocks take their time from where none is given.</param>
    public SimulatedChain(TimeProvider time)
    {
        _time = time;
        _policy = new MempoolPolicy(_chain, _mempool);
    }

    /// <inheritdoc/>
    public Network Network => Network.Regtest;

    /// <summary>The best block now.</summary>
    public ChainTip Tip
    {
        get
        {
            lock (_gate) return _chain.TipBlock.Tip;
        }
    }

    /// <summary>Median time past of the tip (BIP 113), seconds since 1970.</summary>
    public uint MedianTimePast
    {
        get
        {
            lock (_gate) return _chain.MedianTimePast(_chain.TipBlock.Height);
        }
    }

    /// <summary>The least that the mempool takes, 1 sat/vB at first. Raising it is a full mempool: what pays less is dropped, unless a child pays for it.</summary>
    public FeeratePerKw MinFeerate
    {
        get
        {
            lock (_gate) return _policy.MinFeerate;
        }

        set
        {
            lock (_gate)
            {
                _policy.MinFeerate = value;
                _policy.EvictBelowMinimum();
            }
        }
    }

    /// <summary>What <see cref="EstimateFeerateAsync"/> answers; null for a backend that cannot tell. 2 sat/vB at first.</summary>
    public FeeratePerKw? EstimatedFeerate
    {
        get
        {
            lock (_gate) return field;
        }

        set
        {
            lock (_gate) field = value;
        }
    } = FeeratePerKw.FromSatPerVByte(2);

    /// <summary>The mempool's transactions, parents before children.</summary>
    public ImmutableArray<Transaction> Mempool
    {
        get
        {
            lock (_gate) return [.. _mempool.Ordered.Select(e => e.Transaction)];
        }
    }

    /// <summary>The transaction of the mempool that spends an output, or null.</summary>
    public Transaction? FindSpender(OutPoint outPoint)
    {
        lock (_gate) return _mempool.SpenderOf(outPoint) is { } id && _mempool.TryFind(id, out var entry) ? entry.Transaction : null;
    }

    /// <summary>A transaction of the best chain or of the mempool, or null.</summary>
    public Transaction? FindTransaction(TxId id)
    {
        lock (_gate)
        {
            if (_mempool.TryFind(id, out var entry)) return entry.Transaction;
            return _chain.BlockOf(id)?.Transactions.First(t => t.TxId == id);
        }
    }

    /// <summary>Blocks that confirm a transaction: 1 in the tip, 0 in the mempool, null where it is unknown.</summary>
    public uint? Confirmations(TxId id)
    {
        lock (_gate) return _chain.BlockOf(id) is { } block ? _chain.NextHeight - block.Height : _mempool.Contains(id) ? 0 : null;
    }

    /// <summary>Takes a transaction into the mempool, or says why not.</summary>
    public BroadcastResult Broadcast(Transaction transaction)
    {
        lock (_gate) return _policy.Accept(transaction);
    }

    /// <summary>Takes a parent and its one child into the mempool, or says why not.</summary>
    public BroadcastResult BroadcastPackage(Transaction parent, Transaction child)
    {
        lock (_gate) return _policy.AcceptPackage(parent, child);
    }

    /// <summary>Drops a transaction and all that spend from it from the mempool, as if it had expired.</summary>
    public void Forget(TxId id)
    {
        lock (_gate) _mempool.RemoveWithDescendants(id);
    }

    /// <inheritdoc/>
    public Task<ChainTip> GetTipAsync(CancellationToken cancellationToken) => Task.FromResult(Tip);

    /// <inheritdoc/>
    public Task<BlockHash?> GetBlockHashAsync(uint height, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(_chain.At(height)?.Hash);
    }

    /// <inheritdoc/>
    public Task<ChainBlock?> GetBlockAsync(uint height, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(_chain.At(height));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A block that never was on this chain.</exception>
    public IAsyncEnumerable<ChainEvent> FollowAsync(ChainTip? from, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (from is { } known && _chain.Find(known.Hash)?.Height != known.Height) throw new ArgumentException($"The chain never had block {known.Hash} at height {known.Height}.", nameof(from));
            return Follow(from ?? _chain.TipBlock.Tip, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<UnspentOutput?> GetUnspentAsync(OutPoint outPoint, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_chain.Coins.TryFind(outPoint, out var coin) ? new UnspentOutput(coin.Output, _chain.NextHeight - coin.Height, coin.IsCoinbase) : null);
    }

    /// <inheritdoc/>
    public Task<BroadcastResult> BroadcastAsync(Transaction transaction, CancellationToken cancellationToken) => Task.FromResult(Broadcast(transaction));

    /// <inheritdoc/>
    public Task<BroadcastResult> BroadcastPackageAsync(Transaction parent, Transaction child, CancellationToken cancellationToken) => Task.FromResult(BroadcastPackage(parent, child));

    /// <inheritdoc/>
    public Task<FeeratePerKw?> EstimateFeerateAsync(uint blocks, CancellationToken cancellationToken) => Task.FromResult(EstimatedFeerate);

    /// <inheritdoc/>
    public Task<MempoolFloor> GetMempoolFloorAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(new MempoolFloor(_policy.MinFeerate, _policy.IncrementalFeerate));
    }

    /// <inheritdoc/>
    public Task<Transaction?> FindMempoolSpenderAsync(OutPoint outPoint, CancellationToken cancellationToken) => Task.FromResult(FindSpender(outPoint));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The coins that pay to a script and that no transaction of the mempool spends, unconfirmed ones included, immature ones left out.</summary>
    internal ImmutableArray<Coin> CoinsOf(IEnumerable<Script> scripts)
    {
        lock (_gate)
        {
            var coins = ImmutableArray.CreateBuilder<Coin>();
            var wanted = scripts.ToHashSet();
            foreach (var script in wanted)
            {
                foreach (var outPoint in _chain.Coins.Of(script))
                    if (SpendableNow(outPoint) is { } coin) coins.Add(coin);
            }

            foreach (var entry in _mempool.Ordered)
            {
                for (var i = 0; i < entry.Transaction.Outputs.Length; i++)
                {
                    var outPoint = new OutPoint(entry.Transaction.TxId, (uint)i);
                    if (wanted.Contains(entry.Transaction.Outputs[i].ScriptPubKey) && _mempool.SpenderOf(outPoint) is null) coins.Add(new Coin(outPoint, entry.Transaction.Outputs[i], 0));
                }
            }

            coins.Sort((left, right) => left.OutPoint.CompareTo(right.OutPoint));
            return coins.ToImmutable();
        }
    }

    private Coin? SpendableNow(OutPoint outPoint)
    {
        if (!_chain.Coins.TryFind(outPoint, out var coin) || _mempool.SpenderOf(outPoint) is not null) return null;
        var confirmations = _chain.NextHeight - coin.Height;
        return coin.IsCoinbase && confirmations < SpendRules.CoinbaseMaturity ? null : new Coin(outPoint, coin.Output, confirmations);
    }

    /// <summary>Each follower walks at its own pace from the block it saw last, so nothing of a subscriber ever runs under the lock, and none can be overrun.</summary>
    private async IAsyncEnumerable<ChainEvent> Follow(ChainTip position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ChainEvent? step;
            Task changed;
            lock (_gate)
            {
                step = StepFrom(position);
                changed = _changed.Task;
            }

            if (step is null)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            position = After(step);
            yield return step;
        }
    }

    /// <summary>The next step of who has come as far as <paramref name="position"/>; null when there is none yet.</summary>
    internal ChainEvent? NextStep(ChainTip position)
    {
        lock (_gate) return StepFrom(position);
    }

    /// <summary>How far one has come with a step.</summary>
    internal static ChainTip After(ChainEvent step) => step switch
    {
        ChainEvent.BlockConnected connected => connected.Block.Tip,
        ChainEvent.BlockDisconnected disconnected => new ChainTip(disconnected.Tip.Height - 1, disconnected.PreviousHash),
        _ => throw new InvalidOperationException($"Unknown step {step}."),
    };

    private ChainEvent? StepFrom(ChainTip position)
    {
        if (_chain.At(position.Height)?.Hash != position.Hash) return new ChainEvent.BlockDisconnected(position, _chain.Find(position.Hash)!.PreviousHash);
        return _chain.At(position.Height + 1) is { } next ? new ChainEvent.BlockConnected(next) : null;
    }

    /// <summary>Wakes the followers. Their continuations run elsewhere, so this is safe under the lock.</summary>
    private void SignalChange()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
