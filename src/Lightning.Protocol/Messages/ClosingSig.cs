using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Protocol.Messages;

/// <summary>Answers a closing_complete with the other signature of one of its transactions (option_simple_close, BOLT 2, type 41). The sender is the closee.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="CloserScript">Where the closer wants its money.</param>
/// <param name="CloseeScript">Where the closee wants its money.</param>
/// <param name="Fee">The fee, paid by the closer.</param>
/// <param name="LockTime">nLockTime of the closing transaction.</param>
public sealed record ClosingSig(ChannelId ChannelId, Script CloserScript, Script CloseeScript, Satoshi Fee, uint LockTime) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ClosingSig;

    /// <summary>Signature of the transaction with the closer's output only.</summary>
    public EcdsaSignature? CloserOutputOnly { get; init; }

    /// <summary>Signature of the transaction with the closee's output only.</summary>
    public EcdsaSignature? CloseeOutputOnly { get; init; }

    /// <summary>Signature of the transaction with both outputs.</summary>
    public EcdsaSignature? CloserAndCloseeOutputs { get; init; }
}
