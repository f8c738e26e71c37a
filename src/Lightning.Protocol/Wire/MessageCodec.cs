using System.Buffers;
using Lightning.Protocol.Messages;

namespace Lightning.Protocol.Wire;

/// <summary>Turns messages into bytes and back (BOLT 1): the type as u16, then the payload.</summary>
public static class MessageCodec
{
    /// <summary>Decodes one decrypted message. What this node does not know comes as <see cref="UnknownMessage"/>; odd unknown TLV records stay with the message.</summary>
    /// <exception cref="MessageDecodeException">The bytes do not follow the specification.</exception>
    public static LightningMessage Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > WireWriter.MaxLength) throw new MessageDecodeException("message", $"has {bytes.Length} bytes, more than {WireWriter.MaxLength}");
        var reader = new WireReader(bytes);
        var type = reader.U16("type");
        LightningMessage message = type switch
        {
            MessageType.Warning => Messages.Warning.Read(ref reader),
            MessageType.Init => Messages.Init.Read(ref reader),
            MessageType.Error => Messages.Error.Read(ref reader),
            MessageType.Ping => Messages.Ping.Read(ref reader),
            MessageType.Pong => Messages.Pong.Read(ref reader),
            MessageType.OpenChannel => Messages.OpenChannel.Read(ref reader),
            MessageType.AcceptChannel => Messages.AcceptChannel.Read(ref reader),
            MessageType.FundingCreated => Messages.FundingCreated.Read(ref reader),
            MessageType.FundingSigned => Messages.FundingSigned.Read(ref reader),
            MessageType.ChannelReady => Messages.ChannelReady.Read(ref reader),
            MessageType.Shutdown => Messages.Shutdown.Read(ref reader),
            MessageType.ClosingSigned => Messages.ClosingSigned.Read(ref reader),
            MessageType.ClosingComplete => Messages.ClosingComplete.Read(ref reader),
            MessageType.ClosingSig => Messages.ClosingSig.Read(ref reader),
            MessageType.UpdateAddHtlc => Messages.UpdateAddHtlc.Read(ref reader),
            MessageType.UpdateFulfillHtlc => Messages.UpdateFulfillHtlc.Read(ref reader),
            MessageType.UpdateFailHtlc => Messages.UpdateFailHtlc.Read(ref reader),
            MessageType.CommitmentSigned => Messages.CommitmentSigned.Read(ref reader),
            MessageType.RevokeAndAck => Messages.RevokeAndAck.Read(ref reader),
            MessageType.UpdateFee => Messages.UpdateFee.Read(ref reader),
            MessageType.UpdateFailMalformedHtlc => Messages.UpdateFailMalformedHtlc.Read(ref reader),
            MessageType.ChannelReestablish => Messages.ChannelReestablish.Read(ref reader),
            MessageType.ChannelAnnouncement => Messages.ChannelAnnouncement.Read(ref reader),
            MessageType.NodeAnnouncement => Messages.NodeAnnouncement.Read(ref reader),
            MessageType.ChannelUpdate => Messages.ChannelUpdate.Read(ref reader),
            MessageType.AnnouncementSignatures => Messages.AnnouncementSignatures.Read(ref reader),
            MessageType.QueryShortChannelIds => Messages.QueryShortChannelIds.Read(ref reader),
            MessageType.ReplyShortChannelIdsEnd => Messages.ReplyShortChannelIdsEnd.Read(ref reader),
            MessageType.QueryChannelRange => Messages.QueryChannelRange.Read(ref reader),
            MessageType.ReplyChannelRange => Messages.ReplyChannelRange.Read(ref reader),
            MessageType.GossipTimestampFilter => Messages.GossipTimestampFilter.Read(ref reader),
            _ => new UnknownMessage(type, new Bytes(reader.TakeRest())),
        };
        reader.End("message");
        if (message is SignedGossipMessage gossip) gossip.KeepReceived(new Bytes(bytes));
        return message;
    }

    /// <summary>Encodes a message into a buffer.</summary>
    /// <exception cref="InvalidOperationException">The message cannot be encoded: a field has the wrong length, an amount is negative, or the whole exceeds 65,535 bytes.</exception>
    public static void Encode(LightningMessage message, IBufferWriter<byte> output)
    {
        if (message is SignedGossipMessage { Received: { IsEmpty: false } received })
        {
            output.Write(received.Span);
            return;
        }

        var writer = new WireWriter(output);
        writer.U16(message.Type);
        message.Write(ref writer);
        writer.Complete();
    }

    /// <summary>Encodes a message into a fresh array.</summary>
    /// <exception cref="InvalidOperationException">The message cannot be encoded: a field has the wrong length, an amount is negative, or the whole exceeds 65,535 bytes.</exception>
    public static byte[] Encode(LightningMessage message)
    {
        var output = new ArrayBufferWriter<byte>(512);
        Encode(message, output);
        return output.WrittenSpan.ToArray();
    }
}
