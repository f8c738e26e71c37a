using Lightning.Actors.Api;

namespace Lightning.Actors.Invoices;

/// <summary>An invoice as people see it.</summary>
internal static class InvoiceViews
{
    /// <summary>The invoice, without the indexes of the lists; null where there is none.</summary>
    /// <param name="state">The entity's state.</param>
    /// <param name="now">The time: an invoice that can no longer be paid counts as cancelled, without any event.</param>
    public static InvoiceInfo? ToInfo(this InvoiceState state, DateTimeOffset now)
    {
        if (state.Terms is not { } terms) return null;
        var paid = MilliSatoshi.Zero;
        foreach (var part in state.Set) paid += part.HtlcAmount;
        return new InvoiceInfo
        {
            AddIndex = 0,
            PaymentHash = terms.PaymentHash,
            Preimage = state.Released ?? terms.Preimage,
            PaymentSecret = terms.PaymentSecret,
            PaymentRequest = terms.PaymentRequest,
            Description = terms.Description,
            DescriptionHash = terms.DescriptionHash,
            Amount = terms.Amount,
            AmountPaid = paid,
            State = StateOf(state, now),
            IsHold = terms.IsHold,
            IsKeysend = terms.IsKeysend,
            CreatedAt = terms.CreatedAt,
            SettledAt = state.Status == InvoiceStatus.Settled ? state.EndedAt : null,
            Expiry = terms.Expiry,
            MinFinalCltvExpiryDelta = terms.MinFinalCltvExpiryDelta,
            FallbackAddress = terms.FallbackAddress,
            HasPrivateChannels = terms.HasPrivateChannels,
            FeatureBits = terms.FeatureBits,
            Htlcs = Htlcs(state),
        };
    }

    /// <summary>The same at another time: one that can no longer be paid counts as cancelled.</summary>
    public static InvoiceInfo AsOf(this InvoiceInfo invoice, DateTimeOffset now) =>
        invoice.State == Api.InvoiceState.Open && now - invoice.CreatedAt > invoice.Expiry ? invoice with { State = Api.InvoiceState.Canceled } : invoice;

    private static Api.InvoiceState StateOf(InvoiceState state, DateTimeOffset now) => state.Status switch
    {
        InvoiceStatus.Held => Api.InvoiceState.Accepted,
        InvoiceStatus.Settled => Api.InvoiceState.Settled,
        InvoiceStatus.Canceled => Api.InvoiceState.Canceled,
        _ => state.Collecting.IsEmpty && now > state.Terms!.ExpiresAt ? Api.InvoiceState.Canceled : Api.InvoiceState.Open,
    };

    private static InvoiceHtlc[] Htlcs(InvoiceState state) =>
    [
        .. state.Set.Items.Select(part => ToHtlc(part, state.Released is null ? InvoiceHtlcState.Accepted : InvoiceHtlcState.Settled, state.Released is null ? null : state.EndedAt)),
        .. state.Collecting.Select(static part => ToHtlc(part, InvoiceHtlcState.Accepted, null)),
        .. state.Failed.OrderBy(static f => f.Value.Failed.Part.ReceivedAt).ThenBy(static f => f.Key.Channel).ThenBy(static f => f.Key.HtlcId).Select(static f => ToHtlc(f.Value.Failed.Part, InvoiceHtlcState.Canceled, f.Value.At)),
    ];

    private static InvoiceHtlc ToHtlc(InvoicePart part, InvoiceHtlcState state, DateTimeOffset? resolvedAt) => new()
    {
        ShortChannelId = part.ShortChannelId,
        HtlcId = part.Key.HtlcId,
        Amount = part.HtlcAmount,
        CltvExpiry = part.CltvExpiry,
        AcceptHeight = part.AcceptHeight,
        AcceptedAt = part.ReceivedAt,
        ResolvedAt = resolvedAt,
        State = state,
        TotalAmount = part.Total,
    };
}
