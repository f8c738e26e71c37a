using Lightning.Channels.Signing;

namespace Lightning.Channels.Events;

/// <summary>The peer's signatures of this node's commitment on one funding output.</summary>
/// <param name="FundingTxId">Which funding the commitment spends.</param>
/// <param name="Signatures">Of the commitment and its HTLC transactions.</param>
public sealed record FundingSignatures(TxId FundingTxId, CommitmentSignatures Signatures);
