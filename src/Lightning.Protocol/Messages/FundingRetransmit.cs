using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>A funding transaction in channel_reestablish and what the peer must send again for it (BOLT 2).</summary>
/// <param name="FundingTxId">The funding transaction.</param>
/// <param name="RetransmitFlags">Bit 0: commitment_signed in next_funding, announcement_signatures in my_current_funding_locked.</param>
public readonly record struct FundingRetransmit(TxId FundingTxId, byte RetransmitFlags)
{
    internal void WriteTlv(ref WireWriter writer, ulong type)
    {
        writer.Tlv(type, Bytes32.Size + 1);
        writer.Bytes32(FundingTxId.Value);
        writer.U8(RetransmitFlags);
    }

    internal static FundingRetransmit Read(ref WireReader value, string field) => new(value.TxId(field), value.U8(field));
}
