using System.Buffers.Binary;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Links;

/// <summary>A message on its way.</summary>
/// <param name="Message">What it is.</param>
/// <param name="Bytes">How it travels.</param>
/// <param name="NotBefore">When it arrives at the earliest, since the beginning.</param>
internal sealed record Parcel(LightningMessage Message, byte[] Bytes, TimeSpan NotBefore)
{
    /// <summary>What bytes say; where nobody can decode them, what they claim to be.</summary>
    public static LightningMessage Read(byte[] bytes)
    {
        try
        {
            return MessageCodec.Decode(bytes);
        }
        catch (MessageDecodeException)
        {
            return bytes.Length < 2 ? new UnknownMessage(0, new Bytes(bytes)) : new UnknownMessage(BinaryPrimitives.ReadUInt16BigEndian(bytes), new Bytes(bytes.AsSpan(2)));
        }
    }

    /// <summary>Which messages it must not overtake: those of its channel.</summary>
    public ChannelId? Channel => Message switch
    {
        IChannelMessage about => about.ChannelId,
        ITemporaryChannelMessage about => about.TemporaryChannelId,
        _ => null,
    };
}
