using Lightning.Protocol.Messages;

namespace Lightning.Channels.Events;

/// <summary>The preimage of an HTLC that this node offered.</summary>
/// <param name="HtlcId">The HTLC.</param>
/// <param name="Preimage">Its preimage, checked.</param>
/// <param name="AttributionData">Hold times with proofs; null where there are none.</param>
public sealed record LearnedPreimage(ulong HtlcId, PaymentPreimage Preimage, AttributionData? AttributionData);
