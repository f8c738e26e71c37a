using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>What a channel is to be told.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Command">What the chain says: see <see cref="ChannelCommand"/>.</param>
internal readonly record struct WatchAnswer(LocalChannelKey Channel, ChannelCommand Command);
