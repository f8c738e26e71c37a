using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Messages;

/// <summary>The funding transaction is deep enough for the sender (BOLT 2, type 36).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="SecondPerCommitmentPoint">Per-commitment point of the sender's commitment 1.</param>
public sealed record ChannelReady(ChannelId ChannelId, PubKey SecondPerCommitmentPoint) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ChannelReady;

    /// <summary>A name that the sender accepts for the channel in onions and that the receiver may put into invoices.</summary>
    public ShortChannelId? Alias { get; init; }
}
