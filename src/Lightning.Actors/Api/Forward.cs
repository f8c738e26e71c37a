using Lightning.Channels.Parameters;

namespace Lightning.Actors.Api;

/// <summary>A payment of others that went through this node.</summary>
public sealed record Forward
{
    /// <summary>Its place among all of them, in the order in which they were settled, from 1.</summary>
    public required ulong Index { get; init; }

    /// <summary>When it was settled.</summary>
    public required DateTimeOffset SettledAt { get; init; }

    /// <summary>The node's own name of the channel that it came in by.</summary>
    public required LocalChannelKey IncomingKey { get; init; }

    /// <summary>Where that channel's funding stands on chain; null where it never was confirmed.</summary>
    public ShortChannelId? IncomingChannel { get; init; }

    /// <summary>The HTLC in that channel.</summary>
    public required ulong IncomingHtlcId { get; init; }

    /// <summary>The node's own name of the channel that it went out by.</summary>
    public required LocalChannelKey OutgoingKey { get; init; }

    /// <summary>Where that channel's funding stands on chain; null where it never was confirmed.</summary>
    public ShortChannelId? OutgoingChannel { get; init; }

    /// <summary>The HTLC in that channel.</summary>
    public required ulong OutgoingHtlcId { get; init; }

    /// <summary>What came in.</summary>
    public required MilliSatoshi AmountIn { get; init; }

    /// <summary>What went out.</summary>
    public required MilliSatoshi AmountOut { get; init; }

    /// <summary>What this node earned.</summary>
    public MilliSatoshi Fee => AmountIn - AmountOut;
}
