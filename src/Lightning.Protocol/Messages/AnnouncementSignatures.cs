using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>The sender's half of the signatures of a channel_announcement (BOLT 7, type 259).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="ShortChannelId">Where its funding output stands.</param>
/// <param name="NodeSignature">By the sender's node key.</param>
/// <param name="BitcoinSignature">By the sender's funding key.</param>
public sealed record AnnouncementSignatures(ChannelId ChannelId, ShortChannelId ShortChannelId, EcdsaSignature NodeSignature, EcdsaSignature BitcoinSignature)
    : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.AnnouncementSignatures;

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U64(ShortChannelId.Value);
        writer.Signature(NodeSignature);
        writer.Signature(BitcoinSignature);
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static AnnouncementSignatures Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var shortChannelId = reader.ShortChannelId();
        var nodeSignature = reader.Signature("node_signature");
        var bitcoinSignature = reader.Signature("bitcoin_signature");
        var tlvs = reader.Tlvs("announcement_signatures_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new AnnouncementSignatures(channelId, shortChannelId, nodeSignature, bitcoinSignature) { Extension = tlvs.Unknown };
    }
}
