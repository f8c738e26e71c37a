using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Messages;

/// <summary>Signs the receiver's next commitment with all updates so far (BOLT 2, type 132).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Signature">The sender's signature of the commitment transaction.</param>
/// <param name="HtlcSignatures">The sender's signatures of the HTLC transactions, in the order of the commitment's outputs.</param>
public sealed record CommitmentSigned(ChannelId ChannelId, EcdsaSignature Signature, EquatableArray<EcdsaSignature> HtlcSignatures)
    : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.CommitmentSigned;

    /// <summary>Which funding transaction the commitment spends, where several are pending (splicing).</summary>
    public TxId? FundingTxId { get; init; }
}
