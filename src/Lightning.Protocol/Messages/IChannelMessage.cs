namespace Lightning.Protocol.Messages;

/// <summary>A message about one channel that has its final id (BOLT 2, and announcement_signatures of BOLT 7).</summary>
public interface IChannelMessage
{
    /// <summary>The channel.</summary>
    ChannelId ChannelId { get; }
}
