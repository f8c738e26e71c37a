using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Sending;

/// <summary>What a peer wants to be told of (BOLT 7, <c>gossip_timestamp_filter</c>).</summary>
/// <param name="First">The first timestamp.</param>
/// <param name="Range">How many timestamps from there on.</param>
public readonly record struct TimestampFilter(uint First, uint Range)
{
    /// <summary>From the message.</summary>
    public static TimestampFilter From(GossipTimestampFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new TimestampFilter(filter.FirstTimestamp, filter.TimestampRange);
    }

    /// <summary>Whether it lets a timestamp through.</summary>
    public bool Admits(uint timestamp) => timestamp >= First && timestamp - First < Range;
}
