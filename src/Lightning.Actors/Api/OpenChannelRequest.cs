namespace Lightning.Actors.Api;

/// <summary>A channel to open.</summary>
public sealed record OpenChannelRequest
{
    /// <summary>The peer; must be connected.</summary>
    public required NodeId Peer { get; init; }

    /// <summary>The channel's capacity, all of it ours but for what is pushed.</summary>
    public required Satoshi Capacity { get; init; }

    /// <summary>Given to the peer at the start.</summary>
    public MilliSatoshi Push { get; init; }

    /// <summary>Feerate of the funding transaction; null lets the node choose.</summary>
    public FeeratePerKw? FundingFeerate { get; init; }

    /// <summary>Blocks within which the funding transaction should confirm, for a feerate that the node chooses; null for its default.</summary>
    public uint? ConfirmationTarget { get; init; }

    /// <summary>Not announced to the network.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Smallest HTLC we accept; null for the node's default.</summary>
    public MilliSatoshi? HtlcMinimum { get; init; }

    /// <summary>Blocks the peer's own funds wait after it force-closes; null for the node's default.</summary>
    public ushort? ToSelfDelay { get; init; }

    /// <summary>Where our part goes at a cooperative closing; null for the wallet.</summary>
    public string? CloseAddress { get; init; }
}
