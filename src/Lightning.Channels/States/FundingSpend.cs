using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.States;

/// <summary>How the funding output was spent.</summary>
/// <param name="Transaction">The spending transaction.</param>
/// <param name="Kind">What it is.</param>
/// <param name="CommitmentNumber">Its commitment number; 0 for a mutual close.</param>
/// <param name="BlockHeight">Height of its block; 0 where an earlier version did not keep it.</param>
public sealed record FundingSpend(Transaction Transaction, SpendKind Kind, ulong CommitmentNumber, uint BlockHeight = 0);
