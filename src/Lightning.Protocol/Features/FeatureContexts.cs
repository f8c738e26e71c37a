namespace Lightning.Protocol.Features;

/// <summary>Where a feature may be shown (BOLT 9, column Context).</summary>
[Flags]
public enum FeatureContexts
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>I: in init.</summary>
    Init = 1,

    /// <summary>N: in node_announcement.</summary>
    NodeAnnouncement = 2,

    /// <summary>C: in channel_announcement.</summary>
    ChannelAnnouncement = 4,

    /// <summary>9: in BOLT 11 invoices.</summary>
    Invoice = 8,

    /// <summary>B: in the allowed_features of a blinded path.</summary>
    BlindedPath = 16,

    /// <summary>T: in channel_type.</summary>
    ChannelType = 32,
}
