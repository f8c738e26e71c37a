using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Names the funding output and signs the receiver's first commitment (BOLT 2, type 34).</summary>
/// <param name="TemporaryChannelId">The channel.</param>
/// <param name="FundingTxId">The funding transaction.</param>
/// <param name="FundingOutputIndex">The funding output's index in it.</param>
/// <param name="Signature">The sender's signature of the receiver's commitment 0.</param>
public sealed record FundingCreated(ChannelId TemporaryChannelId, TxId FundingTxId, ushort FundingOutputIndex, EcdsaSignature Signature)
    : ExtensibleMessage, ITemporaryChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.FundingCreated;

    /// <summary>The funding output.</summary>
    public OutPoint FundingOutPoint => new(FundingTxId, FundingOutputIndex);

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(TemporaryChannelId);
        writer.Bytes32(FundingTxId.Value);
        writer.U16(FundingOutputIndex);
        writer.Signature(Signature);
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static FundingCreated Read(ref WireReader reader)
    {
        var temporaryChannelId = reader.ChannelId("temporary_channel_id");
        var fundingTxId = reader.TxId("funding_txid");
        var fundingOutputIndex = reader.U16("funding_output_index");
        var signature = reader.Signature();
        var tlvs = reader.Tlvs("funding_created_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new FundingCreated(temporaryChannelId, fundingTxId, fundingOutputIndex, signature) { Extension = tlvs.Unknown };
    }
}
