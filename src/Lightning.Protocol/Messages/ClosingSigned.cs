using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Messages;

/// <summary>Offers a fee for the mutual close and signs the transaction with it (BOLT 2, type 39).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Fee">The fee, paid by the channel's funder.</param>
/// <param name="Signature">The sender's signature of the closing transaction with that fee.</param>
public sealed record ClosingSigned(ChannelId ChannelId, Satoshi Fee, EcdsaSignature Signature) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ClosingSigned;

    /// <summary>The fees that the sender would accept.</summary>
    public FeeRange? FeeRange { get; init; }
}
