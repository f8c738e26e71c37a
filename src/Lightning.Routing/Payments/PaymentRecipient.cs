using Lightning.Protocol.Invoices;

namespace Lightning.Routing.Payments;

/// <summary>What the payee must learn from the onion of each part.</summary>
/// <param name="PaymentHash">What the onion commits to.</param>
/// <param name="PaymentSecret">The invoice's secret; null only in a spontaneous payment.</param>
/// <param name="Total">What all parts deliver together, the same in each part.</param>
public sealed record PaymentRecipient(PaymentHash PaymentHash, PaymentSecret? PaymentSecret, MilliSatoshi Total)
{
    /// <summary>The invoice's metadata.</summary>
    public Bytes? Metadata { get; init; }

    /// <summary>The preimage of a spontaneous payment.</summary>
    public PaymentPreimage? KeysendPreimage { get; init; }

    /// <summary>The payee of an invoice.</summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="total">What is paid: at least the invoice's amount, at most twice that (BOLT 4).</param>
    /// <exception cref="ArgumentException">Less, or more than twice as much, as the invoice asks for.</exception>
    public static PaymentRecipient Of(Invoice invoice, MilliSatoshi total)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (total.Value <= 0) throw new ArgumentException($"There is nothing to pay: {total}.", nameof(total));
        if (invoice.Amount is { } amount && (total < amount || (Int128)total.Value > (Int128)amount.Value * 2))
            throw new ArgumentException($"The invoice asks for {amount}; {total} is less, or more than twice that.", nameof(total));
        return new PaymentRecipient(invoice.PaymentHash, invoice.PaymentSecret, total) { Metadata = invoice.Metadata };
    }
}
