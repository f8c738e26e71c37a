namespace Lightning.Protocol.Messages;

/// <summary>Ends the answer to a query_short_channel_ids (BOLT 7, type 262).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="FullInformation">1 where the sender keeps up with that chain, else 0.</param>
public sealed record ReplyShortChannelIdsEnd(BlockHash ChainHash, byte FullInformation) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ReplyShortChannelIdsEnd;
}
