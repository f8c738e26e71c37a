namespace Lightning.Protocol.Messages;

/// <summary>Channels that were funded in a range of blocks (BOLT 7, type 264).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="FirstBlockHeight">First block of this reply's range.</param>
/// <param name="NumberOfBlocks">Length of this reply's range in blocks.</param>
/// <param name="SyncComplete">1 in the last reply, else 0.</param>
/// <param name="ShortChannelIds">The channels, in ascending order.</param>
public sealed record ReplyChannelRange(BlockHash ChainHash, uint FirstBlockHeight, uint NumberOfBlocks, byte SyncComplete, EquatableArray<ShortChannelId> ShortChannelIds)
    : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ReplyChannelRange;

    /// <summary>Timestamps of the channel_updates, as many as there are channels.</summary>
    public EquatableArray<UpdatePair>? Timestamps { get; init; }

    /// <summary>Checksums of the channel_updates, as many as there are channels.</summary>
    public EquatableArray<UpdatePair>? Checksums { get; init; }
}
