using Lightning.Protocol.Invoices;

namespace Lightning.Routing.Paths;

/// <summary>What to find routes for, and within which limits.</summary>
public sealed record RouteRequest
{
    /// <summary>The most blocks that an HTLC may run (BOLT 4, max_htlc_cltv).</summary>
    public const uint MaxHtlcCltv = 2016;

    /// <summary>Blocks added to what the payee asks for, because blocks may come while the payment travels.</summary>
    public const uint FinalCltvMargin = 3;

    /// <summary>This node.</summary>
    public required NodeId Source { get; init; }

    /// <summary>The payee.</summary>
    public required NodeId Target { get; init; }

    /// <summary>What is to arrive, in all parts together.</summary>
    public required MilliSatoshi Amount { get; init; }

    /// <summary>The most that all parts together may pay in fees.</summary>
    public required MilliSatoshi FeeLimit { get; init; }

    /// <summary>Our block height.</summary>
    public required uint CurrentHeight { get; init; }

    /// <summary>The time: what was learnt from earlier payments counts the less the longer ago it was.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Blocks that the last HTLC gets: see <see cref="FinalCltvExpiryDeltaOf"/>.</summary>
    public required uint FinalCltvExpiryDelta { get; init; }

    /// <summary>The most blocks that our own HTLC may run; more than <see cref="MaxHtlcCltv"/> counts as that.</summary>
    public uint MaxCltvExpiryDelta { get; init; } = MaxHtlcCltv;

    /// <summary>Our own channels that can take an HTLC now.</summary>
    public required IReadOnlyList<LocalChannel> LocalChannels { get; init; }

    /// <summary>The invoice's hints.</summary>
    public IReadOnlyList<RouteHint> RouteHints { get; init; } = [];

    /// <summary>Blinded paths to the payee. Where there are any they are the only way to it, and <see cref="Target"/> says nothing.</summary>
    public IReadOnlyList<BlindedPathTerms> BlindedPaths { get; init; } = [];

    /// <summary>The most parts; 1 where the payee does not take parts.</summary>
    public int MaxParts { get; init; } = 1;

    /// <summary>The most that one part may deliver; null for no limit.</summary>
    public MilliSatoshi? MaxPartAmount { get; init; }

    /// <summary>Channels that failed in this payment.</summary>
    public IReadOnlySet<DirectedChannel> ExcludedChannels { get; init; } = new HashSet<DirectedChannel>();

    /// <summary>Nodes that failed in this payment.</summary>
    public IReadOnlySet<NodeId> ExcludedNodes { get; init; } = new HashSet<NodeId>();

    /// <summary>Begin with one of these channels of ours; empty for any.</summary>
    public IReadOnlyList<ShortChannelId> OutgoingChannels { get; init; } = [];

    /// <summary>The node before the payee; null for any.</summary>
    public NodeId? LastHop { get; init; }

    /// <summary>Blocks for the last HTLC: what the payee asks for, a margin for blocks on the way, and padding that hides how near the payee is.</summary>
    /// <param name="minFinalCltvExpiryDelta">The invoice's.</param>
    /// <param name="padding">Random, a few dozen blocks at most (BOLT 7, "Recommendations for Routing").</param>
    public static uint FinalCltvExpiryDeltaOf(uint minFinalCltvExpiryDelta, uint padding) =>
        (uint)Math.Min(uint.MaxValue, (ulong)minFinalCltvExpiryDelta + FinalCltvMargin + padding);
}
