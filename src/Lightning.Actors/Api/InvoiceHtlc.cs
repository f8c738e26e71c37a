namespace Lightning.Actors.Api;

/// <summary>One HTLC that arrived for an invoice.</summary>
public sealed record InvoiceHtlc
{
    /// <summary>The channel it came over.</summary>
    public required ShortChannelId ShortChannelId { get; init; }

    /// <summary>Its id in that channel.</summary>
    public required ulong HtlcId { get; init; }

    /// <summary>Its amount.</summary>
    public required MilliSatoshi Amount { get; init; }

    /// <summary>Block height at which it times out.</summary>
    public required uint CltvExpiry { get; init; }

    /// <summary>Block height when it arrived.</summary>
    public uint AcceptHeight { get; init; }

    /// <summary>When it arrived.</summary>
    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>When it was taken or sent back; null while held.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Where it stands.</summary>
    public required InvoiceHtlcState State { get; init; }

    /// <summary>The whole payment's amount, by its sender (BOLT 4, <c>total_msat</c>).</summary>
    public MilliSatoshi TotalAmount { get; init; }
}
