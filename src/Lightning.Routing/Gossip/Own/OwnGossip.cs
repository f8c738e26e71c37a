using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Own;

/// <summary>Makes what a node says of itself and its side of its channels, to be signed (BOLT 7, the origin node).</summary>
public static class OwnGossip
{
    /// <summary>The timestamp of the next message of its kind: the time, or more where the last one has that already.</summary>
    /// <param name="last">The greatest one that was ever used, or seen of ourselves elsewhere; 0 for none.</param>
    /// <param name="now">The time.</param>
    public static uint NextTimestamp(uint last, DateTimeOffset now) => Math.Max((uint)now.ToUnixTimeSeconds(), checked(last + 1));

    /// <summary>A channel_update, unsigned.</summary>
    /// <param name="chain">Genesis hash of the chain.</param>
    /// <param name="self">This node.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="timestamp">See <see cref="NextTimestamp"/>.</param>
    public static ChannelUpdate Update(BlockHash chain, NodeId self, OwnChannel channel, uint timestamp)
    {
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(channel);
        var most = Smaller(Smaller(channel.Terms.HtlcMaximum, channel.Capacity.ToMilliSatoshi()), channel.PeerMaxInFlight);
        return new ChannelUpdate
        {
            Signature = default,
            ChainHash = chain,
            ShortChannelId = channel.ShortChannelId,
            Timestamp = timestamp,
            MessageFlags = channel.IsAnnounced ? (byte)1 : (byte)3,
            ChannelFlags = (byte)((self.CompareTo(channel.Peer) < 0 ? 0 : 1) | (channel.IsDisabled ? 2 : 0)),
            CltvExpiryDelta = channel.Terms.CltvExpiryDelta,
            HtlcMinimum = Smaller(channel.PeerHtlcMinimum, most),
            FeeBase = channel.Terms.FeeBase,
            FeeProportionalMillionths = channel.Terms.FeeProportionalMillionths,
            HtlcMaximum = most,
        };
    }

    /// <summary>A node_announcement, unsigned. Addresses that must not be announced are left out.</summary>
    /// <param name="self">This node.</param>
    /// <param name="alias">Its name.</param>
    /// <param name="color">0xRRGGBB.</param>
    /// <param name="features">What it can do.</param>
    /// <param name="addresses">Where it accepts connections.</param>
    /// <param name="timestamp">See <see cref="NextTimestamp"/>.</param>
    public static NodeAnnouncement Announcement(NodeId self, NodeAlias alias, uint color, FeatureSet features, IEnumerable<NodeAddress> addresses, uint timestamp)
    {
        var unsigned = new NodeAnnouncement
        {
            Signature = default,
            Features = features.In(FeatureContexts.NodeAnnouncement),
            Timestamp = timestamp,
            NodeId = self,
            RgbColor = color,
            Alias = alias,
            Addresses = [.. addresses.OrderBy(address => address.Type).ThenBy(address => address.ToString(), StringComparer.Ordinal)],
        };
        return unsigned with { Addresses = AnnouncedAddresses.Usable(unsigned) };
    }

    private static MilliSatoshi Smaller(MilliSatoshi left, MilliSatoshi right) => left < right ? left : right;
}
