using Lightning.Channels.Parameters;

namespace Lightning.Actors.Invoices.Messages;

/// <summary>
/// An incoming HTLC of which this node is the last hop, offered to its invoice, which answers with SettlePart or FailPart to the channel, at once or
/// much later. The channel repeats the offer after a restart and from time to time until the settlement is durable, and never fails the HTLC by itself.
/// To be sent only after <see cref="InvoiceSecrets.Accepts"/>, or with a preimage that fits, so that nobody without an invoice of ours wakes an entity.
/// </summary>
/// <param name="Invoice">The HTLC's payment hash.</param>
/// <param name="Channel">The channel.</param>
/// <param name="HtlcId">The HTLC's id there.</param>
/// <param name="ShortChannelId">The channel's short id or alias, for people.</param>
/// <param name="HtlcAmount">What the HTLC holds.</param>
/// <param name="Amount">What its sender meant for this node in this part (amt_to_forward), not more than the HTLC holds.</param>
/// <param name="Total">What all parts of the payment pay together (total_msat).</param>
/// <param name="CltvExpiry">The block height at which the HTLC expires.</param>
/// <param name="ReceivedAt">When it became irrevocable: the same in every repetition.</param>
/// <param name="Metadata">payment_metadata; null for none.</param>
/// <param name="IsLost">Whether the channel has ended on chain without it, for good: it pays nobody any more, and must not be taken for a payment. Answered all the same.</param>
/// <param name="Keysend">The preimage, which fits, of a payment that nobody asked for, where such are taken; null for the payment of an invoice.</param>
internal sealed record OfferPart(
    PaymentHash Invoice,
    LocalChannelKey Channel,
    ulong HtlcId,
    ShortChannelId ShortChannelId,
    MilliSatoshi HtlcAmount,
    MilliSatoshi Amount,
    MilliSatoshi Total,
    uint CltvExpiry,
    DateTimeOffset ReceivedAt,
    Bytes? Metadata,
    bool IsLost = false,
    PaymentPreimage? Keysend = null) : InvoiceMessage(Invoice);
