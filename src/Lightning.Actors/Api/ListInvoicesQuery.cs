namespace Lightning.Actors.Api;

/// <summary>Which page of the invoices.</summary>
public sealed record ListInvoicesQuery
{
    /// <summary>Only those neither settled nor cancelled.</summary>
    public bool PendingOnly { get; init; }

    /// <summary>Begins behind this <see cref="InvoiceInfo.AddIndex"/> (before it when <see cref="Reversed"/>); 0 begins at the end that the direction comes from.</summary>
    public ulong Offset { get; init; }

    /// <summary>Most to return.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Backwards from the newest; the page itself is still in rising order.</summary>
    public bool Reversed { get; init; }

    /// <summary>Only those made at or after this time.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Only those made at or before this time.</summary>
    public DateTimeOffset? CreatedTo { get; init; }
}
