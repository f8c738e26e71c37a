namespace Lightning.Actors.Invoices;

/// <summary>Where an invoice stands, durably.</summary>
internal enum InvoiceStatus
{
    /// <summary>There is none with this hash.</summary>
    Unknown,

    /// <summary>It waits for its payment.</summary>
    Open,

    /// <summary>Its payment is there and waits for a decision.</summary>
    Held,

    /// <summary>Paid. Final.</summary>
    Settled,

    /// <summary>Cancelled. Final.</summary>
    Canceled,
}
