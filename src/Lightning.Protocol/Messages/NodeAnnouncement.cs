using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;

namespace Lightning.Protocol.Messages;

/// <summary>Tells about a node (BOLT 7, type 257).</summary>
public sealed record NodeAnnouncement : SignedGossipMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.NodeAnnouncement;

    /// <summary>Signature by the node.</summary>
    public required EcdsaSignature Signature { get; init; }

    /// <summary>Features of the node (BOLT 9, context N).</summary>
    public FeatureSet Features { get; init; }

    /// <summary>Orders announcements; seconds since 1970 by custom.</summary>
    public required uint Timestamp { get; init; }

    /// <summary>The node.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>Red, green and blue for maps, as 0xRRGGBB.</summary>
    public uint RgbColor { get; init; }

    /// <summary>The node's name, UTF-8 padded with zeros to 32 bytes; chosen by the node, so never to be trusted: see <see cref="NodeAlias.Text"/>.</summary>
    public NodeAlias Alias { get; init; }

    /// <summary>Where it accepts connections, in the order of the message.</summary>
    public EquatableArray<NodeAddress> Addresses { get; init; }

    /// <summary>Address descriptors from the first one of unknown type on.</summary>
    public Bytes UnknownAddresses { get; init; }
}
