using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Signs the funder's first commitment: now it may publish the funding transaction (BOLT 2, type 35).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Signature">The sender's signature of the receiver's commitment 0.</param>
public sealed record FundingSigned(ChannelId ChannelId, EcdsaSignature Signature) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.FundingSigned;

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.Signature(Signature);
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static FundingSigned Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var signature = reader.Signature();
        var tlvs = reader.Tlvs("funding_signed_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new FundingSigned(channelId, signature) { Extension = tlvs.Unknown };
    }
}
