using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Links;

/// <summary>A message on its way.</summary>
/// <param name="Message">What it is.</param>
/// <param name="Bytes">How it travels.</param>
/// <param name="NotBefore">When it arrives at the earliest, since the beginning.</param>
internal sealed record Parcel(LightningMessage Message, byte[] Bytes, TimeSpan NotBefore)
{
    /// <summary>Which messages it must not overtake: those of its channel.</summary>
    public ChannelId? Channel => Message switch
    {
        IChannelMessage about => about.ChannelId,
        ITemporaryChannelMessage about => about.TemporaryChannelId,
        _ => null,
    };
}
