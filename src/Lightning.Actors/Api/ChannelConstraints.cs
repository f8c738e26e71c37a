namespace Lightning.Actors.Api;

/// <summary>The limits that one side of a channel must keep (BOLT 2).</summary>
public sealed record ChannelConstraints
{
    /// <summary>Below this an output is dust.</summary>
    public required Satoshi DustLimit { get; init; }

    /// <summary>What this side must keep in the channel.</summary>
    public required Satoshi ChannelReserve { get; init; }

    /// <summary>Most that may be in HTLCs offered to this side.</summary>
    public required MilliSatoshi MaxHtlcValueInFlight { get; init; }

    /// <summary>Smallest HTLC.</summary>
    public required MilliSatoshi HtlcMinimum { get; init; }

    /// <summary>Blocks this side's own funds wait after it publishes its commitment.</summary>
    public required ushort ToSelfDelay { get; init; }

    /// <summary>Most HTLCs at once.</summary>
    public required ushort MaxAcceptedHtlcs { get; init; }
}
