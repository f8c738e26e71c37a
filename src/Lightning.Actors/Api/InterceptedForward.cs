namespace Lightning.Actors.Api;

/// <summary>A payment on its way through this node that waits for somebody's decision.</summary>
/// <param name="IncomingChannel">The channel it came in by: its short channel id, or its alias.</param>
/// <param name="HtlcId">Its id there; together with the channel its name in <see cref="ForwardResolution"/>.</param>
/// <param name="PaymentHash">The payment's hash.</param>
/// <param name="IncomingAmount">What came in; millisatoshi.</param>
/// <param name="IncomingExpiry">Height at which the incoming HTLC expires.</param>
/// <param name="OutgoingChannel">The channel that its sender wants it to go out by; null where a blinded path names a node.</param>
/// <param name="OutgoingAmount">What is to go out; millisatoshi.</param>
/// <param name="OutgoingExpiry">Height at which the outgoing HTLC is to expire.</param>
/// <param name="AutoFailHeight">From this height on it is failed if nobody has decided.</param>
/// <param name="Onion">The onion for the next node, 1,366 bytes.</param>
public sealed record InterceptedForward(
    ShortChannelId IncomingChannel,
    ulong HtlcId,
    PaymentHash PaymentHash,
    MilliSatoshi IncomingAmount,
    uint IncomingExpiry,
    ShortChannelId? OutgoingChannel,
    MilliSatoshi OutgoingAmount,
    uint OutgoingExpiry,
    uint AutoFailHeight,
    Bytes Onion);
