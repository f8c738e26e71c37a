namespace Lightning.Actors.Api;

/// <summary>Where an HTLC for an invoice stands.</summary>
public enum InvoiceHtlcState
{
    /// <summary>Held.</summary>
    Accepted,

    /// <summary>Taken.</summary>
    Settled,

    /// <summary>Sent back.</summary>
    Canceled,
}
