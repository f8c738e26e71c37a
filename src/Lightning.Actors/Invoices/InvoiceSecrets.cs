using System.Security.Cryptography;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Invoices;

/// <summary>The payment secrets of this node's invoices (BOLT 4, BOLT 11), derived from the payment hash: checked without looking for any invoice.</summary>
internal static class InvoiceSecrets
{
    /// <summary>
    /// Whether the sender of an HTLC has an invoice of this node for the hash. Where not, the channel itself fails the HTLC with
    /// incorrect_or_unknown_payment_details: nothing that happens later can make it right.
    /// </summary>
    /// <param name="keys">The node's secrets.</param>
    /// <param name="hash">The HTLC's payment hash.</param>
    /// <param name="secret">The onion's payment secret; null where it has none.</param>
    public static bool Accepts(NodeKeys keys, PaymentHash hash, PaymentSecret? secret)
    {
        if (secret is not { } given) return false;
        var expected = keys.PaymentSecretFor(hash);
        return CryptographicOperations.FixedTimeEquals(expected.Value.Span, given.Value.Span);
    }
}
