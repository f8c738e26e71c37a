using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Offers a fee for the mutual close and signs the transaction with it (BOLT 2, type 39).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Fee">The fee, paid by the channel's funder.</param>
/// <param name="Signature">The sender's signature of the closing transaction with that fee.</param>
public sealed record ClosingSigned(ChannelId ChannelId, Satoshi Fee, EcdsaSignature Signature) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ClosingSigned;

    /// <summary>The fees that the sender would accept.</summary>
    public FeeRange? FeeRange { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.Satoshi(Fee, "fee_satoshis");
        writer.Signature(Signature);
        writer.BeginTlvs(Extension);
        if (FeeRange is { } range)
        {
            writer.Tlv(1, 16);
            writer.Satoshi(range.Minimum, "min_fee_satoshis");
            writer.Satoshi(range.Maximum, "max_fee_satoshis");
        }
        writer.EndTlvs();
    }

    internal static ClosingSigned Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var fee = reader.Satoshi("fee_satoshis");
        var signature = reader.Signature();
        var tlvs = reader.Tlvs("closing_signed_tlvs");
        FeeRange? range = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    range = new FeeRange(tlvs.Value.Satoshi("min_fee_satoshis"), tlvs.Value.Satoshi("max_fee_satoshis"));
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new ClosingSigned(channelId, fee, signature) { FeeRange = range, Extension = tlvs.Unknown };
    }
}
