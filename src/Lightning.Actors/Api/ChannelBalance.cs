namespace Lightning.Actors.Api;

/// <summary>What all channels hold together.</summary>
public sealed record ChannelBalance
{
    /// <summary>Ours in open channels.</summary>
    public required MilliSatoshi Local { get; init; }

    /// <summary>The peers' in open channels.</summary>
    public required MilliSatoshi Remote { get; init; }

    /// <summary>In HTLCs offered to us.</summary>
    public MilliSatoshi UnsettledLocal { get; init; }

    /// <summary>In HTLCs we offered.</summary>
    public MilliSatoshi UnsettledRemote { get; init; }

    /// <summary>Ours in channels being opened.</summary>
    public MilliSatoshi PendingOpenLocal { get; init; }

    /// <summary>The peers' in channels being opened.</summary>
    public MilliSatoshi PendingOpenRemote { get; init; }
}
