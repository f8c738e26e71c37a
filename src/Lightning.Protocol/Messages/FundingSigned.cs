using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Messages;

/// <summary>Signs the funder's first commitment: now it may publish the funding transaction (BOLT 2, type 35).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Signature">The sender's signature of the receiver's commitment 0.</param>
public sealed record FundingSigned(ChannelId ChannelId, EcdsaSignature Signature) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.FundingSigned;
}
