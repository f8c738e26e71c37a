namespace Lightning.Actors.Api;

/// <summary>Which page of the payments of others that were settled through this node.</summary>
public sealed record ListForwardsQuery
{
    /// <summary>Only those settled at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those settled at or before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>How many to leave out, from the first one at or after <see cref="From"/>.</summary>
    public ulong Offset { get; init; }

    /// <summary>Most to return.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Only those that came in by one of these channels; empty for any. Others are read and left out: a page of few among many is slow.</summary>
    public IReadOnlyList<ShortChannelId> IncomingChannels { get; init; } = [];

    /// <summary>Only those that went out by one of these channels; empty for any.</summary>
    public IReadOnlyList<ShortChannelId> OutgoingChannels { get; init; } = [];
}
