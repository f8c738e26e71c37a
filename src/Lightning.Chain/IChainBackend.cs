using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain;

/// <summary>The edge to a Bitcoin chain: what a node reads from it and gives to it. Implementations: Bitcoin Core, and the simulated chain.</summary>
/// <remarks>
/// Every method may be called at any time and from any thread. While the backend is away, calls wait and retry until their
/// token is cancelled: trouble with the chain is never reported as an empty answer.
/// </remarks>
public interface IChainBackend : IAsyncDisposable
{
    /// <summary>Which network it serves.</summary>
    Network Network { get; }

    /// <summary>The best block now.</summary>
    Task<ChainTip> GetTipAsync(CancellationToken cancellationToken);

    /// <summary>The hash of the best chain's block at <paramref name="height"/>, or null above the tip.</summary>
    Task<BlockHash?> GetBlockHashAsync(uint height, CancellationToken cancellationToken);

    /// <summary>The best chain's block at <paramref name="height"/>, or null above the tip.</summary>
    Task<ChainBlock?> GetBlockAsync(uint height, CancellationToken cancellationToken);

    /// <summary>
    /// Follows the best chain for ever, block by block and in order. Starts after <paramref name="from"/>: if that block has meanwhile
    /// been reorganised away, the first events disconnect it and its ancestors down to the fork.
    /// </summary>
    /// <param name="from">The last block that the caller knows; null starts after the tip of the moment.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<ChainEvent> FollowAsync(ChainTip? from, CancellationToken cancellationToken);

    /// <summary>Whether an output is unspent on the best chain (the mempool does not count).</summary>
    /// <returns>The output with its confirmations, or null where it does not exist or is spent.</returns>
    Task<UnspentOutput?> GetUnspentAsync(OutPoint outPoint, CancellationToken cancellationToken);

    /// <summary>Gives a transaction to the network.</summary>
    Task<BroadcastResult> BroadcastAsync(Transaction transaction, CancellationToken cancellationToken);

    /// <summary>Gives a parent and its one child to the network as a package, so that the child pays for the parent.</summary>
    Task<BroadcastResult> BroadcastPackageAsync(Transaction parent, Transaction child, CancellationToken cancellationToken);

    /// <summary>The feerate for confirmation within <paramref name="blocks"/> blocks, as the backend estimates it; null where it cannot tell. What its mempool asks for at least is told by <see cref="GetMempoolFloorAsync"/>.</summary>
    Task<FeeratePerKw?> EstimateFeerateAsync(uint blocks, CancellationToken cancellationToken);

    /// <summary>What the mempool asks for now; known whether or not the backend has estimates.</summary>
    Task<MempoolFloor> GetMempoolFloorAsync(CancellationToken cancellationToken);

    /// <summary>The transaction of the mempool that spends an output, with its witnesses; null where none does. A spend in a block does not count.</summary>
    Task<Transaction?> FindMempoolSpenderAsync(OutPoint outPoint, CancellationToken cancellationToken);
}
