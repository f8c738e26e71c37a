using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Proposes closing transactions whose fee the sender pays, and signs them (option_simple_close, BOLT 2, type 40). The sender is the closer.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="CloserScript">Where the closer wants its money.</param>
/// <param name="CloseeScript">Where the closee wants its money.</param>
/// <param name="Fee">The fee, paid by the closer.</param>
/// <param name="LockTime">nLockTime of the closing transaction.</param>
public sealed record ClosingComplete(ChannelId ChannelId, Script CloserScript, Script CloseeScript, Satoshi Fee, uint LockTime) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ClosingComplete;

    /// <summary>Signature of the transaction with the closer's output only.</summary>
    public EcdsaSignature? CloserOutputOnly { get; init; }

    /// <summary>Signature of the transaction with the closee's output only.</summary>
    public EcdsaSignature? CloseeOutputOnly { get; init; }

    /// <summary>Signature of the transaction with both outputs.</summary>
    public EcdsaSignature? CloserAndCloseeOutputs { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U16Prefixed(CloserScript.Bytes.Span, "closer_scriptpubkey");
        writer.U16Prefixed(CloseeScript.Bytes.Span, "closee_scriptpubkey");
        writer.Satoshi(Fee, "fee_satoshis");
        writer.U32(LockTime);
        writer.BeginTlvs(Extension);
        if (CloserOutputOnly is { } closerOnly) writer.Tlv(1, closerOnly.Span);
        if (CloseeOutputOnly is { } closeeOnly) writer.Tlv(2, closeeOnly.Span);
        if (CloserAndCloseeOutputs is { } both) writer.Tlv(3, both.Span);
        writer.EndTlvs();
    }

    internal static ClosingComplete Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var closer = new Script(new Bytes(reader.TakeU16Prefixed("closer_scriptpubkey")));
        var closee = new Script(new Bytes(reader.TakeU16Prefixed("closee_scriptpubkey")));
        var fee = reader.Satoshi("fee_satoshis");
        var lockTime = reader.U32("locktime");
        var tlvs = reader.Tlvs("closing_complete_tlvs");
        EcdsaSignature? closerOnly = null, closeeOnly = null, both = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    closerOnly = tlvs.Value.Signature("closer_output_only");
                    break;
                case 2:
                    closeeOnly = tlvs.Value.Signature("closee_output_only");
                    break;
                case 3:
                    both = tlvs.Value.Signature("closer_and_closee_outputs");
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new ClosingComplete(channelId, closer, closee, fee, lockTime)
        {
            CloserOutputOnly = closerOnly,
            CloseeOutputOnly = closeeOnly,
            CloserAndCloseeOutputs = both,
            Extension = tlvs.Unknown,
        };
    }
}
