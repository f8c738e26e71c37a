namespace Lightning.Protocol.Messages;

/// <summary>What is wanted about one channel (BOLT 7, query_short_channel_ids).</summary>
[Flags]
public enum QueryFlags : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The channel_announcement.</summary>
    ChannelAnnouncement = 1,

    /// <summary>The channel_update of node 1.</summary>
    ChannelUpdate1 = 2,

    /// <summary>The channel_update of node 2.</summary>
    ChannelUpdate2 = 4,

    /// <summary>The node_announcement of node 1.</summary>
    NodeAnnouncement1 = 8,

    /// <summary>The node_announcement of node 2.</summary>
    NodeAnnouncement2 = 16,
}
