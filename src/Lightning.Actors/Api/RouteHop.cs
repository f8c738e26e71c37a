namespace Lightning.Actors.Api;

/// <summary>One hop of a route.</summary>
public sealed record RouteHop
{
    /// <summary>The node at the channel's end.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>The channel.</summary>
    public required ShortChannelId ShortChannelId { get; init; }

    /// <summary>The channel's capacity; zero where not known.</summary>
    public Satoshi ChannelCapacity { get; init; }

    /// <summary>What the node passes on; at the last hop, what it gets.</summary>
    public required MilliSatoshi AmountToForward { get; init; }

    /// <summary>What the node keeps.</summary>
    public required MilliSatoshi Fee { get; init; }

    /// <summary>Block height at which the HTLC that the node passes on (at the last hop: gets) times out.</summary>
    public required uint OutgoingCltvExpiry { get; init; }
}
