using Lightning.Channels.Events;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.Backup;

/// <summary>
/// All of a channel that is needed, beside the node's seed, to find its money on chain: what never changes. It holds no commitment, so that nothing can be published from it.
/// </summary>
/// <param name="Parameters">What never changes.</param>
/// <param name="Funding">The funding output.</param>
/// <param name="BlockHeight">A height before which nothing can have happened to it.</param>
public sealed record ChannelBackup(ChannelParameters Parameters, FundingOutput Funding, uint BlockHeight)
{
    /// <summary>Where the peer was reached, <c>host:port</c>; empty where only the peer has called.</summary>
    public EquatableArray<string> Addresses { get; init; }

    /// <summary>Where the funding stands on chain; null before it is confirmed.</summary>
    public ShortChannelId? ShortChannelId { get; init; }
}
