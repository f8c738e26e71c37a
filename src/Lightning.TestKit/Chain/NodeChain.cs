using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Chain.Simulated;
using Lightning.Chain.Wallet;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Chain;

/// <summary>One process's view of the chain, and of its wallet: both may be away for a while.</summary>
internal sealed class NodeChain(SimulatedChain chain, SimulatedWallet wallet, SimulatedProcess process, ChainTrouble trouble, Action<Transaction, BroadcastResult> broadcast) : IChainBackend, IChainWallet
{
    private TaskCompletionSource _changed = new();

    /// <inheritdoc/>
    public Network Network => chain.Network;

    /// <summary>There is a new block, or the chain is back.</summary>
    public void Wake() => process.Enqueue("/chain", () =>
    {
        var changed = _changed;
        _changed = new TaskCompletionSource();
        changed.SetResult();
    });

    /// <inheritdoc/>
    public Task<ChainTip> GetTipAsync(CancellationToken cancellationToken) => WhenHereAsync(() => chain.Tip, cancellationToken);

    /// <inheritdoc/>
    public Task<BlockHash?> GetBlockHashAsync(uint height, CancellationToken cancellationToken) => WhenHereAsync(() => chain.GetBlockHashAsync(height, cancellationToken).Result, cancellationToken);

    /// <inheritdoc/>
    public Task<ChainBlock?> GetBlockAsync(uint height, CancellationToken cancellationToken) => WhenHereAsync(() => Read(chain.GetBlockAsync(height, cancellationToken).Result), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChainEvent> FollowAsync(ChainTip? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = from ?? await GetTipAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var changed = _changed.Task;
            if (trouble.IsAway || chain.NextStep(position) is not { } step)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (step is ChainEvent.BlockConnected connected) step = connected with { Block = Read(connected.Block)! };
            position = SimulatedChain.After(step);
            yield return step;
        }
    }

    /// <inheritdoc/>
    public async Task<UnspentOutput?> GetUnspentAsync(OutPoint outPoint, CancellationToken cancellationToken)
    {
        while (trouble.IsMute) await _changed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await WhenHereAsync(() => chain.GetUnspentAsync(outPoint, cancellationToken).Result, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<BroadcastResult> BroadcastAsync(Transaction transaction, CancellationToken cancellationToken) => WhenHereAsync(
        () =>
        {
            var result = trouble.Broadcast?.Invoke(transaction) ?? chain.Broadcast(transaction);
            broadcast(transaction, result);
            return result;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<BroadcastResult> BroadcastPackageAsync(Transaction parent, Transaction child, CancellationToken cancellationToken) => WhenHereAsync(
        () =>
        {
            var result = trouble.Broadcast?.Invoke(child) ?? chain.BroadcastPackage(parent, child);
            broadcast(parent, result);
            broadcast(child, result);
            return result;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<FeeratePerKw?> EstimateFeerateAsync(uint blocks, CancellationToken cancellationToken) => WhenHereAsync(() => chain.EstimateFeerateAsync(blocks, cancellationToken).Result, cancellationToken);

    /// <inheritdoc/>
    public Task<MempoolFloor> GetMempoolFloorAsync(CancellationToken cancellationToken) => WhenHereAsync(() => chain.GetMempoolFloorAsync(cancellationToken).Result, cancellationToken);

    /// <inheritdoc/>
    public Task<Transaction?> FindMempoolSpenderAsync(OutPoint outPoint, CancellationToken cancellationToken) => WhenHereAsync(() => chain.FindSpender(outPoint), cancellationToken);

    /// <inheritdoc/>
    public Task<WalletAddress> NewAddressAsync(CancellationToken cancellationToken) => WhenHereAsync(() => wallet.NewAddressAsync(cancellationToken).Result, cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<Coin>> ListUnspentAsync(CancellationToken cancellationToken) => WhenHereAsync(() => wallet.ListUnspentAsync(cancellationToken).Result, cancellationToken);

    /// <inheritdoc/>
    public Task<Transaction> SignAsync(Transaction transaction, IReadOnlyList<TxOut> spentOutputs, CancellationToken cancellationToken) =>
        WhenHereAsync(() => wallet.SignAsync(transaction, spentOutputs, cancellationToken).Result, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    // As a backend does: what bitcoind has are bytes, which this node's own parser reads, or refuses.
    private ChainBlock? Read(ChainBlock? block)
    {
        if (block is null) return null;
        if (block.Height >= trouble.UnreadableFrom) throw new UnreadableBlockException(block.Height, block.Hash);
        return block with { Transactions = [.. block.Transactions.Select(static transaction => Transaction.Parse(transaction.ToBytes()))] };
    }

    private async Task<T> WhenHereAsync<T>(Func<T> answer, CancellationToken cancellation)
    {
        while (trouble.IsAway) await _changed.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return answer();
    }
}
