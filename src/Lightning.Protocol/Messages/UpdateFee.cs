using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Changes the feerate of the next commitments; only the channel's funder sends it (BOLT 2, type 134).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Feerate">The new feerate.</param>
public sealed record UpdateFee(ChannelId ChannelId, FeeratePerKw Feerate) : ExtensibleMessage, IUpdateMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateFee;

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U32(Feerate.Value);
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static UpdateFee Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var feerate = new FeeratePerKw(reader.U32("feerate_per_kw"));
        var tlvs = reader.Tlvs("update_fee_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new UpdateFee(channelId, feerate) { Extension = tlvs.Unknown };
    }
}
