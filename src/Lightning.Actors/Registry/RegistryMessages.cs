using Lightning.Actors.Api;
using Lightning.Actors.Serialization;
using Lightning.Channels.Backup;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Registry;

/// <summary>A channel must be awake from now on. Answered by <see cref="Channels.ChannelRegistered"/> once that is durable; repeated until then.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Peer">Its peer.</param>
/// <param name="Id">Its id on the wire.</param>
/// <param name="Funding">Its funding output.</param>
/// <param name="Backup">What the backup must hold of it before this is answered; null from a process of an earlier version.</param>
internal sealed record RegisterChannel(LocalChannelKey Channel, NodeId Peer, ChannelId Id, OutPoint Funding, ChannelBackup? Backup) : ISerialized;

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

/// <summary>Where a peer with channels is reached, for the backup. Repeated with every start of the peer's entity.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Address"><c>host:port</c>.</param>
internal sealed record NotePeerAddress(NodeId Peer, string Address) : ISerialized;

/// <summary>Asks for what is backed up; answered by <see cref="BackedUp"/>.</summary>
internal sealed record GetBackup : ISerialized
{
    /// <summary>The only instance.</summary>
    public static GetBackup Instance { get; } = new();
}

/// <summary>The same, and <see cref="BackedUp"/> again after each change. To be repeated from time to time.</summary>
internal sealed record FollowBackup : ISerialized
{
    /// <summary>The only instance.</summary>
    public static FollowBackup Instance { get; } = new();
}

/// <summary>Goes on listening, after an answer to <see cref="FollowBackup"/>: answered only by changes.</summary>
internal sealed record FollowBackupOn : ISerialized
{
    /// <summary>The only instance.</summary>
    public static FollowBackupOn Instance { get; } = new();
}

/// <summary>Ends <see cref="FollowBackup"/>.</summary>
internal sealed record UnfollowBackup : ISerialized
{
    /// <summary>The only instance.</summary>
    public static UnfollowBackup Instance { get; } = new();
}

/// <summary>What is backed up, by channel.</summary>
/// <param name="Channels">The channels.</param>
internal sealed record BackedUp(EquatableArray<ChannelBackup> Channels) : ISerialized;

/// <summary>Makes channels of what a backup tells, but for those that are known. Answered by <see cref="ChannelsRestored"/> once that is durable.</summary>
/// <param name="Channels">The channels.</param>
internal sealed record RestoreChannels(EquatableArray<ChannelBackup> Channels) : ISerialized;

/// <summary>The answer to <see cref="RestoreChannels"/>.</summary>
/// <param name="Channels">The same channels.</param>
internal sealed record ChannelsRestored(EquatableArray<RestoredChannel> Channels) : ISerialized;

/// <summary>Asks which channels are over; answered by <see cref="ClosedChannels"/>.</summary>
internal sealed record ListClosed : ISerialized
{
    /// <summary>The only instance.</summary>
    public static ListClosed Instance { get; } = new();
}

/// <summary>The channels that are over, oldest first.</summary>
internal sealed record ClosedChannels(EquatableArray<(LocalChannelKey Key, ClosedChannel Summary)> Channels) : ISerialized;

/// <summary>A channel exists.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Peer">Its peer.</param>
/// <param name="Id">Its id on the wire.</param>
/// <param name="Funding">Its funding output.</param>
/// <param name="Backup">What the backup holds of it; null where an earlier version wrote this.</param>
/// <param name="IsRestored">Whether it comes from a backup, and its own journal may not have it yet.</param>
internal sealed record ChannelListed(LocalChannelKey Channel, NodeId Peer, ChannelId Id, OutPoint Funding, ChannelBackup? Backup, bool IsRestored) : ISerialized;

/// <summary>A peer with channels is reached at another address.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Address"><c>host:port</c>.</param>
internal sealed record PeerAddressNoted(NodeId Peer, string Address) : ISerialized;

/// <summary>A channel exists no more.</summary>
internal sealed record ChannelDelisted(LocalChannelKey Channel, ClosedChannel? Summary) : ISerialized;

/// <summary>A channel has ended on chain, and still exists.</summary>
internal sealed record ChannelSettled(LocalChannelKey Channel, ClosedChannel Summary) : ISerialized;

/// <summary>The end of a channel was undone.</summary>
internal sealed record ChannelUnsettled(LocalChannelKey Channel) : ISerialized;
