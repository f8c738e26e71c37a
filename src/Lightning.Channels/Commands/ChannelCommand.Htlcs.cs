using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Commands;

/// <content>The commands of payments. Each may be repeated; all copies of one have the effect of one.</content>
public abstract partial record ChannelCommand
{
    /// <summary>
    /// Offers an HTLC to the peer. Answered by HtlcAccepted in the callback of the event whose commitment_signed covers it, or by HtlcRefused once
    /// the refusal is durable; then this origin is refused for ever. A repetition gets the same answer, and the HTLC's result where there is one.
    /// </summary>
    /// <param name="Origin">For whom.</param>
    /// <param name="Amount">amount_msat.</param>
    /// <param name="PaymentHash">payment_hash.</param>
    /// <param name="CltvExpiry">Height at which it expires.</param>
    /// <param name="Onion">1,366 bytes.</param>
    /// <param name="PathKey">path_key of a blinded route; null outside of one.</param>
    /// <param name="RefuseFrom">
    /// From this height on the add is refused, and the origin may be forgotten: the incoming HTLC's expiry for a relay, the payment's own limit for a local one.
    /// </param>
    public sealed record AddHtlc(
        HtlcOrigin Origin,
        MilliSatoshi Amount,
        PaymentHash PaymentHash,
        uint CltvExpiry,
        Bytes Onion,
        PubKey? PathKey,
        uint RefuseFrom) : ChannelCommand;

    /// <summary>Settles an incoming HTLC. Acknowledged by SettlementAccepted once durable; no answer where the HTLC is not known (a stale incarnation must not say no).</summary>
    /// <param name="HtlcId">The HTLC.</param>
    public abstract record SettleHtlc(ulong HtlcId) : ChannelCommand;

    /// <summary>Takes an incoming HTLC with its preimage.</summary>
    /// <param name="HtlcId">The HTLC.</param>
    /// <param name="Preimage">Its preimage; one that does not fit is refused.</param>
    /// <param name="AttributionData">Hold times with proofs; null for none.</param>
    public sealed record FulfillHtlc(ulong HtlcId, PaymentPreimage Preimage, AttributionData? AttributionData = null) : SettleHtlc(HtlcId);

    /// <summary>Fails an incoming HTLC. Refused once its preimage is known.</summary>
    /// <param name="HtlcId">The HTLC.</param>
    /// <param name="Reason">The encrypted reason (BOLT 4).</param>
    /// <param name="AttributionData">Hold times with proofs; null for none.</param>
    /// <param name="Refusal">Why it is not passed on; null where that is not the reason.</param>
    public sealed record FailHtlc(ulong HtlcId, Bytes Reason, AttributionData? AttributionData = null, ForwardRefusal? Refusal = null) : SettleHtlc(HtlcId);

    /// <summary>Fails an incoming HTLC whose onion cannot be read, or inside a blinded route.</summary>
    /// <param name="HtlcId">The HTLC.</param>
    /// <param name="OnionHash">SHA-256 of the onion.</param>
    /// <param name="FailureCode">With BADONION set.</param>
    public sealed record FailMalformedHtlc(ulong HtlcId, Bytes32 OnionHash, ushort FailureCode) : SettleHtlc(HtlcId);

    /// <summary>
    /// Fixes the outgoing channel of an incoming HTLC, durably, before the forward is first sent. Best given together with the messages that made the
    /// HTLC irrevocable, so that it costs no write of its own. The answer is ForwardFixed, with the channel fixed earlier where there is one.
    /// </summary>
    /// <param name="HtlcId">The incoming HTLC.</param>
    /// <param name="Outgoing">The channel to offer it on.</param>
    /// <param name="Replaces">The channel fixed before, which has durably refused it; null for the first choice.</param>
    public sealed record FixForward(ulong HtlcId, LocalChannelKey Outgoing, LocalChannelKey? Replaces = null) : ChannelCommand;

    /// <summary>The origin has this HTLC's result durably: it is not repeated any more. Becomes durable with the next write.</summary>
    /// <param name="Origin">The origin.</param>
    /// <param name="What">What it has.</param>
    public sealed record AcknowledgeResult(HtlcOrigin Origin, Acknowledgement What = Acknowledgement.Result) : ChannelCommand;
}
