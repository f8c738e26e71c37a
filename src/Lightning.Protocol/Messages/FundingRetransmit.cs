namespace Lightning.Protocol.Messages;

/// <summary>A funding transaction in channel_reestablish and what the peer must send again for it (BOLT 2).</summary>
/// <param name="FundingTxId">The funding transaction.</param>
/// <param name="RetransmitFlags">Bit 0: commitment_signed in next_funding, announcement_signatures in my_current_funding_locked.</param>
public readonly record struct FundingRetransmit(TxId FundingTxId, byte RetransmitFlags);
