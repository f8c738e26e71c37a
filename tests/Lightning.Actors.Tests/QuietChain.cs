using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Lightning.Bitcoin.Primitives;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Chain.Wallet;

namespace Lightning.Actors.Tests;

/// <summary>A chain of one block on which nothing happens, for tests that are not about the chain.</summary>
internal sealed class QuietChain : IChainBackend, IChainWallet
{
    private static readonly ChainBlock Block = new(100, new BlockHash(Bytes32.FromHex(new string('1', 64))), Network.Regtest.GenesisHash, 1_700_000_000, []);

    public Network Network => Network.Regtest;

    public Task<ChainTip> GetTipAsync(CancellationToken cancellationToken) => Task.FromResult(Block.Tip);

    public Task<BlockHash?> GetBlockHashAsync(uint height, CancellationToken cancellationToken) => Task.FromResult<BlockHash?>(height == Block.Height ? Block.Hash : null);

    public Task<ChainBlock?> GetBlockAsync(uint height, CancellationToken cancellationToken) => Task.FromResult(height == Block.Height ? Block : null);

    public async IAsyncEnumerable<ChainEvent> FollowAsync(ChainTip? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }

    public Task<UnspentOutput?> GetUnspentAsync(OutPoint outPoint, CancellationToken cancellationToken) => Task.FromResult<UnspentOutput?>(null);

    public Task<BroadcastResult> BroadcastAsync(Transaction transaction, CancellationToken cancellationToken) => Task.FromResult(new BroadcastResult(BroadcastOutcome.Accepted));

    public Task<BroadcastResult> BroadcastPackageAsync(Transaction parent, Transaction child, CancellationToken cancellationToken) => BroadcastAsync(child, cancellationToken);

    public Task<FeeratePerKw?> EstimateFeerateAsync(uint blocks, CancellationToken cancellationToken) => Task.FromResult<FeeratePerKw?>(null);

    public Task<MempoolFloor> GetMempoolFloorAsync(CancellationToken cancellationToken) => Task.FromResult(new MempoolFloor(new(250), new(250)));

    public Task<Transaction?> FindMempoolSpenderAsync(OutPoint outPoint, CancellationToken cancellationToken) => Task.FromResult<Transaction?>(null);

    public Task<WalletAddress> NewAddressAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<Coin>> ListUnspentAsync(CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<Coin>.Empty);

    public Task<Transaction> SignAsync(Transaction transaction, IReadOnlyList<TxOut> spentOutputs, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;
}
