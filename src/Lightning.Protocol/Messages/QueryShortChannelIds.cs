namespace Lightning.Protocol.Messages;

/// <summary>Asks for what the receiver knows about some channels (BOLT 7, type 261).</summary>
/// <param name="ChainHash">Genesis hash of the chain.</param>
/// <param name="ShortChannelIds">The channels, in ascending order.</param>
public sealed record QueryShortChannelIds(BlockHash ChainHash, EquatableArray<ShortChannelId> ShortChannelIds) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.QueryShortChannelIds;

    /// <summary>What is wanted about each, as many as there are channels; null for everything.</summary>
    public EquatableArray<QueryFlags>? QueryFlags { get; init; }
}
