using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain;

/// <summary>An unspent output of the best chain.</summary>
/// <param name="Output">Amount in satoshi and script.</param>
/// <param name="Confirmations">1 for an output of the tip.</param>
/// <param name="IsCoinbase">Whether a coinbase made it (spendable after 100 blocks).</param>
public sealed record UnspentOutput(TxOut Output, uint Confirmations, bool IsCoinbase);
