namespace Lightning.Routing.Paths;

/// <summary>A channel of ours that can take an HTLC now.</summary>
/// <param name="ShortChannelId">Its name: the real one or an alias, the same in every request.</param>
/// <param name="Peer">The node at the other end.</param>
/// <param name="AvailableToSend">The largest HTLC that it can take now: balance less reserve, fees and what is in flight, and the peer's limits.</param>
/// <param name="HtlcMinimum">The smallest HTLC that it can take.</param>
public sealed record LocalChannel(ShortChannelId ShortChannelId, NodeId Peer, MilliSatoshi AvailableToSend, MilliSatoshi HtlcMinimum)
{
    /// <summary>Whether it can send more than another one. Of two that can send the same the one with the lower name counts: in which order they are given decides nothing.</summary>
    internal bool IsFullerThan(LocalChannel other) =>
        AvailableToSend != other.AvailableToSend ? AvailableToSend > other.AvailableToSend : ShortChannelId.CompareTo(other.ShortChannelId) < 0;
}
