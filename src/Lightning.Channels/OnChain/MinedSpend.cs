using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.OnChain;

/// <summary>A transaction in a block of the best chain, as last heard, that spends an output which a channel follows.</summary>
/// <param name="Transaction">The spending transaction.</param>
/// <param name="BlockHeight">Height of its block; 0 where an earlier version did not keep it.</param>
public sealed record MinedSpend(Transaction Transaction, uint BlockHeight);
