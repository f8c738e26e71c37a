namespace Lightning.Protocol.Features;

/// <summary>What this node shows unless it is configured otherwise.</summary>
public static class DefaultFeatures
{
    /// <summary>All features with whether each is required, without regard to contexts.</summary>
    public static FeatureSet All { get; } = FeatureSet.Empty
        .With(Feature.DataLossProtect, mandatory: true)
        .With(Feature.UpfrontShutdownScript)
        .With(Feature.GossipQueries)
        .With(Feature.VarOnionOptin, mandatory: true)
        .With(Feature.StaticRemoteKey, mandatory: true)
        .With(Feature.PaymentSecret, mandatory: true)
        .With(Feature.BasicMpp)
        .With(Feature.Anchors)
        .With(Feature.ShutdownAnySegwit)
        .With(Feature.AttributionData)
        .With(Feature.ChannelType)
        .With(Feature.ScidAlias)
        .With(Feature.SimpleClose);

    /// <summary>For init.</summary>
    public static FeatureSet Init { get; } = All.In(FeatureContexts.Init);

    /// <summary>For node_announcement.</summary>
    public static FeatureSet NodeAnnouncement { get; } = All.In(FeatureContexts.NodeAnnouncement);

    /// <summary>For BOLT 11 invoices.</summary>
    public static FeatureSet Invoice { get; } = All.In(FeatureContexts.Invoice);
}
