namespace Lightning.Actors.Invoices;

/// <summary>What an invoice is asked to do, or told of.</summary>
internal abstract record InvoiceCommand
{
    private InvoiceCommand()
    {
    }

    /// <summary>Makes the invoice.</summary>
    /// <param name="Terms">What it asks for.</param>
    public sealed record Add(InvoiceTerms Terms) : InvoiceCommand;

    /// <summary>An HTLC arrived; the same one may be offered any number of times.</summary>
    /// <param name="Part">The HTLC.</param>
    /// <param name="Keysend">Its preimage, where nobody asked for it.</param>
    public sealed record Offer(InvoicePart Part, PaymentPreimage? Keysend = null) : InvoiceCommand;

    /// <summary>An HTLC pays nobody any more: its channel has ended on chain without it. Told until it is answered.</summary>
    /// <param name="Part">The HTLC.</param>
    public sealed record Lose(InvoicePart Part) : InvoiceCommand;

    /// <summary>Takes the payment of a hold invoice.</summary>
    /// <param name="Preimage">Its preimage.</param>
    public sealed record Settle(PaymentPreimage Preimage) : InvoiceCommand;

    /// <summary>Gives the invoice up.</summary>
    public sealed record Cancel : InvoiceCommand;

    /// <summary>Time or blocks have passed.</summary>
    public sealed record Tick : InvoiceCommand;
}
