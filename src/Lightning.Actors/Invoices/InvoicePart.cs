using Lightning.Actors.Invoices.Messages;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Invoices;

/// <summary>One incoming HTLC of a payment to an invoice.</summary>
/// <param name="Key">Which HTLC.</param>
/// <param name="ShortChannelId">The channel's short id or alias, for people.</param>
/// <param name="HtlcAmount">What the HTLC holds.</param>
/// <param name="Amount">What its sender meant for this node (amt_to_forward).</param>
/// <param name="Total">What all parts pay together (total_msat).</param>
/// <param name="CltvExpiry">The block height at which it expires.</param>
/// <param name="ReceivedAt">When it became irrevocable.</param>
/// <param name="AcceptHeight">The block height when its invoice first saw it.</param>
internal sealed record InvoicePart(
    PartKey Key,
    ShortChannelId ShortChannelId,
    MilliSatoshi HtlcAmount,
    MilliSatoshi Amount,
    MilliSatoshi Total,
    uint CltvExpiry,
    DateTimeOffset ReceivedAt,
    uint AcceptHeight)
{
    /// <summary>The part that a channel offers.</summary>
    public static InvoicePart Of(OfferPart offer, uint height) => new(
        new PartKey(offer.Channel, offer.HtlcId),
        offer.ShortChannelId,
        offer.HtlcAmount,
        offer.Amount,
        offer.Total,
        offer.CltvExpiry,
        offer.ReceivedAt,
        height);
}

/// <summary>An incoming HTLC's name.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="HtlcId">Its id there.</param>
internal readonly record struct PartKey(LocalChannelKey Channel, ulong HtlcId);
