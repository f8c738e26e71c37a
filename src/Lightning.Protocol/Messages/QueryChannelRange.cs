namespace Lightning.Protocol.Messages;

/// <summary>Asks which channels were funded in a range of blocks (BOLT 7, type 263).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="FirstBlockHeight">First block of the range.</param>
/// <param name="NumberOfBlocks">Length of the range in blocks.</param>
public sealed record QueryChannelRange(BlockHash ChainHash, uint FirstBlockHeight, uint NumberOfBlocks) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.QueryChannelRange;

    /// <summary>What is wanted beside the channels; null where not sent.</summary>
    public QueryOptionFlags? QueryOptions { get; init; }
}
