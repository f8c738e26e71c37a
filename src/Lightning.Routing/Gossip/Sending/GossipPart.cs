namespace Lightning.Routing.Gossip.Sending;

/// <summary>The messages about a channel or a node, in the order in which they are sent.</summary>
internal enum GossipPart
{
    /// <summary>The channel_announcement.</summary>
    Announcement,

    /// <summary>The channel_update of node 1.</summary>
    Update1,

    /// <summary>The channel_update of node 2.</summary>
    Update2,

    /// <summary>The node_announcement.</summary>
    Node,
}
