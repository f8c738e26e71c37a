namespace Lightning.Protocol.Messages;

/// <summary>Refuses an HTLC (BOLT 2, type 131).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Id">The HTLC.</param>
/// <param name="Reason">The encrypted failure for the payment's origin (BOLT 4).</param>
public sealed record UpdateFailHtlc(ChannelId ChannelId, ulong Id, Bytes Reason) : ExtensibleMessage, IHtlcRemovalMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateFailHtlc;

    /// <summary>Hold times with proofs.</summary>
    public AttributionData? AttributionData { get; init; }
}
