namespace Lightning.Actors.Api;

/// <summary>Where an invoice stands.</summary>
public enum InvoiceState
{
    /// <summary>Not paid.</summary>
    Open,

    /// <summary>Paid; the preimage was released.</summary>
    Settled,

    /// <summary>Cancelled, or expired without payment.</summary>
    Canceled,

    /// <summary>A hold invoice whose payment has arrived and waits.</summary>
    Accepted,
}
