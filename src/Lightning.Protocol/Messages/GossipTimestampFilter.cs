namespace Lightning.Protocol.Messages;

/// <summary>Asks for gossip whose timestamp is in a range (BOLT 7, type 265).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="FirstTimestamp">Start of the range, seconds since 1970.</param>
/// <param name="TimestampRange">Length of the range in seconds.</param>
public sealed record GossipTimestampFilter(BlockHash ChainHash, uint FirstTimestamp, uint TimestampRange) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.GossipTimestampFilter;
}
