using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.States;

/// <summary>How the funding output was spent.</summary>
/// <param name="Transaction">The spending transaction.</param>
/// <param name="Kind">What it is.</param>
/// <param name="CommitmentNumber">Its commitment number; 0 for a mutual close.</param>
public sealed record FundingSpend(Transaction Transaction, SpendKind Kind, ulong CommitmentNumber);
