using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.OnChain;

/// <summary>One output that decides about money of this node, as the chain has it now.</summary>
/// <param name="OutPoint">Where it is.</param>
/// <param name="Output">Its amount in satoshi and its script.</param>
/// <param name="Kind">What it is to this node.</param>
/// <param name="MadeAt">Height of the block of the transaction that made it.</param>
/// <param name="HtlcId">Of an HTLC: its id, among those of its offerer; null else.</param>
/// <param name="Hash">Of an HTLC: its payment hash; null else.</param>
/// <param name="Expiry">Of an HTLC: the block height after which it is its offerer's again; null else.</param>
/// <param name="Spend">What spends it in a block; null where nothing does.</param>
public sealed record ChainOutput(OutPoint OutPoint, TxOut Output, ChainOutputKind Kind, uint MadeAt, ulong? HtlcId, PaymentHash? Hash, uint? Expiry, MinedSpend? Spend);
