namespace Lightning.Channels.Parameters;

/// <summary>What both nodes of a connection support, as far as it matters to a channel (BOLT 9).</summary>
[Flags]
public enum ChannelFeatures
{
    /// <summary>Nothing beyond what every node must know.</summary>
    None = 0,

    /// <summary>option_upfront_shutdown_script.</summary>
    UpfrontShutdownScript = 1,

    /// <summary>option_static_remotekey.</summary>
    StaticRemoteKey = 2,

    /// <summary>option_support_large_channel: 2^24 sat and more.</summary>
    LargeChannels = 4,

    /// <summary>option_anchors: anchor outputs and HTLC transactions without fees.</summary>
    Anchors = 8,

    /// <summary>option_shutdown_anysegwit.</summary>
    ShutdownAnySegwit = 16,

    /// <summary>option_scid_alias.</summary>
    ScidAlias = 32,

    /// <summary>option_zeroconf.</summary>
    ZeroConf = 64,

    /// <summary>option_simple_close: closing_complete and closing_sig in place of closing_signed.</summary>
    SimpleClose = 128,

    /// <summary>option_attribution_data.</summary>
    AttributionData = 256,

    /// <summary>option_dual_fund.</summary>
    DualFund = 512,
}
