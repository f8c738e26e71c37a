namespace Lightning.Protocol.Messages;

/// <summary>A change of a channel's next commitment: update_add_htlc, the three removals, update_fee (BOLT 2). It counts once a commitment_signed covers it.</summary>
public interface IUpdateMessage : IChannelMessage
{
}
