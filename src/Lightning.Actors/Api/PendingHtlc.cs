namespace Lightning.Actors.Api;

/// <summary>An HTLC in a channel.</summary>
/// <param name="Incoming">Whether the peer offered it.</param>
/// <param name="Amount">Its amount.</param>
/// <param name="PaymentHash">Its hash.</param>
/// <param name="CltvExpiry">Block height at which it times out.</param>
/// <param name="Id">Its id in the channel, by the side that offered it.</param>
public sealed record PendingHtlc(bool Incoming, MilliSatoshi Amount, PaymentHash PaymentHash, uint CltvExpiry, ulong Id);
