using Lightning.Bitcoin.Crypto;

namespace Lightning.Channels.Keys;

/// <summary>The public keys one node gives for a channel, as open_channel and accept_channel carry them (BOLT 2, BOLT 3 "Keys").</summary>
/// <param name="FundingPubKey">Half of the 2-of-2 funding output.</param>
/// <param name="Revocation">revocation_basepoint: with the other node's per-commitment points, the keys that punish it.</param>
/// <param name="Payment">payment_basepoint: receives this node's to_remote output, and is in the obscuring factor.</param>
/// <param name="DelayedPayment">delayed_payment_basepoint: receives this node's own outputs after the delay.</param>
/// <param name="Htlc">htlc_basepoint: this node's key in HTLC scripts.</param>
public sealed record ChannelBasepoints(PubKey FundingPubKey, PubKey Revocation, PubKey Payment, PubKey DelayedPayment, PubKey Htlc);
