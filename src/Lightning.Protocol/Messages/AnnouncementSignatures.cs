using Lightning.Bitcoin.Crypto;

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
}
