using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>An output that can be spent.</summary>
/// <param name="Output">Amount and script.</param>
/// <param name="Height">Height of its block; for an output of the mempool the next block's.</param>
/// <param name="IsCoinbase">Whether a coinbase made it.</param>
internal sealed record UnspentCoin(TxOut Output, uint Height, bool IsCoinbase);
