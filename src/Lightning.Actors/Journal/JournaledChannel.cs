using Lightning.Channels.Parameters;

namespace Lightning.Actors.Journal;

/// <summary>A channel that the journal knows.</summary>
/// <param name="Key">The node's own name of it.</param>
/// <param name="Events">Number of its events.</param>
/// <param name="First">When the first one was written.</param>
/// <param name="Last">When the last one was written.</param>
public sealed record JournaledChannel(LocalChannelKey Key, long Events, DateTimeOffset First, DateTimeOffset Last)
{
    /// <summary>The other node; null where the channel was never funded.</summary>
    public NodeId? Peer { get; init; }

    /// <summary>The funding output; null where there never was one.</summary>
    public OutPoint? Funding { get; init; }

    /// <summary>The channel's id on the wire; null without a funding output.</summary>
    public ChannelId? Id => Funding is { } funding ? ChannelId.FromFunding(funding) : null;

    /// <summary>Where the funding output is; null where it was never deep enough.</summary>
    public ShortChannelId? ShortChannelId { get; init; }

    /// <summary>All that it can be called by.</summary>
    private IEnumerable<string?> Names => [Key.ToString(), Funding?.ToString(), Id?.ToString(), ShortChannelId?.ToString()];

    /// <summary>The channels that a name may mean: funding outpoint, short channel id, channel id or local key, or the beginning of one of them. A full name goes before beginnings.</summary>
    /// <param name="channels">The channels there are.</param>
    /// <param name="name">The name; upper and lower case are one.</param>
    public static IReadOnlyList<JournaledChannel> Matching(IReadOnlyList<JournaledChannel> channels, string name)
    {
        ArgumentNullException.ThrowIfNull(channels);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var exact = channels.Where(channel => channel.Names.Any(one => string.Equals(one, name, StringComparison.OrdinalIgnoreCase))).ToList();
        return exact.Count > 0 ? exact : [.. channels.Where(channel => channel.Names.Any(one => one?.StartsWith(name, StringComparison.OrdinalIgnoreCase) == true))];
    }
}
