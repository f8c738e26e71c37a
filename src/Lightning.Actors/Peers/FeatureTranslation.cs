using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;

namespace Lightning.Actors.Peers;

/// <summary>From the feature bits of two nodes to what their channels can use.</summary>
internal static class FeatureTranslation
{
    private static readonly (Feature Feature, ChannelFeatures Channel)[] Pairs =
    [
        (Feature.UpfrontShutdownScript, ChannelFeatures.UpfrontShutdownScript),
        (Feature.StaticRemoteKey, ChannelFeatures.StaticRemoteKey),
        (Feature.SupportLargeChannel, ChannelFeatures.LargeChannels),
        (Feature.Anchors, ChannelFeatures.Anchors),
        (Feature.ShutdownAnySegwit, ChannelFeatures.ShutdownAnySegwit),
        (Feature.ScidAlias, ChannelFeatures.ScidAlias),
        (Feature.ZeroConf, ChannelFeatures.ZeroConf),
        (Feature.SimpleClose, ChannelFeatures.SimpleClose),
        (Feature.AttributionData, ChannelFeatures.AttributionData),
        (Feature.DualFund, ChannelFeatures.DualFund),
    ];

    /// <summary>What both show.</summary>
    public static ChannelFeatures Common(FeatureSet ours, FeatureSet theirs)
    {
        var common = ChannelFeatures.None;
        foreach (var (feature, channel) in Pairs)
        {
            if (Shows(ours, feature) && Shows(theirs, feature)) common |= channel;
        }

        return common;
    }

    private static bool Shows(FeatureSet features, Feature feature) => feature.IsAssumed || features.HasBit(feature.MandatoryBit) || features.HasBit(feature.OptionalBit);
}
