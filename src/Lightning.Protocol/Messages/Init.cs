using Lightning.Protocol.Features;

namespace Lightning.Protocol.Messages;

/// <summary>The first message of each connection: what the sender supports and requires (BOLT 1, type 16).</summary>
/// <param name="GlobalFeatures">The historical second vector; to be joined with the other.</param>
/// <param name="Features">Feature bits.</param>
public sealed record Init(FeatureSet GlobalFeatures, FeatureSet Features) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.Init;

    /// <summary>Genesis hashes of the chains that the sender cares for; null where it did not say.</summary>
    public EquatableArray<BlockHash>? Networks { get; init; }

    /// <summary>An address descriptor (BOLT 7) with the receiver's address as the sender sees it.</summary>
    public Bytes? RemoteAddress { get; init; }

    /// <summary>Both vectors joined, as a receiver must read them.</summary>
    public FeatureSet AllFeatures => GlobalFeatures | Features;
}
