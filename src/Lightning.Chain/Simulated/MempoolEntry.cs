using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>A transaction that waits for a block.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Fee">What the miner gets.</param>
/// <param name="Order">Its place in the order of arrival: parents always come before their children.</param>
internal sealed record MempoolEntry(Transaction Transaction, Satoshi Fee, long Order);
