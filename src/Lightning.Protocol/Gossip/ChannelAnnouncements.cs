using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Protocol.Gossip;

/// <summary>Makes channel_announcement messages (BOLT 7).</summary>
public static class ChannelAnnouncements
{
    /// <summary>The announcement that both sides sign, without signatures: the node with the lesser key is node 1.</summary>
    /// <param name="chainHash">Genesis hash of the chain.</param>
    /// <param name="shortChannelId">Where the funding output stands.</param>
    /// <param name="features">Features of the channel.</param>
    /// <param name="oneNode">One of the nodes.</param>
    /// <param name="oneFundingKey">Its funding key.</param>
    /// <param name="otherNode">The other node.</param>
    /// <param name="otherFundingKey">Its funding key.</param>
    public static ChannelAnnouncement Unsigned(
        BlockHash chainHash,
        ShortChannelId shortChannelId,
        FeatureSet features,
        NodeId oneNode,
        PubKey oneFundingKey,
        NodeId otherNode,
        PubKey otherFundingKey)
    {
        var isFirst = oneNode.CompareTo(otherNode) < 0;
        return new ChannelAnnouncement
        {
            NodeSignature1 = default,
            NodeSignature2 = default,
            BitcoinSignature1 = default,
            BitcoinSignature2 = default,
            Features = features,
            ChainHash = chainHash,
            ShortChannelId = shortChannelId,
            NodeId1 = isFirst ? oneNode : otherNode,
            NodeId2 = isFirst ? otherNode : oneNode,
            BitcoinKey1 = isFirst ? oneFundingKey : otherFundingKey,
            BitcoinKey2 = isFirst ? otherFundingKey : oneFundingKey,
        };
    }
}
