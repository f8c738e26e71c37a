using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Messages;

namespace Lightning.Protocol.Gossip;

/// <summary>Signs and checks announcements (BOLT 7). Each signature signs the double SHA-256 of all that follows the signatures.</summary>
public static class GossipSignatures
{
    /// <summary>Whether all four signatures are valid: both nodes and both funding keys agree on the message.</summary>
    public static bool Verify(ChannelAnnouncement announcement)
    {
        var hash = announcement.SignedHash();
        return announcement.NodeId1.Key.Verify(hash, announcement.NodeSignature1)
            && announcement.NodeId2.Key.Verify(hash, announcement.NodeSignature2)
            && announcement.BitcoinKey1.Verify(hash, announcement.BitcoinSignature1)
            && announcement.BitcoinKey2.Verify(hash, announcement.BitcoinSignature2);
    }

    /// <summary>Whether the node signed it.</summary>
    public static bool Verify(NodeAnnouncement announcement) => announcement.NodeId.Key.Verify(announcement.SignedHash(), announcement.Signature);

    /// <summary>Whether a node signed it: node 1 of the channel where the direction is 0, node 2 where it is 1.</summary>
    public static bool Verify(ChannelUpdate update, NodeId signer) => signer.Key.Verify(update.SignedHash(), update.Signature);

    /// <summary>Whether the channel's node for the update's direction signed it.</summary>
    public static bool Verify(ChannelUpdate update, ChannelAnnouncement announcement) =>
        update.ShortChannelId == announcement.ShortChannelId && Verify(update, update.Direction == 0 ? announcement.NodeId1 : announcement.NodeId2);

    /// <summary>Whether both of the peer's signatures fit an announcement that lacks them still.</summary>
    /// <param name="announcement">The announcement that both sides sign.</param>
    /// <param name="signatures">What the peer sent.</param>
    /// <param name="peer">The peer: one of the announcement's nodes.</param>
    public static bool Verify(ChannelAnnouncement announcement, AnnouncementSignatures signatures, NodeId peer)
    {
        if (announcement.ShortChannelId != signatures.ShortChannelId || (announcement.NodeId1 != peer && announcement.NodeId2 != peer)) return false;
        var hash = announcement.SignedHash();
        var bitcoinKey = announcement.NodeId1 == peer ? announcement.BitcoinKey1 : announcement.BitcoinKey2;
        return peer.Key.Verify(hash, signatures.NodeSignature) && bitcoinKey.Verify(hash, signatures.BitcoinSignature);
    }

    /// <summary>The announcement with the signature of its node.</summary>
    public static NodeAnnouncement Sign(NodeAnnouncement announcement, Key nodeKey) => announcement with { Signature = nodeKey.Sign((announcement with { }).SignedHash()) };

    /// <summary>The update with the signature of its node.</summary>
    public static ChannelUpdate Sign(ChannelUpdate update, Key nodeKey) => update with { Signature = nodeKey.Sign((update with { }).SignedHash()) };

    /// <summary>The announcement with one side's signatures put where they belong.</summary>
    public static ChannelAnnouncement WithSignatures(ChannelAnnouncement announcement, NodeId signer, EcdsaSignature nodeSignature, EcdsaSignature bitcoinSignature) =>
        announcement.NodeId1 == signer ? announcement with { NodeSignature1 = nodeSignature, BitcoinSignature1 = bitcoinSignature }
        : announcement.NodeId2 == signer ? announcement with { NodeSignature2 = nodeSignature, BitcoinSignature2 = bitcoinSignature }
        : throw new ArgumentException($"{signer} is not a node of this channel.", nameof(signer));
}
