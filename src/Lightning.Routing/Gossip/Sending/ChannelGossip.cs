using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Sending;

/// <summary>The kept messages about one channel that may be sent to others, in the order in which they must be.</summary>
internal static class ChannelGossip
{
    /// <summary>Adds what is wanted.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="flags">What is wanted.</param>
    /// <param name="sent">Nodes whose announcement is not sent again.</param>
    /// <param name="output">Where it is added.</param>
    public static void Add(KnownChannel channel, QueryFlags flags, NodeSet sent, List<OutgoingGossip> output)
    {
        if (flags.HasFlag(QueryFlags.ChannelAnnouncement)) Add(channel.Location, output);
        if (flags.HasFlag(QueryFlags.ChannelUpdate1)) AddUpdate(channel, 0, output);
        if (flags.HasFlag(QueryFlags.ChannelUpdate2)) AddUpdate(channel, 1, output);
        if (flags.HasFlag(QueryFlags.NodeAnnouncement1)) AddNode(channel.Node1, sent, output);
        if (flags.HasFlag(QueryFlags.NodeAnnouncement2)) AddNode(channel.Node2, sent, output);
    }

    private static void AddUpdate(KnownChannel channel, int direction, List<OutgoingGossip> output)
    {
        if (channel.Update(direction) is { IsRelayed: true } update) Add(update.Location, output);
    }

    private static void AddNode(KnownNode node, NodeSet sent, List<OutgoingGossip> output)
    {
        if (node is { IsRelayed: true, Location: not GossipTable.Nowhere } && sent.Add(node)) Add(node.Location, output);
    }

    private static void Add(long location, List<OutgoingGossip> output)
    {
        if (location != GossipTable.Nowhere) output.Add(OutgoingGossip.Kept(location));
    }
}
