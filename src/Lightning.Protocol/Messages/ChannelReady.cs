using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

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

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.Point(SecondPerCommitmentPoint);
        writer.BeginTlvs(Extension);
        if (Alias is { } alias)
        {
            writer.Tlv(1, 8);
            writer.U64(alias.Value);
        }
        writer.EndTlvs();
    }

    internal static ChannelReady Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var point = reader.Point("second_per_commitment_point");
        var tlvs = reader.Tlvs("channel_ready_tlvs");
        ShortChannelId? alias = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    alias = tlvs.Value.ShortChannelId("alias");
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new ChannelReady(channelId, point) { Alias = alias, Extension = tlvs.Unknown };
    }
}
