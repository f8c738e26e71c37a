namespace Lightning.Actors.Api;

/// <summary>Which page of the payments.</summary>
public sealed record ListPaymentsQuery
{
    /// <summary>Also those in flight and failed, not only those that succeeded.</summary>
    public bool IncludeIncomplete { get; init; }

    /// <summary>Begins behind this <see cref="PaymentInfo.Index"/> (before it when <see cref="Reversed"/>); 0 begins at the end that the direction comes from.</summary>
    public ulong Offset { get; init; }

    /// <summary>Most to return; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Backwards from the newest; the page itself is still in rising order.</summary>
    public bool Reversed { get; init; }

    /// <summary>Only those made at or after this time.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Only those made at or before this time.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary>Also says how many payments there are (<see cref="PaymentPage.Total"/>).</summary>
    public bool CountTotal { get; init; }
}
