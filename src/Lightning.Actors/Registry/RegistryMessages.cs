using Lightning.Actors.Api;
using Lightning.Actors.Serialization;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Registry;

/// <summary>A channel must be awake from now on. Answered by <see cref="Channels.ChannelRegistered"/> once that is durable; repeated until then.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Peer">Its peer.</param>
/// <param name="Id">Its id on the wire.</param>
/// <param name="Funding">Its funding output.</param>
internal sealed record RegisterChannel(LocalChannelKey Channel, NodeId Peer, ChannelId Id, OutPoint Funding) : ISerialized;

/// <summary>A channel is over.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Summary">What is kept of it for people; null where it never was a channel on chain.</param>
internal sealed record UnregisterChannel(LocalChannelKey Channel, ClosedChannel? Summary) : ISerialized;

/// <summary>A channel has ended on chain. It goes on watching, in case that a reorganisation undoes its end, and so it stays registered.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Summary">What is kept of it for people.</param>
internal sealed record SettleChannel(LocalChannelKey Channel, ClosedChannel Summary) : ISerialized;

/// <summary>A reorganisation undid the end of a channel.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record UnsettleChannel(LocalChannelKey Channel) : ISerialized;

/// <summary>Asks which channels are over; answered by <see cref="ClosedChannels"/>.</summary>
internal sealed record ListClosed : ISerialized
{
    /// <summary>The only instance.</summary>
    public static ListClosed Instance { get; } = new();
}

/// <summary>The channels that are over, oldest first.</summary>
internal sealed record ClosedChannels(EquatableArray<(LocalChannelKey Key, ClosedChannel Summary)> Channels) : ISerialized;

/// <summary>A channel exists.</summary>
internal sealed record ChannelListed(LocalChannelKey Channel, NodeId Peer, ChannelId Id, OutPoint Funding) : ISerialized;

/// <summary>A channel exists no more.</summary>
internal sealed record ChannelDelisted(LocalChannelKey Channel, ClosedChannel? Summary) : ISerialized;

/// <summary>A channel has ended on chain, and still exists.</summary>
internal sealed record ChannelSettled(LocalChannelKey Channel, ClosedChannel Summary) : ISerialized;

/// <summary>The end of a channel was undone.</summary>
internal sealed record ChannelUnsettled(LocalChannelKey Channel) : ISerialized;
