using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;

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
}
