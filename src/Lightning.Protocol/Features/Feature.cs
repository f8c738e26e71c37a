namespace Lightning.Protocol.Features;

/// <summary>An assigned feature (BOLT 9): a pair of bits, the even one to require it, the odd one to offer it.</summary>
public sealed class Feature
{
    private Feature(string name, int bit, FeatureContexts contexts, bool assumed = false, params Feature[] dependencies) =>
        (Name, MandatoryBit, Contexts, IsAssumed, Dependencies) = (name, bit, contexts, assumed, dependencies);

    /// <summary>The name of the specification.</summary>
    public string Name { get; }

    /// <summary>The even bit.</summary>
    public int MandatoryBit { get; }

    /// <summary>The odd bit.</summary>
    public int OptionalBit => MandatoryBit + 1;

    /// <summary>Where it may be shown. For assumed features the contexts they had before they were assumed, because older peers still look for them.</summary>
    public FeatureContexts Contexts { get; }

    /// <summary>Whether every node is taken to have it, shown or not.</summary>
    public bool IsAssumed { get; }

    /// <summary>Features that must be shown with it.</summary>
    public IReadOnlyList<Feature> Dependencies { get; }

    /// <summary>Reestablishing proves knowledge of the last secret.</summary>
    public static Feature DataLossProtect { get; } = new("option_data_loss_protect", 0, FeatureContexts.Init | FeatureContexts.NodeAnnouncement, assumed: true);

    /// <summary>Commits to a closing script when a channel is opened.</summary>
    public static Feature UpfrontShutdownScript { get; } = new("option_upfront_shutdown_script", 4, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>Has gossip worth asking for.</summary>
    public static Feature GossipQueries { get; } = new("gossip_queries", 6, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>Onions with TLV payloads.</summary>
    public static Feature VarOnionOptin { get; } = new("var_onion_optin", 8, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.Invoice, assumed: true);

    /// <summary>Gossip queries with more information.</summary>
    public static Feature GossipQueriesEx { get; } = new("gossip_queries_ex", 10, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>The key of to_remote never changes.</summary>
    public static Feature StaticRemoteKey { get; } = new("option_static_remotekey", 12, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.ChannelType, assumed: true);

    /// <summary>Payments carry the secret of the invoice.</summary>
    public static Feature PaymentSecret { get; } = new("payment_secret", 14, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.Invoice, assumed: true);

    /// <summary>Receives payments in several parts.</summary>
    public static Feature BasicMpp { get; } = new("basic_mpp", 16, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.Invoice, assumed: false, PaymentSecret);

    /// <summary>Channels above 2^24 satoshi.</summary>
    public static Feature SupportLargeChannel { get; } = new("option_support_large_channel", 18, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>Commitments with anchors and HTLC transactions without fee.</summary>
    public static Feature Anchors { get; } = new("option_anchors", 22, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.ChannelType);

    /// <summary>Blinded paths.</summary>
    public static Feature RouteBlinding { get; } = new("option_route_blinding", 24, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.Invoice);

    /// <summary>Any segwit version in shutdown.</summary>
    public static Feature ShutdownAnySegwit { get; } = new("option_shutdown_anysegwit", 26, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>Channel opening v2.</summary>
    public static Feature DualFund { get; } = new("option_dual_fund", 28, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>The stfu message.</summary>
    public static Feature Quiesce { get; } = new("option_quiesce", 34, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>Says who held an HTLC how long.</summary>
    public static Feature AttributionData { get; } = new("option_attribution_data", 36, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.Invoice);

    /// <summary>Forwards onion messages.</summary>
    public static Feature OnionMessages { get; } = new("option_onion_messages", 38, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>Keeps peers' encrypted backups.</summary>
    public static Feature ProvideStorage { get; } = new("option_provide_storage", 42, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>Channels are opened with a channel_type.</summary>
    public static Feature ChannelType { get; } = new("option_channel_type", 44, FeatureContexts.Init | FeatureContexts.NodeAnnouncement, assumed: true);

    /// <summary>Aliases in place of short channel ids.</summary>
    public static Feature ScidAlias { get; } = new("option_scid_alias", 46, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.ChannelType);

    /// <summary>Payments carry the metadata of the invoice.</summary>
    public static Feature PaymentMetadata { get; } = new("option_payment_metadata", 48, FeatureContexts.Invoice);

    /// <summary>Channels that are used before they confirm.</summary>
    public static Feature ZeroConf { get; } = new("option_zeroconf", 50, FeatureContexts.Init | FeatureContexts.NodeAnnouncement | FeatureContexts.ChannelType, assumed: false, ScidAlias);

    /// <summary>Closing by closing_complete and closing_sig.</summary>
    public static Feature SimpleClose { get; } = new("option_simple_close", 60, FeatureContexts.Init | FeatureContexts.NodeAnnouncement, assumed: false, ShutdownAnySegwit);

    /// <summary>Replaces the funding transaction of a live channel.</summary>
    public static Feature Splice { get; } = new("option_splice", 62, FeatureContexts.Init | FeatureContexts.NodeAnnouncement);

    /// <summary>All of them, by bit.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        DataLossProtect, UpfrontShutdownScript, GossipQueries, VarOnionOptin, GossipQueriesEx, StaticRemoteKey, PaymentSecret, BasicMpp,
        SupportLargeChannel, Anchors, RouteBlinding, ShutdownAnySegwit, DualFund, Quiesce, AttributionData, OnionMessages,
        ProvideStorage, ChannelType, ScidAlias, PaymentMetadata, ZeroConf, SimpleClose, Splice,
    ];

    /// <summary>The feature that a bit belongs to, or null.</summary>
    public static Feature? FromBit(int bit)
    {
        foreach (var feature in All)
        {
            if (feature.MandatoryBit == (bit & ~1)) return feature;
        }

        return null;
    }

    /// <summary>The name of the specification.</summary>
    public override string ToString() => Name;
}
