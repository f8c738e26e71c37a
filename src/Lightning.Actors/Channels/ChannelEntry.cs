using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Actors.Channels;

/// <summary>A channel as its entity last wrote it.</summary>
/// <param name="Key">Our own key.</param>
/// <param name="State">The state; its amounts are read from it when somebody asks.</param>
/// <param name="Funding">The funding output; null before there is one.</param>
/// <param name="ShortChannelId">Where the funding stands on chain; null before it is confirmed.</param>
/// <param name="RemoteAlias">What the peer accepts for the channel; null for none.</param>
/// <param name="IsReady">Whether both sides have sent channel_ready.</param>
/// <param name="IsClosing">Whether it takes no new HTLCs any more.</param>
internal sealed record ChannelEntry(
    LocalChannelKey Key,
    ChannelState State,
    OutPoint? Funding,
    ShortChannelId? ShortChannelId,
    ShortChannelId? RemoteAlias,
    bool IsReady,
    bool IsClosing);
