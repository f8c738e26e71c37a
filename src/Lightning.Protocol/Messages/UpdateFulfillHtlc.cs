namespace Lightning.Protocol.Messages;

/// <summary>Takes an HTLC by showing its preimage (BOLT 2, type 130).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Id">The HTLC.</param>
/// <param name="PaymentPreimage">What hashes to its payment hash.</param>
public sealed record UpdateFulfillHtlc(ChannelId ChannelId, ulong Id, PaymentPreimage PaymentPreimage) : ExtensibleMessage, IHtlcRemovalMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateFulfillHtlc;

    /// <summary>Hold times with proofs.</summary>
    public AttributionData? AttributionData { get; init; }
}
