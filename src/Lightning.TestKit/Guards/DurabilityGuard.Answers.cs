using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Invoices;
using Lightning.Actors.Invoices.Messages;
using Lightning.Actors.Payments;
using Lightning.Actors.Payments.Messages;
using Lightning.Channels.Commitments;
using Lightning.Channels.States;

namespace Lightning.TestKit.Guards;

/// <content>What payments and invoices say: to those who asked for them, and to the channels of their parts.</content>
internal sealed partial class DurabilityGuard
{
    /// <summary>A payment or an invoice is about to tell how it stands.</summary>
    public void Answered(object answer)
    {
        var problem = answer switch
        {
            PaymentAnswer { Payment: var payment } => Problem(payment) is { } wrong ? $"the payment {payment.PaymentHash} {wrong}" : null,
            InvoiceAnswer { Invoice: var invoice } => Problem(invoice) is { } wrong ? $"the invoice {invoice.PaymentHash} {wrong}" : null,
            _ => null,
        };
        if (problem is not null) violated($"{problem}, before it is durable");
    }

    // An incarnation that has been replaced may tell what was so before.
    private string? Problem(PaymentInfo told)
    {
        if (_payments.GetValueOrDefault(told.PaymentHash) is not { Terms: not null } durable) return "is told of";
        if (told.Status == PaymentStatus.Succeeded && (durable.Phase != PaymentPhase.Succeeded || durable.Preimage != told.Preimage)) return "has succeeded";
        if (told.Status == PaymentStatus.Failed && !_failures.Contains((told.PaymentHash, told.FailureReason))) return $"has failed ({told.FailureReason})";
        foreach (var attempt in told.Attempts)
        {
            var part = PaymentViews.PartOf(attempt).Origin(told.PaymentHash);
            if (!_parts.Contains(part)) return $"has sent part {part.Attempt}/{part.Part}";
            if (attempt.Status == PaymentStatus.Failed && !_failedParts.Contains(part)) return $"has lost part {part.Attempt}/{part.Part}";
        }

        return null;
    }

    private string? Problem(InvoiceInfo told)
    {
        if (_invoices.GetValueOrDefault(told.PaymentHash) is not { Terms: { } terms } durable) return "is told of";
        var isSo = told.State switch
        {
            Actors.Api.InvoiceState.Settled => durable.Status == InvoiceStatus.Settled,
            Actors.Api.InvoiceState.Accepted => durable.Status is InvoiceStatus.Held or InvoiceStatus.Settled or InvoiceStatus.Canceled,
            Actors.Api.InvoiceState.Canceled => durable.Status == InvoiceStatus.Canceled || time.GetUtcNow() > terms.ExpiresAt,
            _ => true,
        };
        if (!isSo) return $"is {told.State}";
        foreach (var htlc in told.Htlcs)
        {
            if (htlc.State == InvoiceHtlcState.Settled && !(durable.Status == InvoiceStatus.Settled && durable.Set.Items.Any(part => Is(part, htlc)))) return $"has taken HTLC {htlc.ShortChannelId}/{htlc.HtlcId}";
            if (htlc.State == InvoiceHtlcState.Canceled && !durable.Failed.Values.Any(one => Is(one.Failed.Part, htlc))) return $"has sent HTLC {htlc.ShortChannelId}/{htlc.HtlcId} back";
        }

        return null;
    }

    // Ids are those of one channel.
    private static bool Is(InvoicePart part, InvoiceHtlc htlc) => part.Key.HtlcId == htlc.HtlcId && part.ShortChannelId == htlc.ShortChannelId;

    // A channel that has settled the HTLC already does not listen.
    private IncomingHtlc? IncomingOf(FailPart fail) =>
        DurableState(fail.Channel) is FundedState state && state.Commitments.Incoming.TryGetValue(fail.HtlcId, out var incoming) ? incoming : null;

    // As the invoice's event says; or because it is decided which parts it takes, or that it takes none, and this one is not among them.
    private bool IsSentBack(PaymentHash hash, FailPart fail)
    {
        if (_invoices.GetValueOrDefault(hash) is not { } invoice) return false;
        var part = new PartKey(fail.Channel, fail.HtlcId);
        return invoice.Failed.TryGetValue(part, out var answered)
            ? answered.Failed.Failure == fail.Failure
            : invoice.Status is InvoiceStatus.Held or InvoiceStatus.Settled or InvoiceStatus.Canceled && !invoice.IsInSet(part);
    }
}
