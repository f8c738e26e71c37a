namespace Lightning.Protocol.Messages;

/// <summary>A message about a channel that has no final id yet: open_channel, accept_channel, funding_created (BOLT 2).</summary>
public interface ITemporaryChannelMessage
{
    /// <summary>The channel, unique only together with both node ids.</summary>
    ChannelId TemporaryChannelId { get; }
}
