using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>A coin of the wallet that pays for a claim.</summary>
/// <param name="OutPoint">Where it is.</param>
/// <param name="Output">Its amount in satoshi and its script: a wallet does not list a coin that is spent in the mempool, so a replacement takes it from here.</param>
public sealed record ClaimCoin(OutPoint OutPoint, TxOut Output);
