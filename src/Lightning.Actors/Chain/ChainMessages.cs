using Lightning.Actors.Serialization;
using Lightning.Chain;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>The chain has been followed up to here: the monitor's only event.</summary>
/// <param name="Tip">The last block.</param>
internal sealed record ChainFollowed(ChainTip Tip) : ISerialized;

/// <summary>The best block changed: published on every process's event stream, after whatever watches it answered. Also a lower or another block, after a reorganisation.</summary>
/// <param name="Tip">Height and hash.</param>
/// <param name="Time">The block's time, seconds since 1970.</param>
internal sealed record NewTip(ChainTip Tip, uint Time) : ISerialized;

/// <summary>
/// A process asks the monitor how things are, every second or two. Whatever was lost between the two since the last time is found out and sent
/// again by means of the counts in this and in <see cref="ChainStatus"/>.
/// </summary>
/// <param name="Epoch">The incarnation of the monitor that the process knows; 0 for none.</param>
/// <param name="NoticesTaken">How many of its notices have arrived, without a gap.</param>
internal sealed record ChainPoll(long Epoch, long NoticesTaken) : ISerialized;

/// <summary>How things are, in answer to a poll and with every block.</summary>
/// <param name="Epoch">The incarnation of the monitor. A new one knows no watches: they are all sent again.</param>
/// <param name="RequestsTaken">How many of this process's requests have arrived, without a gap.</param>
/// <param name="NoticesSent">How many notices were sent to this process. The tip counts only once they have all arrived.</param>
/// <param name="Tip">The best block; null while the monitor is reading in old blocks.</param>
internal sealed record ChainStatus(long Epoch, long RequestsTaken, long NoticesSent, NewTip? Tip) : ISerialized;

/// <summary>A process passes a channel's command on to the monitor.</summary>
/// <param name="Epoch">The incarnation that it is meant for; another one ignores it.</param>
/// <param name="Number">1, 2, 3... for each process and incarnation.</param>
/// <param name="Command">The command.</param>
internal sealed record ChainRequest(long Epoch, long Number, ChainCommand Command) : ISerialized;

/// <summary>The monitor tells a channel of something that it watches, by way of the channel's process.</summary>
/// <param name="Epoch">The incarnation that says it.</param>
/// <param name="Number">1, 2, 3... for each process and incarnation.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Command">What the chain says: see <see cref="ChannelCommand"/>.</param>
internal sealed record ChainNotice(long Epoch, long Number, LocalChannelKey Channel, ChannelCommand Command) : ISerialized;
