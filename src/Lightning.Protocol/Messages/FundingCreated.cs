using Lightning.Bitcoin.Crypto;

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
}
