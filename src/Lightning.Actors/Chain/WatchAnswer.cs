using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>What a channel is to be told.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Command">FundingConfirmed, FundingSpent, OutputSpent or TransactionConfirmed.</param>
internal readonly record struct WatchAnswer(LocalChannelKey Channel, ChannelCommand Command);
