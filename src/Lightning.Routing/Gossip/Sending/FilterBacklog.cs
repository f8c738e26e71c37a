using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Sending;

/// <summary>What is known already and passes a new filter, channel by channel: only the place is remembered.</summary>
internal sealed class FilterBacklog(GossipTable table, TimestampFilter filter)
{
    /// <summary>So many channels are looked at in one go.</summary>
    private const int Stride = 2_000;

    private readonly NodeSet _sent = new();
    private ulong _next;

    public bool IsDone { get; private set; }

    /// <summary>Adds some messages, or none although there are more.</summary>
    public void Next(int most, List<OutgoingGossip> output)
    {
        var begin = output.Count;
        var index = table.LowerBound(new ShortChannelId(_next));
        var end = Math.Min(table.ChannelCount, index + Stride);
        for (; index < end && output.Count - begin < most; index++)
        {
            var channel = table[index];
            _next = channel.ShortChannelId.Value + 1;
            if (channel.IsRelayed) ChannelGossip.Add(channel, Wanted(channel), _sent, output);
        }

        IsDone = index >= table.ChannelCount;
    }

    // An announcement has the timestamp of any update; without one it is not sent.
    private QueryFlags Wanted(KnownChannel channel)
    {
        var flags = QueryFlags.None;
        if (channel.Update(0) is { IsRelayed: true } first && filter.Admits(first.Timestamp)) flags |= QueryFlags.ChannelAnnouncement | QueryFlags.ChannelUpdate1;
        if (channel.Update(1) is { IsRelayed: true } second && filter.Admits(second.Timestamp)) flags |= QueryFlags.ChannelAnnouncement | QueryFlags.ChannelUpdate2;
        if (filter.Admits(channel.Node1.Timestamp)) flags |= QueryFlags.NodeAnnouncement1;
        if (filter.Admits(channel.Node2.Timestamp)) flags |= QueryFlags.NodeAnnouncement2;
        return flags;
    }
}
