namespace Lightning.Routing.Gossip.Own;

/// <summary>A channel of this node, as far as its channel_update tells of it.</summary>
/// <param name="ShortChannelId">Its name: the real one where it is announced, else that or the peer's alias.</param>
/// <param name="Peer">The peer.</param>
/// <param name="Capacity">What its output holds.</param>
/// <param name="PeerMaxInFlight">The peer takes no more at once (BOLT 2, max_htlc_value_in_flight_msat).</param>
/// <param name="PeerHtlcMinimum">The peer takes no smaller HTLC (BOLT 2, htlc_minimum_msat).</param>
/// <param name="Terms">What this node asks for.</param>
/// <param name="IsAnnounced">Whether others know of it; else the update is for the peer only.</param>
/// <param name="IsDisabled">Whether nothing is forwarded over it for now.</param>
public sealed record OwnChannel(
    ShortChannelId ShortChannelId,
    NodeId Peer,
    Satoshi Capacity,
    MilliSatoshi PeerMaxInFlight,
    MilliSatoshi PeerHtlcMinimum,
    OwnTerms Terms,
    bool IsAnnounced,
    bool IsDisabled);
