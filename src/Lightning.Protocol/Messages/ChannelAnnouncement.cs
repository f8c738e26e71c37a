using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Proves that a channel exists and who owns it (BOLT 7, type 256). Node 1 has the lesser compressed key.</summary>
public sealed record ChannelAnnouncement : SignedGossipMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ChannelAnnouncement;

    /// <summary>Signature by node 1.</summary>
    public required EcdsaSignature NodeSignature1 { get; init; }

    /// <summary>Signature by node 2.</summary>
    public required EcdsaSignature NodeSignature2 { get; init; }

    /// <summary>Signature by the funding key of node 1.</summary>
    public required EcdsaSignature BitcoinSignature1 { get; init; }

    /// <summary>Signature by the funding key of node 2.</summary>
    public required EcdsaSignature BitcoinSignature2 { get; init; }

    /// <summary>Features of the channel (BOLT 9, context C).</summary>
    public FeatureSet Features { get; init; }

    /// <summary>Genesis hash of the chain.</summary>
    public required BlockHash ChainHash { get; init; }

    /// <summary>Where the funding output stands.</summary>
    public required ShortChannelId ShortChannelId { get; init; }

    /// <summary>Node 1.</summary>
    public required NodeId NodeId1 { get; init; }

    /// <summary>Node 2.</summary>
    public required NodeId NodeId2 { get; init; }

    /// <summary>Funding key of node 1.</summary>
    public required PubKey BitcoinKey1 { get; init; }

    /// <summary>Funding key of node 2.</summary>
    public required PubKey BitcoinKey2 { get; init; }

    private protected override int SignedOffset => 2 + (4 * EcdsaSignature.Size);

    internal override void Write(ref WireWriter writer)
    {
        writer.Signature(NodeSignature1);
        writer.Signature(NodeSignature2);
        writer.Signature(BitcoinSignature1);
        writer.Signature(BitcoinSignature2);
        writer.U16Prefixed(Features.Bytes.Span, "features");
        writer.Bytes32(ChainHash.Value);
        writer.U64(ShortChannelId.Value);
        writer.Point(NodeId1.Key);
        writer.Point(NodeId2.Key);
        writer.Point(BitcoinKey1);
        writer.Point(BitcoinKey2);
        writer.Raw(ExcessData.Span);
    }

    internal static ChannelAnnouncement Read(ref WireReader reader) => new()
    {
        NodeSignature1 = reader.Signature("node_signature_1"),
        NodeSignature2 = reader.Signature("node_signature_2"),
        BitcoinSignature1 = reader.Signature("bitcoin_signature_1"),
        BitcoinSignature2 = reader.Signature("bitcoin_signature_2"),
        Features = FeatureSet.FromBytes(reader.TakeU16Prefixed("features")),
        ChainHash = reader.ChainHash(),
        ShortChannelId = reader.ShortChannelId(),
        NodeId1 = reader.NodeId("node_id_1"),
        NodeId2 = reader.NodeId("node_id_2"),
        BitcoinKey1 = reader.Point("bitcoin_key_1"),
        BitcoinKey2 = reader.Point("bitcoin_key_2"),
        ExcessData = new Bytes(reader.TakeRest()),
    };
}
