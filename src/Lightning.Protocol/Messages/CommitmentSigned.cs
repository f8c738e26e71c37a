using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

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

    /// <summary>Which funding transaction the commitment spends; null where the sender did not say.</summary>
    public TxId? FundingTxId { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.Signature(Signature);
        writer.U16Length(HtlcSignatures.Count, "htlc_signature");
        foreach (var htlcSignature in HtlcSignatures) writer.Signature(htlcSignature);
        writer.BeginTlvs(Extension);
        if (FundingTxId is { } fundingTxId) writer.Tlv(1, fundingTxId.Value.Span);
        writer.EndTlvs();
    }

    internal static CommitmentSigned Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var signature = reader.Signature();
        var count = reader.U16("num_htlcs");
        var htlcs = new WireReader(reader.Take(count * EcdsaSignature.Size, "htlc_signature"));
        var htlcSignatures = ImmutableArray.CreateBuilder<EcdsaSignature>(count);
        while (!htlcs.IsAtEnd) htlcSignatures.Add(htlcs.Signature("htlc_signature"));
        var tlvs = reader.Tlvs("commitment_signed_tlvs");
        TxId? fundingTxId = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    fundingTxId = tlvs.Value.TxId("funding_txid");
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new CommitmentSigned(channelId, signature, htlcSignatures.MoveToImmutable()) { FundingTxId = fundingTxId, Extension = tlvs.Unknown };
    }
}
