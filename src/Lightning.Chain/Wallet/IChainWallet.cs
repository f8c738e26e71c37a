using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Wallet;

/// <summary>
/// On-chain coins and their keys. It selects and locks nothing: which coins are spoken for is the node's own durable knowledge,
/// because a lock that dies with a process would let two channels be funded by one coin.
/// </summary>
public interface IChainWallet
{
    /// <summary>A fresh native segwit address.</summary>
    Task<WalletAddress> NewAddressAsync(CancellationToken cancellationToken);

    /// <summary>All coins that the wallet can sign for, unconfirmed ones included; immature coinbase outputs are left out.</summary>
    Task<ImmutableArray<Coin>> ListUnspentAsync(CancellationToken cancellationToken);

    /// <summary>Signs those inputs that are the wallet's own; the others keep the witness they have.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="spentOutputs">The output that each input spends, in the inputs' order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Transaction> SignAsync(Transaction transaction, IReadOnlyList<TxOut> spentOutputs, CancellationToken cancellationToken);
}
