using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;
using Lightning.Protocol.Wire;

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

    private protected override int SignedOffset => 2 + EcdsaSignature.Size;

    internal override void Write(ref WireWriter writer)
    {
        writer.Signature(Signature);
        writer.U16Prefixed(Features.Bytes.Span, "features");
        writer.U32(Timestamp);
        writer.Point(NodeId.Key);
        writer.U8((byte)(RgbColor >> 16));
        writer.U16((ushort)RgbColor);
        writer.Bytes32(Alias.Value);
        var length = UnknownAddresses.Length;
        foreach (var address in Addresses) length += address.EncodedLength;
        writer.U16Length(length, "addresses");
        foreach (var address in Addresses) address.Write(ref writer);
        writer.Raw(UnknownAddresses.Span);
        writer.Raw(ExcessData.Span);
    }

    internal static NodeAnnouncement Read(ref WireReader reader)
    {
        var message = new NodeAnnouncement
        {
            Signature = reader.Signature(),
            Features = FeatureSet.FromBytes(reader.TakeU16Prefixed("features")),
            Timestamp = reader.U32("timestamp"),
            NodeId = reader.NodeId("node_id"),
            RgbColor = ((uint)reader.U8("rgb_color") << 16) | reader.U16("rgb_color"),
            Alias = new NodeAlias(reader.Bytes32("alias")),
        };
        var descriptors = new WireReader(reader.TakeU16Prefixed("addresses"));
        var addresses = ImmutableArray.CreateBuilder<NodeAddress>();
        while (NodeAddress.TryRead(ref descriptors, out var address)) addresses.Add(address);
        return message with
        {
            Addresses = addresses.ToImmutable(),
            UnknownAddresses = new Bytes(descriptors.TakeRest()),
            ExcessData = new Bytes(reader.TakeRest()),
        };
    }
}
