using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Messages;

/// <summary>Offers an HTLC (BOLT 2, type 128).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Id">The sender's counter of HTLCs in this channel, from 0.</param>
/// <param name="Amount">What the HTLC holds.</param>
/// <param name="PaymentHash">What its preimage hashes to.</param>
/// <param name="CltvExpiry">Block height from which the sender may take it back on chain.</param>
/// <param name="OnionRoutingPacket">1,366 bytes (BOLT 4).</param>
public sealed record UpdateAddHtlc(ChannelId ChannelId, ulong Id, MilliSatoshi Amount, PaymentHash PaymentHash, uint CltvExpiry, Bytes OnionRoutingPacket)
    : ExtensibleMessage, IUpdateMessage
{
    /// <summary>Length of the onion in bytes.</summary>
    public const int OnionLength = 1366;

    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateAddHtlc;

    /// <summary>The point from which the receiver derives its key of a blinded path (BOLT 4); null outside of blinded paths.</summary>
    public PubKey? PathKey { get; init; }
}
