using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>A commitment that is in no block and that its anchor pays for.</summary>
/// <param name="Transaction">Signed: this node's, or the peer's as the mempool has it.</param>
/// <param name="Fee">What it pays itself, in satoshi.</param>
/// <param name="Htlcs">The HTLCs that are lost where it confirms too late, in satoshi.</param>
/// <param name="Balance">This node's balance in it, in satoshi.</param>
public sealed record CommitmentParent(Transaction Transaction, Satoshi Fee, Satoshi Htlcs, Satoshi Balance);
