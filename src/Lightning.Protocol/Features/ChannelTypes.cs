namespace Lightning.Protocol.Features;

/// <summary>The values of channel_type that this node opens (BOLT 2): even bits only.</summary>
public static class ChannelTypes
{
    /// <summary>option_static_remotekey alone.</summary>
    public static FeatureSet StaticRemoteKey { get; } = FeatureSet.FromBits(Feature.StaticRemoteKey.MandatoryBit);

    /// <summary>option_static_remotekey and option_anchors: anchors, HTLC transactions without fee.</summary>
    public static FeatureSet Anchors { get; } = FeatureSet.FromBits(Feature.StaticRemoteKey.MandatoryBit, Feature.Anchors.MandatoryBit);
}
