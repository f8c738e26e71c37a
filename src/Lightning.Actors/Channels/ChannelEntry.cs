using Lightning.Channels.Announcing;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Actors.Channels;

/// <summary>A channel as its entity last wrote it.</summary>
/// <param name="Key">Our own key.</param>
/// <param name="State">The state; its amounts are read from it when somebody asks.</param>
/// <param name="ShortChannelId">Where the funding stands on chain; null before it is confirmed.</param>
/// <param name="RemoteAlias">What the peer accepts for the channel; null for none.</param>
/// <param name="IsReady">Whether both sides have sent channel_ready.</param>
/// <param name="IsClosing">Whether it takes no new HTLCs any more.</param>
internal sealed record ChannelEntry(
    LocalChannelKey Key,
    ChannelState State,
    ShortChannelId? ShortChannelId,
    ShortChannelId? RemoteAlias,
    bool IsReady,
    bool IsClosing)
{
    /// <summary>What has gone through it.</summary>
    public ChannelTotals Totals { get; init; }

    /// <summary>The state, once the channel is funded.</summary>
    public FundedState? Funded => State as FundedState;

    /// <summary>The funding output; null before there is one.</summary>
    public OutPoint? Funding => Funded?.Commitments.Latest.Funding.OutPoint;

    /// <summary>The name by which the peer may know the channel without knowing where its money stands.</summary>
    public ShortChannelId Alias => Aliases.Of(Key);

    /// <summary>The peer; null before the channel is agreed.</summary>
    public NodeId? Peer => State.Parameters?.Peer;

    /// <summary>Whether HTLCs can be offered on it now.</summary>
    public bool IsUsable => IsReady && !IsClosing && State.Link.IsOnline && Funded is not { Transient.IsAudited: false };
}
