namespace Lightning.Actors.Channels;

/// <summary>What has gone through a channel.</summary>
/// <param name="Pushed">push_msat of its opening.</param>
/// <param name="Sent">Paid HTLCs of this node.</param>
/// <param name="Received">Paid HTLCs of the peer.</param>
internal readonly record struct ChannelTotals(MilliSatoshi Pushed, MilliSatoshi Sent, MilliSatoshi Received);
