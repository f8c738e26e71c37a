namespace Lightning.Protocol.Messages;

/// <summary>Changes the feerate of the next commitments; only the channel's funder sends it (BOLT 2, type 134).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Feerate">The new feerate.</param>
public sealed record UpdateFee(ChannelId ChannelId, FeeratePerKw Feerate) : ExtensibleMessage, IUpdateMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateFee;
}
